/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time from the TSC. See time/tsc.h. */
#include "time/tsc.h"

#include "hv/domain.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/softirq.h"
#include "hv/time.h"
#include "hv/trace.h"
#include "hw/native/cpu.h"
#include "time/lapic_timer.h"
#include "time/reference.h"

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

__init void time_init(void)
{
    const char *source = "nothing";

    tsc_hz = reference_measure_tsc(&source);
    if (!tsc_hz)
        panic("time: the TSC could not be measured: neither HPET, ACPI PM timer nor PIT counts");
    tsc_scale = tsc_scale_for(tsc_hz);
    this_cpu(tsc_epoch) = rdtsc_ordered();
    log_info("time: TSC at %lu.%03lu MHz, measured with the %s", (unsigned long)(tsc_hz / 1000000),
             (unsigned long)(tsc_hz / 1000 % 1000), source);
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
