/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions. A test says where to go on (trap_resume) before it does what should fault; what nobody expects ends the
 * guest with a report. Events are only counted.
 */
#include "guest.h"

volatile struct trap_seen trap_seen;
volatile uint64_t trap_resume, trap_resume_sp, events_seen;
bool (*trap_hook)(struct trap_frame *);

extern char trap_stubs[], event_entry[], failsafe_entry[], syscall_entry[], user_return[];
#define STUB_SIZE       16
#define USER_GATES_FROM 0x80

void trap_forget(void)
{
    trap_seen.vector = NO_TRAP;
    trap_seen.count = 0;
}

static void remember(const struct trap_frame *f)
{
    trap_seen.vector = f->vector;
    trap_seen.error = f->error;
    trap_seen.cr2 = shared_info->vcpu_info[0].arch.cr2;
    trap_seen.rip = f->rip;
    trap_seen.cs = f->cs;
    trap_seen.rflags = f->rflags;
    trap_seen.rsp = f->rsp;
    trap_seen.count++;
}

static void unexpected(const struct trap_frame *f)
{
    printk("FAIL unexpected exception %lu, error %#lx, cr2 %#lx, rip %#lx, rsp %#lx, cs %#lx, rflags %#lx", f->vector,
           f->error, shared_info->vcpu_info[0].arch.cr2, f->rip, f->rsp, f->cs, f->rflags);
    guest_shutdown(SHUTDOWN_crash);
}

static void event(void)
{
    events_seen++;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    __atomic_exchange_n(&shared_info->vcpu_info[0].evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < ARRAY_SIZE(shared_info->evtchn_pending); i++)
        __atomic_exchange_n(&shared_info->evtchn_pending[i], 0, __ATOMIC_SEQ_CST);
}

void trap_handler(struct trap_frame *f);
void trap_handler(struct trap_frame *f)
{
    if (trap_hook && trap_hook(f))
        return;
    if (f->vector == VECTOR_EVENT) {
        event();
        return;
    }
    remember(f);
    if (f->vector == VECTOR_SYSCALL) {
        f->rip = PTR(user_return);
        f->cs = FLAT_KERNEL_CS & ~3;
        f->ss = FLAT_KERNEL_SS;
        f->rflags = 0x202;
        return;
    }
    if (!trap_resume)
        unexpected(f);
    /* Back to kernel mode on whatever stack it had; from user mode the way back is that of a system call. */
    if (f->vector == VECTOR_FAILSAFE || (f->cs & 3) == 3) {
        f->rip = PTR(user_return);
        f->rdi = NO_TRAP;
        f->cs = FLAT_KERNEL_CS & ~3;
        f->ss = FLAT_KERNEL_SS;
        f->rflags = 0x202;
        return;
    }
    f->rip = trap_resume;
    f->rsp = trap_resume_sp;
    f->rflags &= ~0x100ul;
}

static void callback(unsigned int type, const char *entry)
{
    struct callback_register r = { .type = (uint16_t)type, .flags = CALLBACKF_mask_events, .address = PTR(entry) };

    if (hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, PTR(&r)))
        printk("FAIL callback %u cannot be registered", type);
}

static void table_set(unsigned int without)
{
    static struct trap_info table[257];
    unsigned int n = 0;

    memset(table, 0, sizeof(table));
    for (unsigned int i = 0; i < 256; i++)
        if (i != without)
            table[n++] = (struct trap_info){
                .vector = (uint8_t)i,
                .flags = i == 3 || i == 4 || i >= USER_GATES_FROM ? 3 : 0,
                .cs = FLAT_KERNEL_CS,
                .address = PTR(trap_stubs) + i * STUB_SIZE,
            };
    hypercall1(__HYPERVISOR_set_trap_table, PTR(table));
}

void traps_context(struct vcpu_guest_context *c)
{
    for (unsigned int i = 0; i < 256; i++)
        c->trap_ctxt[i] =
            (struct trap_info){ .vector = (uint8_t)i, .cs = FLAT_KERNEL_CS,
                                .address = PTR(trap_stubs) + i * STUB_SIZE };
    c->event_callback_eip = PTR(event_entry);
    c->failsafe_callback_eip = PTR(failsafe_entry);
    c->syscall_callback_eip = PTR(syscall_entry);
}

void traps_init_without(unsigned int vector)
{
    hypercall1(__HYPERVISOR_set_trap_table, 0);
    table_set(vector);
}

void traps_init(void)
{
    table_set(256);
    callback(CALLBACKTYPE_event, event_entry);
    callback(CALLBACKTYPE_failsafe, failsafe_entry);
    callback(CALLBACKTYPE_syscall, syscall_entry);
    hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, PTR(entry_stack_top));
    hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, 0);
}
