/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two PV domains with a few dozen frames each, on the simulated machine. For the law test and its fuzzer; each includes
 * it once.
 *
 * Beside the frame table stands a model of the TLB that never evicts: each translation that a domain's tables have held
 * since its last flush is still in it. With it the law can ask for what is hard to see otherwise: that a flush came
 * early enough.
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
#include "pv/mm/types.h"
#include "pv/mm/update.h"

#include <hypercall_handlers.h>

#define WORLD_FRAMES 2048u
#define POOL         40u  /* frames that a domain works with */
#define DOMAINS      2u
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
    struct cached tlb[DOMAINS][WORLD_FRAMES];
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

static void tlb_note(unsigned int d, mfn_t m, bool write, bool walk)
{
    struct cached *c = &world.tlb[d][m.nr];

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

/** Everything that the live tables of domain @d translate now comes into its TLB. */
static void tlb_fill(unsigned int d)
{
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++) {
        const struct frame *f = mfn_to_frame(mfn(nr));
        unsigned int level = ftw_type(ftw_load(f));
        const uint64_t *table = mfn_to_virt(mfn(nr));

        if (!table_is_live(f) || frame_owner_id(f) != world.dom[d]->id)
            continue;
        tlb_note(d, mfn(nr), false, true);
        for (unsigned int i = 0; i < PTE_ENTRIES; i++)
            if ((table[i] & PTE_P) && (level < 4 || i < HV_FIRST_SLOT || i > HV_LAST_SLOT) &&
                mfn_valid(pte_mfn(table[i])))
                tlb_note(d, pte_mfn(table[i]), level == 1 && (table[i] & PTE_RW), level > 1);
    }
}

static void world_flushed(const cpumask_t *mask)
{
    for (unsigned int d = 0; d < DOMAINS; d++) {
        if (!world.dom[d] || mask != &world.dom[d]->arch.dirty_cpus)
            continue;
        memset(world.tlb[d], 0, sizeof(world.tlb[d]));
        tlb_fill(d);
    }
}

static void world_act_as(unsigned int d)
{
    sim_this->current = world.dom[d]->vcpu[0];
    pv_load_gdt(current_vcpu());
    pv_load_ldt(current_vcpu());
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

    sim_start(&(struct sim_config){ .frames = WORLD_FRAMES, .cpus = 2 });
    sim_guest_window(&arguments, sizeof(arguments));
    world = (struct world){ .chance = chance };
    BUG_ON(domain_init_system());
    for (unsigned int i = 0; i < DOMAINS; i++) {
        struct domain *d = sim_domain((domid_t)(i + 1), 1);
        struct pv_vcpu *pv = &d->vcpu[0]->arch.pv;

        pv->kernel_mode = true;
        pv->guest_table = pv->guest_table_user = MFN_NONE;
        cpumask_set(&d->arch.dirty_cpus, 0);
        for (unsigned int k = 0; k < POOL; k++)
            world.pool[i][k] = world_new_frame(d);
        world.dom[i] = d;
    }
    world.dom[0]->is_privileged = true;
    world.dom[0]->arch.io = (void *)io;
    sim_settle(); /* no soft interrupt waits: the CPU is wanted elsewhere only when the test says so */
    BUG_ON(softirq_pending());
    sim_on_tlb_flush = world_flushed;
}

#endif
