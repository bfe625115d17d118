/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forgetting translations, here and on other CPUs. Reloading CR3 drops all that is not global; toggling CR4.PGE drops
 * the rest. Guests' entries are never global, ours always are. Whatever drops all of a guest's is recorded by the flush
 * clock; loads of CR3 that go from a guest's one table to its other are not, and then no harm is done.
 */
#include "mm/tlb.h"

#include "hv/compiler.h"
#include "hv/lock_debug.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/tlb_clock.h"
#include "hw/native/cpu.h"

#include <arch/irqflags.h>

struct flush_request {
    vaddr_t va;
    bool one, global;
};

static void flush_all_local(void)
{
    irqflags_t flags = irq_save();
    uint64_t cr4 = read_cr4();

    write_cr4(cr4 & ~CR4_PGE);
    write_cr4(cr4);
    irq_restore(flags);
}

void tlb_flush_local(bool global)
{
    if (unlikely(global))
        flush_all_local(); /* seldom: not worth the clock's knowing */
    else
        tlb_load_cr3(read_cr3());
}

void tlb_load_cr3(uint64_t cr3)
{
    uint64_t time = tlb_clock_read();

    write_cr3(cr3);
    tlb_clock_flushed(time);
}

static void flush_here(void *arg)
{
    const struct flush_request *r = arg;
    if (r->one)
        invlpg(r->va);
    else
        tlb_flush_local(r->global);
}

/**
 * Whether @mask has an online CPU that is not @me. Most often it has none, so only the words that count are looked at.
 */
static bool concerns_others(const cpumask_t *mask, unsigned int me)
{
    for (unsigned int i = 0; i * 64 < cpu_count; i++) {
        uint64_t others = mask->bits[i] & cpu_online.bits[i];

        if (i == me / 64)
            others &= ~(1ULL << me % 64);
        if (others)
            return true;
    }
    return false;
}

static void flush(const cpumask_t *mask, struct flush_request *r)
{
    unsigned int me = this_cpu_id();

    lock_debug_may_wait(LOCK_WAIT_CPUS);
    if (cpumask_test(mask, me))
        flush_here(r);
    if (unlikely(concerns_others(mask, me))) {
        cpumask_t others = *mask;

        cpumask_clear(&others, me);
        cpumask_and(&others, &others, &cpu_online);
        smp_call(&others, flush_here, r);
    }
}

/** The CPUs of @mask but @me that may have what was stamped. False if there are none, and then @who is not written. */
static bool who_may_have(const cpumask_t *mask, uint64_t stamp, unsigned int me, cpumask_t *who)
{
    bool any = false;

    for (unsigned int i = 0; i * 64 < cpu_count; i++) {
        uint64_t cpus = mask->bits[i] & cpu_online.bits[i];

        for (; cpus; cpus &= cpus - 1) {
            unsigned int cpu = i * 64 + (unsigned int)__builtin_ctzll(cpus);

            if (cpu == me || !tlb_clock_may_have(cpu, stamp))
                continue;
            if (!any)
                cpumask_clear_all(who);
            any = true;
            cpumask_set(who, cpu);
        }
    }
    return any;
}

void arch_tlb_flush_stamped(const cpumask_t *mask, uint64_t stamp)
{
    unsigned int me = this_cpu_id();
    cpumask_t who;

    lock_debug_may_wait(LOCK_WAIT_CPUS);
    if (cpumask_test(mask, me) && tlb_clock_may_have(me, stamp))
        tlb_flush_local(false);
    if (unlikely(who_may_have(mask, stamp, me, &who)))
        smp_call(&who, flush_here, &(struct flush_request){ .global = false });
}

void arch_tlb_flush_mask(const cpumask_t *mask, bool global)
{
    flush(mask, &(struct flush_request){ .global = global });
}

void arch_tlb_flush_one_mask(const cpumask_t *mask, vaddr_t va)
{
    flush(mask, &(struct flush_request){ .va = va, .one = true });
}
