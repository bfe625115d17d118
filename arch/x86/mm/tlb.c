/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forgetting translations, here and on other CPUs. Reloading CR3 drops all that is not global; toggling CR4.PGE drops
 * the rest. Guests' entries are never global, ours always are.
 */
#include "mm/tlb.h"

#include "hv/compiler.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hw/native/cpu.h"

#include <arch/irqflags.h>

struct flush_request {
    vaddr_t va;
    bool one, global;
};

void tlb_flush_local(bool global)
{
    if (!global) {
        write_cr3(read_cr3());
        return;
    }
    irqflags_t flags = irq_save();
    uint64_t cr4 = read_cr4();
    write_cr4(cr4 & ~CR4_PGE);
    write_cr4(cr4);
    irq_restore(flags);
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

    if (cpumask_test(mask, me))
        flush_here(r);
    if (unlikely(concerns_others(mask, me))) {
        cpumask_t others = *mask;

        cpumask_clear(&others, me);
        cpumask_and(&others, &others, &cpu_online);
        smp_call(&others, flush_here, r);
    }
}

void arch_tlb_flush_mask(const cpumask_t *mask, bool global)
{
    flush(mask, &(struct flush_request){.global = global});
}

void arch_tlb_flush_one_mask(const cpumask_t *mask, vaddr_t va)
{
    flush(mask, &(struct flush_request){.va = va, .one = true});
}
