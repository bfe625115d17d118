/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine, its two domains and the model of its TLBs: see world.h. */
#include "world.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "pv/mm/entry.h"

struct world world;
struct grant grants[GRANTS];
struct arguments arguments;

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

void tlb_fill(unsigned int cpu)
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

void world_switch(unsigned int cpu, unsigned int d)
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

void world_act_as(unsigned int d)
{
    sim_this->current = world.dom[d]->vcpu[0];
    pv_load_gdt(current_vcpu());
    pv_load_ldt(current_vcpu());
    world_switch(0, d);
}

mfn_t world_new_frame(struct domain *d)
{
    mfn_t m = domain_alloc_frames(d, 0, HEAP_ZERO);

    BUG_ON(mfn_eq(m, MFN_NONE));
    return m;
}

void world_start(uint32_t (*chance)(void))
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
