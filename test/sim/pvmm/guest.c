/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two hostile guests do: every operation on page tables with arguments drawn from a small set, so that
 * they meet, and that are right often enough for trees to grow. Interrupted hypercalls are continued, or abandoned.
 */
#include "guest.h"

#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "hv/softirq.h"
#include "hw/sim/pv_mm.h"
#include "pv/mm/entry.h"
#include "pv/mm/finish.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/update.h"
#include "snapshot.h"

#include <hypercall_handlers.h>

static uint32_t pick(uint32_t n) { return world.chance() % n; }
static bool one_in(uint32_t n) { return pick(n) == 0; }

/* Few indices, so that addresses hit; both ends of the guest's part and the hypervisor's. */
static unsigned int pick_index(void)
{
    static const uint16_t index[] = { 0, 1, 2, 3, 4, 255, 256, 271, 272, 511 };

    return one_in(3) ? index[pick(ARRAY_SIZE(index))] : pick(3);
}

static mfn_t pick_frame(unsigned int me)
{
    if (one_in(12))
        return world.pool[!me][pick(POOL)];
    if (one_in(16))
        return mfn(frame_table_end + pick(SIM_MMIO_FRAMES + 2));
    if (one_in(64))
        return virt_to_mfn(world.dom[me]->shared_info);
    if (one_in(64))
        return mfn(pick(WORLD_FRAMES));
    return world.pool[me][pick(POOL)];
}

static uint64_t pick_entry(unsigned int me)
{
    static const uint64_t flags[] = { PTE_RW, PTE_RW | PTE_US, PTE_US, PTE_RW | PTE_A | PTE_D,
                                      0,      PTE_RW | PTE_NX, PTE_G };
    uint64_t e = pte_make(pick_frame(me), PTE_P | flags[pick(ARRAY_SIZE(flags))]);

    if (one_in(20))
        e ^= 1ULL << pick(64);
    return one_in(4) ? 0 : e;
}

static vaddr_t pick_va(void)
{
    vaddr_t va = (vaddr_t)pick_index() << 39 | (vaddr_t)pick(3) << 30 | (vaddr_t)pick(3) << 21 | (vaddr_t)pick(3) << 12;

    return (vaddr_t)((int64_t)(va << 16) >> 16) ^ (one_in(50) ? 1ULL << 50 : 0);
}

/** An address that the current tables translate, by a random way down; or any. */
static vaddr_t pick_mapped_va(void)
{
    mfn_t m = current_vcpu()->arch.pv.guest_table;
    vaddr_t va = 0;

    if (mfn_eq(m, MFN_NONE))
        return pick_va();
    for (unsigned int level = 4; level; level--) {
        const uint64_t *table = mfn_to_virt(m);
        unsigned int i = pick(level > 1 ? 3 : 6);

        for (unsigned int tries = 0; level > 1 && tries < 3 && !(table[i] & PTE_P); tries++)
            i = (i + 1) % 3;
        if (!(table[i] & PTE_P) || (level > 1 && !mfn_valid(pte_mfn(table[i]))))
            return pick_va();
        va |= (vaddr_t)i << (12 + 9 * (level - 1));
        m = pte_mfn(table[i]);
    }
    return va;
}

static uint32_t pick_owner(unsigned int me)
{
    static const uint16_t others[] = { DOMID_IO, DOMID_XEN, 1, 2, 3, 77 };

    return one_in(8) ? others[pick(ARRAY_SIZE(others))] : DOMID_SELF;
}

/** The CPU is wanted elsewhere, always or never during one call. */
static bool set_preemption(bool on)
{
    vcpu_info_t *info = current_vcpu()->info;

    info->evtchn_upcall_mask = 0;
    info->evtchn_upcall_pending = on;
    return on;
}

/** A frame that an abandoned call left behind may be tidied up by any other, refused or not: do it before comparing. */
static void tidy_up(void)
{
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++) {
        struct frame *f = mfn_to_frame(mfn(nr));

        if (!frame_is_guests(f) || !(ftw_load(f) & FTW_PARTIAL))
            continue;
        frame_get_again(f);
        while (frame_type_undo(f))
            ;
        frame_put(f);
    }
    while (pv_mm_finish(current_vcpu()))
        ;
}

static long call_through(long (*fn)(struct hypercall *), struct hypercall *call)
{
    bool preempted = set_preemption(one_in(3)), whole = true;
    bool compare = !preempted && one_in(6);
    long rc;

    if (compare) {
        tidy_up();
        snapshot_take();
    }
    world.calls++;
    while ((rc = fn(call)) == -ERESTART) {
        world.restarts++;
        whole = false;
        law_check();
        if (one_in(12)) {
            world.abandoned++;
            break;
        }
        set_preemption(one_in(2));
    }
    if (rc < 0 && rc != -ERESTART) {
        world.refused++;
        if (compare && whole)
            snapshot_compare();
    }
    set_preemption(false);
    return rc;
}

static void op_mmu_update(unsigned int me)
{
    unsigned int nr = one_in(6) ? 1 + pick(4) : 1;
    uint32_t owner = pick_owner(me) | (one_in(12) ? (1 + pick(3) + 1) << 16 : 0);

    for (unsigned int i = 0; i < nr; i++) {
        arguments.mmu[i].ptr = mfn_to_paddr(pick_frame(me)) + pick_index() * 8;
        arguments.mmu[i].ptr |= one_in(4) ? pick(8) : 0;
        arguments.mmu[i].val = pick_entry(me);
    }
    struct hypercall call = {
        .arg = {(uint64_t)arguments.mmu, nr, one_in(2) ? (uint64_t)&arguments.done : 0, owner }
    };
    if (nr == 1)
        call_through(hypercall_mmu_update, &call);
    else /* the successes before a refusal stay */
        while (hypercall_mmu_update(&call) == -ERESTART)
            ;
}

static void op_mmuext(unsigned int me)
{
    static const uint8_t cmds[] = { 0, 1, 2, 3, 3, 4, 4, 5, 5, 15, 6, 7, 8, 10, 13, 16, 17, 12, 19, 25 };
    struct mmuext_op *op = &arguments.ext[0];

    *op = (struct mmuext_op){ .cmd = cmds[pick(ARRAY_SIZE(cmds))], .arg1.mfn = pick_frame(me).nr };
    if (op->cmd == MMUEXT_SET_LDT) {
        op->arg1.linear_addr = pick_va() & ~(one_in(8) ? 0 : PAGE_SIZE - 1);
        op->arg2.nr_ents = pick(one_in(4) ? 9000 : 1600);
    } else if (op->cmd == MMUEXT_COPY_PAGE) {
        op->arg2.src_mfn = pick_frame(me).nr;
    } else if (op->cmd == MMUEXT_NEW_USER_BASEPTR && one_in(3)) {
        op->arg1.mfn = 0;
    }
    struct hypercall call = { .arg = { (uint64_t)op, 1, 0, pick_owner(me) } };
    call_through(hypercall_mmuext_op, &call);
}

static void op_va_mapping(unsigned int me)
{
    struct hypercall call = { .arg = { pick_mapped_va(), pick_entry(me), pick(8), pick_owner(me) } };

    call_through(one_in(4) ? hypercall_update_va_mapping_otherdomain : hypercall_update_va_mapping, &call);
}

/** Stores to a frame that the guest has under its control: allowed whenever the frame may be writable. */
static void op_fill_frame(unsigned int me)
{
    mfn_t m = world.pool[me][pick(POOL)];
    uint64_t *words = mfn_to_virt(m);

    if (frame_get_typed(m, world.dom[me], FT_WRITABLE))
        return;
    if (one_in(2))
        memset(words, 0, PAGE_SIZE);
    for (unsigned int i = pick(6); i; i--)
        words[pick_index()] = pick_entry(me);
    frame_put_typed(mfn_to_frame(m));
}

/** A page of a legal tree or descriptors, for growth. */
static void op_plant(unsigned int me)
{
    mfn_t m = world.pool[me][pick(POOL)];
    uint64_t *words = mfn_to_virt(m);

    if (frame_get_typed(m, world.dom[me], FT_WRITABLE))
        return;
    memset(words, 0, PAGE_SIZE);
    if (one_in(4))
        words[pick(512)] = 0x00cffb000000ffffULL ^ (one_in(3) ? 1ULL << pick(64) : 0);
    else
        for (unsigned int i = 0; i < 3; i++)
            words[i] =
                pte_make(one_in(8) ? pick_frame(me) : world.pool[me][pick(POOL)], PTE_P | (one_in(2) ? PTE_RW : 0));
    frame_put_typed(mfn_to_frame(m));
}

/** A whole tree out of frames that are free for it, with read-only views of tables in it; then pinned and used. */
static void op_build_tree(unsigned int me)
{
    mfn_t frame[5];
    unsigned int n = 0;
    struct hypercall call = { .arg = { (uint64_t)arguments.ext, 2, 0, DOMID_SELF } };

    for (unsigned int tries = 0; n < ARRAY_SIZE(frame) && tries < POOL; tries++) {
        mfn_t m = world.pool[me][pick(POOL)];

        if (ftw_count(ftw_load(mfn_to_frame(m))) || frame_get_typed(m, world.dom[me], FT_WRITABLE))
            continue;
        memset(mfn_to_virt(m), 0, PAGE_SIZE);
        frame_put_typed(mfn_to_frame(m));
        for (unsigned int i = 0; i < n; i++)
            if (mfn_eq(frame[i], m))
                m = MFN_NONE;
        if (!mfn_eq(m, MFN_NONE))
            frame[n++] = m;
    }
    if (n < ARRAY_SIZE(frame))
        return;
    for (unsigned int level = 4; level > 1; level--)
        for (unsigned int i = 0; i < 1 + pick(3); i++)
            ((uint64_t *)mfn_to_virt(frame[level]))[i] =
                pte_make(one_in(10) ? pick_frame(me) : frame[level - !one_in(6)], PTE_P);
    for (unsigned int i = 0; i < 6; i++)
        ((uint64_t *)mfn_to_virt(frame[1]))[i] = one_in(3) ? pte_make(pick_frame(me), PTE_P | (one_in(2) ? PTE_RW : 0))
                                                           : pte_make(frame[pick(5)], PTE_P | (one_in(8) ? PTE_RW : 0));
    arguments.ext[0] = (struct mmuext_op){ .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = frame[4].nr };
    arguments.ext[1] = (struct mmuext_op){ .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = frame[4].nr };
    call.arg[1] = 1;
    if (call_through(hypercall_mmuext_op, &call))
        return;
    world.seen[SEEN_TREE]++;
    call = (struct hypercall){ .arg = { (uint64_t)&arguments.ext[1], 1, 0, DOMID_SELF } };
    call_through(hypercall_mmuext_op, &call);
}

static void op_ptwr(unsigned int me)
{
    static const uint8_t insns[][12] = {
        { 4, 0x48, 0x89, 0x47, 0x08 },                                     /* mov %rax, 8(%rdi) */
        { 3, 0x48, 0x87, 0x07 },                                           /* xchg %rax, (%rdi) */
        { 5, 0xf0, 0x48, 0x0f, 0xb1, 0x0f },                               /* lock cmpxchg %rcx, (%rdi) */
        { 4, 0xf0, 0x80, 0x27, 0xfd },                                     /* lock andb $0xfd, (%rdi) */
        { 6, 0xf0, 0x48, 0x0f, 0xba, 0x37, 0x01 },                         /* lock btrq $1, (%rdi) */
        { 7, 0x48, 0xc7, 0x07, 0x00, 0x00, 0x00, 0x00 },                   /* movq $0, (%rdi) */
        { 2, 0x89, 0x07 },                                                 /* mov %eax, (%rdi) */
        { 3, 0x48, 0x8b, 0x07 },                                           /* a load: not ours */
    };
    const uint8_t *insn = insns[pick(ARRAY_SIZE(insns))];
    struct cpu_user_regs regs = { .rip = 0x1000, .rflags = 0x202 };
    vaddr_t va = pick_mapped_va() + pick_index() * 8 + (one_in(8) ? pick(8) : 0);

    memcpy(sim_pv_cpu.insn, insn + 1, 11);
    sim_pv_cpu.insn_length = insn[0];
    regs.rax = regs.rcx = pick_entry(me);
    if (pv_ptwr_fault(&regs, va, pv_readonly_frame(pt_walk_l1e(current_vcpu(), va))))
        world.seen[regs.rip != 0x1000 ? SEEN_PTWR : SEEN_PTWR_AGAIN]++;
    else if (pv_mmio_ro_fault(&regs, va, pv_readonly_frame(pt_walk_l1e(current_vcpu(), va))))
        world.seen[SEEN_MMIO_STORE]++;
}

static void op_descriptors(unsigned int me)
{
    struct hypercall call = { .arg = { mfn_to_paddr(pick_frame(me)) + pick(64) * 8 } };

    switch (pick(4)) {
    case 0:
        for (unsigned int i = 0; i < 3; i++)
            arguments.gdt[i] = pick_frame(me).nr;
        call.arg[0] = (uint64_t)arguments.gdt;
        call.arg[1] = one_in(8) ? pick(9000) : one_in(4) ? pick(1500) : pick(513);
        if (call.arg[1] <= 1536 && !call_through(hypercall_set_gdt, &call))
            world.seen[SEEN_GDT]++;
        break;
    case 1:
        if (one_in(2))
            pv_set_ldt(current_vcpu(), pick_mapped_va() & ~0xfffULL, 1000);
        world.seen[SEEN_LDT] += pv_ldt_fault(current_vcpu(), pick(2 * 4096));
        break;
    default:
        call.arg[1] = 0x00cffb000000ffffULL ^ (one_in(2) ? 1ULL << pick(64) : 0);
        call_through(hypercall_update_descriptor, &call);
    }
}

/** XENMEM_decrease_reservation and populate_physmap; the frame may live on in a mapping or as a table. */
static void op_exchange_frame(unsigned int me)
{
    mfn_t *slot = &world.pool[me][pick(POOL)];
    struct frame *f = mfn_to_frame(*slot);

    if (world.dom[me]->tot_pages > 3 * POOL || !frame_clear_allocated(f))
        return;
    frame_put(f);
    *slot = world_new_frame(world.dom[me]);
}

void grant_drop(struct grant *g)
{
    if (g->writable)
        frame_put_typed(mfn_to_frame(g->m));
    else
        frame_put(mfn_to_frame(g->m));
    g->active = false;
}

/** Domain @me maps a frame of the other one, as core/grant does it. */
static void op_grant_map(unsigned int me)
{
    struct grant *g = &grants[pick(GRANTS)];
    mfn_t m = world.pool[!me][pick(POOL)];

    if (g->active || !frame_get(mfn_to_frame(m), world.dom[!me]))
        return;
    *g = (struct grant){ true, one_in(2), false, m, pick_mapped_va() & ~0xfffULL, one_in(2), world.dom[me] };
    if (g->is_pte)
        g->where = mfn_to_paddr(world.pool[me][pick(POOL)]) + pick_index() * 8;
    if (g->writable && frame_type_get(mfn_to_frame(m), FT_WRITABLE)) {
        frame_put(mfn_to_frame(m));
        g->active = false;
        return;
    }
    if (pv_grant_map(g->where, g->is_pte, m, g->writable, 0))
        grant_drop(g);
    else
        g->in_entry = true;
    world.seen[SEEN_GRANT_MAP] += g->in_entry;
}

static void op_grant_unmap(unsigned int me)
{
    struct grant *g = &grants[pick(GRANTS)];

    if (!g->active || g->mapper != world.dom[me])
        return;
    if (!g->is_pte && one_in(3)) { /* as gntdev does for user addresses */
        if (pv_grant_replace(g->where, pick_mapped_va() & ~0xfffULL, g->m, g->writable))
            return;
    } else if (pv_grant_unmap(g->where, g->is_pte, g->m, g->writable)) {
        g->active = one_in(2); /* overwritten behind the grant's back: the references went with the entry */
        return;
    }
    world.seen[SEEN_GRANT_UNMAP]++;
    g->in_entry = false;
    law_check();
    arch_tlb_flush_mask(&world.dom[me]->arch.dirty_cpus, false);
    grant_drop(g);
}

/** The guest lets go of most of what it holds by name, so that there is room for new trees. */
static void op_calm(unsigned int me)
{
    for (unsigned int k = 0; k < POOL; k++) {
        struct hypercall call = { .arg = { (uint64_t)arguments.ext, 1, 0, DOMID_SELF } };

        arguments.ext[0] = (struct mmuext_op){ .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = world.pool[me][k].nr };
        if ((ftw_load(mfn_to_frame(world.pool[me][k])) & FTW_PINNED) && !one_in(5))
            call_through(hypercall_mmuext_op, &call);
    }
}

/** What happens on the other CPUs meanwhile. */
static void world_others(void)
{
    unsigned int cpu = 1 + world.chance() % (CPUS - 1);

    switch (world.chance() % 8) {
    case 0: sim_tlb_flush(cpu); break; /* it loads CR3 */
    case 1: world_switch(cpu, world.runs[cpu] < DOMAINS ? DOMAINS : cpu - 1); break;
    default: break;
    }
}

void guest_step(void)
{
    unsigned int me = one_in(4);

    world_act_as(me);
    world_others();
    if (one_in(60))
        op_calm(me);
    switch (pick(27)) {
    case 0: case 1: case 2: case 3: case 4: case 5: op_mmu_update(me); break;
    case 6: case 7: case 8: case 9: case 10: case 11: op_mmuext(me); break;
    case 12: case 13: case 14: op_va_mapping(me); break;
    case 15: op_fill_frame(me); break;
    case 16: case 17: op_plant(me); break;
    case 18: case 24: op_ptwr(me); break;
    case 19: case 25: op_descriptors(me); break;
    case 26: op_build_tree(me); break;
    case 20: op_exchange_frame(me); break;
    case 21: op_grant_map(me); break;
    default: op_grant_unmap(me); break;
    }
    law_check();
}

void world_end(void)
{
    for (unsigned int i = 0; i < DOMAINS; i++) {
        struct domain *d = world.dom[i];

        d->life = DOMAIN_DYING;
        sim_this->current = sim_cpu(1)->current; /* an idle vCPU does it */
        while (pv_mm_relinquish(d))
            law_check();
        law_check();
    }
    for (unsigned int i = 0; i < GRANTS; i++)
        if (grants[i].active && !grants[i].in_entry)
            grant_drop(&grants[i]);
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++) {
        const struct frame *f = mfn_to_frame(mfn(nr));

        if (frame_is_guests(f) && !(f->count & FRAME_HV))
            LAW(!ftw_count(ftw_load(f)) && frame_refs(f) == ((f->count & FRAME_ALLOCATED) ? 1 : 0),
                "frame %lu is left with word %lx and count %lx", nr, f->type, f->count);
    }
}
