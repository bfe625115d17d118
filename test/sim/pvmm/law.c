/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law, recomputed from nothing but the page tables and what is held by name: for every frame the references and
 * type references that it must have, and as what. Then a second law: no CPU can do through a cached translation what a
 * table would now forbid.
 */
#include "law.h"

#include "hw/sim/pv_mm.h"
#include "pv/mm/entry.h"
#include "world.h"

struct due { uint32_t refs, types, names, named; enum frame_type as; };
static struct due due[WORLD_FRAMES];
static void due_ref(mfn_t m) { due[m.nr].refs++; }

static void due_type(mfn_t m, enum frame_type as)
{
    struct due *x = &due[m.nr];

    LAW(!x->types || x->as == as, "frame %lu is wanted as %u and as %u", m.nr, x->as, as);
    x->refs++;
    x->types++;
    x->as = as;
}

static void due_l1(uint64_t e, const struct domain *d)
{
    mfn_t m = pte_mfn(e);

    LAW((e & PTE_US) && !(e & PTE_G), "L1 entry %lx lacks what we force", e);
    if (!mfn_valid(m)) {
        LAW(!(e & PTE_RW) || m.nr < frame_table_end + SIM_MMIO_FRAMES / 2, "device entry %lx is writable", e);
        LAW(d->arch.io && m.nr < frame_table_end + SIM_MMIO_FRAMES, "device entry %lx is not permitted", e);
    } else if (e & PTE_RW) {
        due_type(m, FT_WRITABLE);
    } else {
        due_ref(m);
    }
}

/** An entry that names a table of its own level: itself for nothing, another one if neither has more of that kind. */
static void due_linear(mfn_t table, enum frame_type level, uint64_t e)
{
    LAW(!(e & PTE_RW), "linear entry %lx in L%u is writable", e, level);
    world.seen[mfn_eq(table, pte_mfn(e)) ? SEEN_LINEAR_SELF : SEEN_LINEAR]++;
    if (mfn_eq(table, pte_mfn(e)))
        return;
    due_type(pte_mfn(e), level);
    due[table.nr].names++;
    due[pte_mfn(e).nr].named++;
}

static void due_upper(mfn_t table, enum frame_type level, uint64_t e)
{
    if (mfn_eq(table, pte_mfn(e)) || ftw_type(ftw_load(mfn_to_frame(pte_mfn(e)))) == level)
        due_linear(table, level, e);
    else
        due_type(pte_mfn(e), (enum frame_type)(level - 1));
}

static void due_table(mfn_t m, uint64_t w, const struct domain *d)
{
    const uint64_t *table = mfn_to_virt(m);
    enum frame_type level = ftw_type(w);
    unsigned int partly = w & FTW_PARTIAL ? ftw_progress(w) : 0, nr = w & FTW_VALID ? PTE_ENTRIES : partly;

    for (unsigned int i = 0; i < nr; i++) {
        if (level == FT_L4 && i >= HV_FIRST_SLOT && i <= HV_LAST_SLOT)
            LAW(!(w & FTW_VALID) || table[i] == SIM_L4_MARK(i) ||
                (i == HV_FIRST_SLOT && !table[i] && (d->vm_assist & BIT(VMASST_TYPE_m2p_strict))),
                "slot %u of L4 %lu is not ours", i, m.nr);
        else if (!(table[i] & PTE_P))
            continue;
        else if (level == FT_L1)
            due_l1(table[i], d);
        else
            due_upper(m, level, table[i]);
        if (level > FT_L1 && (w & FTW_VALID) && (i < HV_FIRST_SLOT || i > HV_LAST_SLOT))
            LAW((table[i] & PTE_US) && !(table[i] & PTE_TABLE_REFUSED), "entry %lx in L%u", table[i], level);
    }
}

static void due_frame(mfn_t m)
{
    const struct frame *f = mfn_to_frame(m);
    uint64_t w = ftw_load(f);

    LAW(!(w & FTW_LOCKED), "frame %lu stayed locked", m.nr);
    LAW(!(w & FTW_VALID) == !ftw_count(w), "frame %lu: word %lx", m.nr, w);
    LAW(!(w & FTW_PARTIAL) || (!ftw_count(w) && ftw_type(w) >= FT_L2 && ftw_type(w) <= FT_L4 && ftw_progress(w)),
        "frame %lu: word %lx", m.nr, w);
    if (f->count & FRAME_ALLOCATED)
        due_ref(m);
    if (f->count & FRAME_HV)
        due[m.nr].types++, due[m.nr].as = ftw_type(w);
    if (w & FTW_PINNED)
        due_type(m, ftw_type(w));
    if (w & FTW_PARTIAL)
        due_ref(m);
    if (ft_is_table(ftw_type(w)))
        due_table(m, w, world.dom[frame_owner_id(f) - 1]);
}

static void due_vcpu(const struct pv_vcpu *pv)
{
    if (!mfn_eq(pv->guest_table, MFN_NONE))
        due_type(pv->guest_table, FT_L4);
    if (!mfn_eq(pv->guest_table_user, MFN_NONE))
        due_type(pv->guest_table_user, FT_L4);
    for (unsigned int i = 0; i < (pv->gdt_entries + 511) / 512; i++)
        due_type(mfn(pv->gdt_frame[i]), FT_SEG_DESC);
    for (unsigned int i = 0; i < PV_LDT_FRAMES; i++)
        if (pv->ldt_frame[i])
            due_type(mfn(pv->ldt_frame[i] - 1), FT_SEG_DESC);
}

bool frame_is_guests(const struct frame *f)
{
    unsigned int owner = frame_owner_id(f);

    return frame_refs(f) && owner >= 1 && owner <= DOMAINS;
}

static void law_descriptors(mfn_t m)
{
    const uint64_t *d = mfn_to_virt(m);

    for (unsigned int i = 0; i < 512; i++) {
        uint64_t fixed = d[i];
        LAW(pv_descriptor_fix(&fixed) && fixed == d[i], "descriptor %lx in frame %lu", d[i], m.nr);
    }
}

/** What the CPU reaches through its descriptor windows is what the vCPU that runs holds. */
static void law_windows(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    if (vcpu_is_idle(v))
        return;
    for (unsigned int i = 0; i < PV_GDT_FRAMES; i++)
        LAW(sim_pv_cpu.gdt_page[i] == (i < (pv->gdt_entries + 511) / 512 ? pv->gdt_frame[i] + 1 : 0),
            "GDT window page %u", i);
    for (unsigned int i = 0; i < PV_LDT_FRAMES; i++)
        LAW(sim_pv_cpu.ldt_page[i] == pv->ldt_frame[i], "LDT window page %u", i);
}

static void law_tlb(unsigned int cpu)
{
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++) {
        const struct cached *c = &world.tlb[cpu][nr];
        const struct frame *f = mfn_to_frame(mfn(nr));
        enum frame_type t = ftw_load(f) & FTW_VALID ? ftw_type(ftw_load(f)) : FT_NONE;

        if (!c->read)
            continue;
        LAW(frame_refs(f) && frame_owner_id(f) == c->owner, "frame %lu has gone, but CPU %u still reaches it", nr,
            cpu);
        LAW(!c->write || t == FT_NONE || t == FT_WRITABLE, "CPU %u can still write to frame %lu, type %u", cpu, nr, t);
        LAW(!c->walk || t != FT_WRITABLE, "CPU %u still walks through frame %lu, which is writable", cpu, nr);
    }
}

void law_check(void)
{
    memset(due, 0, sizeof(due));
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++)
        if (frame_is_guests(mfn_to_frame(mfn(nr))))
            due_frame(mfn(nr));
    for (unsigned int i = 0; i < DOMAINS; i++) {
        due_vcpu(&world.dom[i]->vcpu[0]->arch.pv);
        if (world.dom[i]->teardown.frame)
            due_ref(mfn(world.dom[i]->teardown.frame - 1));
    }
    for (unsigned int i = 0; i < GRANTS; i++)
        if (grants[i].active && !grants[i].in_entry)
            grants[i].writable ? due_type(grants[i].m, FT_WRITABLE) : due_ref(grants[i].m);
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++) {
        const struct frame *f = mfn_to_frame(mfn(nr));
        uint64_t w = ftw_load(f);

        if (!frame_is_guests(f)) {
            LAW(!due[nr].refs, "frame %lu is nobody's and has %u users", nr, due[nr].refs);
            continue;
        }
        LAW(frame_refs(f) == due[nr].refs, "frame %lu: %u references, due %u (word %lx)", nr, frame_refs(f),
            due[nr].refs, w);
        LAW(ftw_count(w) == due[nr].types, "frame %lu: type count %lu, due %u (word %lx)", nr, ftw_count(w),
            due[nr].types, w);
        LAW(!due[nr].types || ftw_type(w) == due[nr].as, "frame %lu: word %lx, used as %u", nr, w, due[nr].as);
        uint64_t numbers = ftw_is_idle(w) ? 0 : w; /* where an idle frame has its stamp */
        LAW((numbers & FTW_LINEAR_NAMES) / FTW_LINEAR_NAMES_ONE == due[nr].names, "frame %lu names: word %lx", nr, w);
        LAW((numbers & FTW_LINEAR_NAMED) / FTW_LINEAR_NAMED_ONE == due[nr].named, "frame %lu is named: %lx", nr, w);
        LAW(!due[nr].names || !due[nr].named, "frame %lu is in a chain of linear tables", nr);
        if (ftw_type(w) == FT_SEG_DESC && (w & FTW_VALID))
            law_descriptors(mfn(nr));
    }
    law_windows(current_vcpu());
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        law_tlb(cpu);
        tlb_fill(cpu);
    }
}
