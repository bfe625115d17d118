/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See time/lapic_timer.h. */
#include "time/lapic_timer.h"

#include "cpu/features.h"
#include "hv/log.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "hw/native/flags.h"
#include "irq/lapic.h"
#include "irq/lapic_regs.h"
#include "irq/vectors.h"
#include "time/tsc.h"
#include "x86/msr/index.h"

#define LVT_TSC_DEADLINE 0x40000
#define DIVIDE_BY_16     0x3

static uint64_t ticks_per_second __ro_after_init; /* after division */

/*
 * Its register reads as zero unless the timer is in that mode, and as what was written until then
 * (SDM vol. 3A, 10.5.4.1).
 */
static __init bool deadline_kept(void)
{
    uint64_t far = rdtsc() + (1ULL << 40), seen = 0;
    bool kept;

    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER | LVT_TSC_DEADLINE);
    memory_fence();
    kept = wrmsr_safe(MSR_TSC_DEADLINE, far) && rdmsr_safe(MSR_TSC_DEADLINE, &seen) && seen == far;
    wrmsr_safe(MSR_TSC_DEADLINE, 0);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
    return kept;
}

/* The timer counts a bus clock of unknown rate: count it for 10 ms of system time. */
__init void lapic_timer_calibrate(void)
{
    if (cpu_has_tsc_deadline && !deadline_kept()) {
        cpu_has_tsc_deadline = false;
        cpu_feature_refused(CPUFEAT_TSC_DEADLINE, "its register does not keep a deadline");
    }
    if (cpu_has_tsc_deadline)
        return;
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_16);
    lapic_write(LAPIC_TIMER_INITIAL, ~0u);
    uint64_t start = now_ns(), elapsed;
    do {
        cpu_relax();
        elapsed = now_ns() - start;
    } while (elapsed < 10 * NS_PER_MS);
    uint32_t counted = ~0u - lapic_read(LAPIC_TIMER_CURRENT);
    lapic_write(LAPIC_TIMER_INITIAL, 0);
    ticks_per_second = (uint64_t)counted * NS_PER_SEC / elapsed;
    log_info("time: local APIC timer at %lu kHz", (unsigned long)(ticks_per_second / 1000));
    if (!ticks_per_second)
        panic("time: the local APIC timer does not count; this machine has no timer that we can use");
}

void lapic_timer_init_cpu(void)
{
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_16);
    lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER | (cpu_has_tsc_deadline ? LVT_TSC_DEADLINE : 0));
    if (!lapic_is_x2apic())
        memory_fence(); /* the mode change before the first deadline (SDM 10.5.4.1) */
}

void lapic_timer_arm(uint64_t ns)
{
    if (cpu_has_tsc_deadline) {
        wrmsr(MSR_TSC_DEADLINE, ns ? rdtsc() + tsc_from_ns(ns) : 0);
        return;
    }
    uint64_t ticks = 0;
    if (ns) {
        ns = MIN(ns, 4 * NS_PER_SEC);
        ticks = MIN(MAX(ns * (ticks_per_second / 1000) / 1000000, 1ULL), 0xffffffffULL);
    }
    lapic_write(LAPIC_TIMER_INITIAL, (uint32_t)ticks);
}
