/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two PV domains with a few dozen frames each, on the simulated machine. For the law test and its fuzzer; each includes
 * it once.
 *
 * Beside the frame table stands a model of three TLBs that never evict: each translation that the tables of the
 * domain on a CPU have held since its last flush is still in it. CPU 0 does everything, as one domain or the other;
 * CPU 1 runs another vCPU of the first domain, CPU 2 one of the second, and both flush or go idle when they like.
 * With it the law can ask for what is hard to see otherwise: that each flush that was needed came, and early enough.
 */
#ifndef TEST_PVMM_WORLD_H
#define TEST_PVMM_WORLD_H

#include "arch/sim/sim.h"
#include "hv/grant.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "hv/softirq.h"
#include "hw/sim/pv_mm.h"
#include "pv/mm/entry.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/types.h"
#include "pv/mm/update.h"

#include <hypercall_handlers.h>

#define WORLD_FRAMES 2048u
#define POOL         40u  /* frames that a domain works with */
#define DOMAINS      2u
#define CPUS         3u
#define GRANTS       8u

/* What a cached translation lets a CPU do, and whose the frame was. */
struct cached { bool read, write, walk; uint16_t owner; };

struct grant { bool active, writable, in_entry; mfn_t m; uint64_t where; bool is_pte; struct domain *mapper; };

/* Things that a run must have seen to mean something. */
enum seen {
    SEEN_TREE,
    SEEN_PTWR,
    SEEN_PTWR_AGAIN,
    SEEN_MMIO_STORE,
    SEEN_GDT,
    SEEN_LDT,
    SEEN_GRANT_MAP,
    SEEN_GRANT_UNMAP,
    SEEN_LINEAR_SELF,
    SEEN_LINEAR,
    SEEN_KINDS
};

static struct world {
    struct domain *dom[DOMAINS];
    mfn_t pool[DOMAINS][POOL];
    struct cached tlb[CPUS][WORLD_FRAMES];
    unsigned int runs[CPUS]; /* domain; DOMAINS: idle */
    uint32_t (*chance)(void);
    unsigned int seen[SEEN_KINDS];
    unsigned int calls, refused, restarts, abandoned;
} world;

static struct grant grants[GRANTS];

/* Memory that the guests' hypercall arguments are in. */
static struct arguments {
    struct mmu_update mmu[4];
    struct mmuext_op ext[4];
    uint32_t done;
    uint64_t gdt[14];
} arguments;

static void tlb_note(unsigned int cpu, mfn_t m, bool write, bool walk)
{
    struct cached *c = &world.tlb[cpu][m.nr];

    c->read = true;
    c->write |= write;
    c->walk |= walk;
    c->owner = (uint16_t)frame_owner_id(mfn_to_frame(m));
}

static bool table_is_live(const struct frame *f)
{
    uint64_t w = ftw_load(f);

    return ft_is_table(ftw_type(w)) && (w & FTW_VALID);
}

/** Everything that the live tables of the domain on @cpu translate now comes into its TLB. */
static void tlb_fill(unsigned int cpu)
{
    unsigned int d = world.runs[cpu];

    for (uint64_t nr = 0; d < DOMAINS && nr < WORLD_FRAMES; nr++) {
        const struct frame *f = mfn_to_frame(mfn(nr));
        unsigned int level = ftw_type(ftw_load(f));
        const uint64_t *table = mfn_to_virt(mfn(nr));

        if (!table_is_live(f) || frame_owner_id(f) != world.dom[d]->id)
            continue;
        tlb_note(cpu, mfn(nr), false, true);
        for (unsigned int i = 0; i < PTE_ENTRIES; i++)
            if ((table[i] & PTE_P) && (level < 4 || i < HV_FIRST_SLOT || i > HV_LAST_SLOT) &&
                mfn_valid(pte_mfn(table[i])))
                tlb_note(cpu, pte_mfn(table[i]), level == 1 && (table[i] & PTE_RW), level > 1);
    }
}

static void world_flushed(unsigned int cpu)
{
    memset(world.tlb[cpu], 0, sizeof(world.tlb[cpu]));
    tlb_fill(cpu);
}

/** @cpu goes over to domain @d, in the order of the real context switch; DOMAINS: idle. */
static void world_switch(unsigned int cpu, unsigned int d)
{
    unsigned int before = world.runs[cpu];

    if (before == d)
        return;
    if (d < DOMAINS)
        cpumask_set(&world.dom[d]->arch.dirty_cpus, cpu);
    world.runs[cpu] = d;
    sim_tlb_flush(cpu);
    if (before < DOMAINS)
        cpumask_clear(&world.dom[before]->arch.dirty_cpus, cpu);
}

static void world_act_as(unsigned int d)
{
    sim_this->current = world.dom[d]->vcpu[0];
    pv_load_gdt(current_vcpu());
    pv_load_ldt(current_vcpu());
    world_switch(0, d);
}

static mfn_t world_new_frame(struct domain *d)
{
    mfn_t m = domain_alloc_frames(d, 0, HEAP_ZERO);

    BUG_ON(mfn_eq(m, MFN_NONE));
    return m;
}

static void world_start(uint32_t (*chance)(void))
{
    static char io[1];

    sim_start(&(struct sim_config){ .frames = WORLD_FRAMES, .cpus = CPUS });
    sim_guest_window(&arguments, sizeof(arguments));
    world = (struct world){ .chance = chance };
    BUG_ON(domain_init_system());
    for (unsigned int i = 0; i < DOMAINS; i++) {
        struct domain *d = sim_domain((domid_t)(i + 1), 1);
        struct pv_vcpu *pv = &d->vcpu[0]->arch.pv;

        pv->kernel_mode = true;
        pv->guest_table = pv->guest_table_user = MFN_NONE;
        for (unsigned int k = 0; k < POOL; k++)
            world.pool[i][k] = world_new_frame(d);
        world.dom[i] = d;
    }
    world.dom[0]->is_privileged = true;
    world.dom[0]->arch.io = (void *)io;
    sim_settle(); /* no soft interrupt waits: the CPU is wanted elsewhere only when the test says so */
    BUG_ON(softirq_pending());
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        world.runs[cpu] = DOMAINS;
    sim_on_tlb_flush = world_flushed;
    world_act_as(0);
    world_switch(1, 0);
    world_switch(2, 1);
}

#endif
