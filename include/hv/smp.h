/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other CPUs: making them notice, run a function, forget translations. */
#ifndef HV_SMP_H
#define HV_SMP_H

#include "hv/cpumask.h"

/** Arch duty: interrupt @cpu so that it looks at its softirqs. */
void arch_smp_kick(unsigned int cpu);
/** Arch duty: make @mask call smp_call_interrupt(). */
void arch_smp_call_ipi(const cpumask_t *mask);

/**
 * Runs @fn(@arg) on each online CPU of @mask (this one included, directly) with interrupts off; returns when all have.
 * Interrupts on, in every build, and no lock held that comes after WAIT_CPUS of hv/lock_order.h. Not from an NMI.
 */
void smp_call(const cpumask_t *mask, void (*fn)(void *arg), void *arg);
void smp_call_interrupt(void);

/**
 * Arch duty: every CPU of @mask drops all non-global translations before this returns (@global: all of them).
 * May wait for them as smp_call() does.
 */
void arch_tlb_flush_mask(const cpumask_t *mask, bool global);
/**
 * Arch duty: the same, all but global translations, for those CPUs of @mask that may have a translation that was
 * stamped with @stamp (hv/tlb_clock.h). Most often there are none.
 */
void arch_tlb_flush_stamped(const cpumask_t *mask, uint64_t stamp);
/** Arch duty: the same for the one page at @va. */
void arch_tlb_flush_one_mask(const cpumask_t *mask, vaddr_t va);

#endif
