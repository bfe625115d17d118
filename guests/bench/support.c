/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers, clock and ports for the operations. */
#include "bench/bench.h"

extern char bench_trap_error[], bench_trap_plain[], bench_event[], bench_syscall[];

static bool has_error(unsigned int vector)
{
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

static void callback(unsigned int type, const char *entry, unsigned int flags)
{
    struct callback_register r = { .type = (uint16_t)type, .flags = (uint16_t)flags, .address = PTR(entry) };

    hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, PTR(&r));
}

void entry_install(void)
{
    static struct trap_info table[257];

    for (unsigned int i = 0; i < 256; i++)
        table[i] = (struct trap_info){ .vector = (uint8_t)i, .flags = 3, .cs = FLAT_KERNEL_CS,
                                       .address = PTR(has_error(i) ? bench_trap_error : bench_trap_plain) };
    hypercall1(__HYPERVISOR_set_trap_table, PTR(table));
    callback(CALLBACKTYPE_event, bench_event, CALLBACKF_mask_events);
    callback(CALLBACKTYPE_syscall, bench_syscall, CALLBACKF_mask_events);
}

uint64_t now(void)
{
    const volatile struct vcpu_time_info *t = &shared_info->vcpu_info[0].time;
    uint64_t delta = ticks() - t->tsc_timestamp;

    delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift : delta << t->tsc_shift;
    return t->system_time + (delta >> 32) * t->tsc_to_system_mul + ((delta & 0xffffffff) * t->tsc_to_system_mul >> 32);
}

long ipi_bind(uint32_t vcpu)
{
    struct evtchn_bind_ipi b = { .vcpu = vcpu };
    long rc = event_op(EVTCHNOP_bind_ipi, &b);

    return rc ? rc : (long)b.port;
}

long port_close(uint32_t port)
{
    struct evtchn_close c = { .port = port };
    return event_op(EVTCHNOP_close, &c);
}
