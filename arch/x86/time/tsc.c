/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time from the TSC. See time/tsc.h. */
#include "time/tsc.h"

#include "cpu/cpuid_boot.h"
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/softirq.h"
#include "hv/time.h"
#include "hv/trace.h"
#include "hw/native/cpu.h"
#include "time/lapic_timer.h"
#include "time/reference.h"
#include "x86/tsc/stated.h"

uint64_t tsc_hz __ro_after_init;
struct tsc_scale tsc_scale __ro_after_init;
DEFINE_PER_CPU(uint64_t, tsc_epoch);

uint64_t tsc_from_ns(uint64_t ns)
{
    uint64_t seconds = ns / NS_PER_SEC, rest = ns % NS_PER_SEC;
    return seconds * tsc_hz + rest * tsc_hz / NS_PER_SEC;
}

uint64_t tsc_of_guest(const struct vcpu *v, uint64_t now)
{
    const struct vtsc *t = &v->domain->arch.vtsc;

    return t->emulated ? vtsc_ticks(t, now) : rdtsc();
}

uint64_t arch_cycles(void) { return rdtsc_ordered(); }

uint64_t arch_time_now(void)
{
    return tsc_hz ? tsc_scale_to_ns(rdtsc_ordered() - this_cpu(tsc_epoch), &tsc_scale) : 0;
}

#define MHZ_FMT     "%lu.%03lu MHz"
#define MHZ_ARG(hz) (unsigned long)((hz) / 1000000), (unsigned long)((hz) / 1000 % 1000)

/* A clock that counts has the last word; see lib/x86/tsc/stated.h. */
static __init uint64_t decide_hz(void)
{
    const char *clock = "nothing";
    enum tsc_stated_by by;
    uint64_t measured = reference_measure_tsc(&clock), stated = tsc_stated_hz(&cpuid_this_processor, &by);
    const char *text = tsc_stated_text(by);

    switch (tsc_hz_decide(measured, stated, by)) {
    case TSC_HZ_STATED:
        log_info("time: TSC at " MHZ_FMT ", by %s; the %s agrees", MHZ_ARG(stated), text, clock);
        return stated;
    case TSC_HZ_ALONE:
        log_warning("time: TSC at " MHZ_FMT ", by %s alone: neither HPET, ACPI PM timer nor PIT counts",
                    MHZ_ARG(stated), text);
        return stated;
    case TSC_HZ_DISPUTED:
        log_warning("time: %s states " MHZ_FMT " for the TSC; the %s, which is believed, measures another",
                    text, MHZ_ARG(stated), clock);
        /* fall through */
    case TSC_HZ_MEASURED:
        log_info("time: TSC at " MHZ_FMT ", measured with the %s", MHZ_ARG(measured), clock);
        return measured;
    default:
        panic("time: the TSC could not be measured: neither HPET, ACPI PM timer nor PIT counts, and CPUID does not "
              "state its frequency");
    }
}

__init void time_init(void)
{
    tsc_hz = decide_hz();
    tsc_scale = tsc_scale_for(tsc_hz);
    this_cpu(tsc_epoch) = rdtsc_ordered();
}

void arch_timer_program(uint64_t deadline)
{
    uint64_t now;

    if (deadline == TIME_NEVER) {
        lapic_timer_arm(0);
        return;
    }
    now = now_ns();
    lapic_timer_arm(deadline > now ? deadline - now : 1);
}
