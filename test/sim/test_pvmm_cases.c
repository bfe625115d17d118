/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pv/mm, case by case: what an update must answer, and why a guest may not have what it asks for. */
#include "pvmm/law.h"
#include "pvmm/world.h"

#include "hv/hypercall.h"
#include "hv/tlb_clock.h"
#include "hw/sim/pv_mm.h"
#include "pv/mm/entry.h"
#include "pv/mm/finish.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/update.h"
#include "sim_test.h"

#include <hypercall_handlers.h>

static uint64_t seed = 7;
static uint32_t chance(void) { return (uint32_t)sim_random(&seed); }

#define F(i) (world.pool[0][i])
static uint64_t *words(mfn_t m) { return mfn_to_virt(m); }
static uint64_t word_of(mfn_t m) { return mfn_to_frame(m)->type; }

static long update(mfn_t table, unsigned int index, uint64_t e, uint32_t owners)
{
    struct hypercall call = { .arg = { (uint64_t)arguments.mmu, 1, 0, owners } };

    arguments.mmu[0] = (struct mmu_update){ mfn_to_paddr(table) + index * 8, e };
    return hypercall_mmu_update(&call);
}

static long ext_for(uint32_t cmd, mfn_t m, uint32_t owner)
{
    struct hypercall call = { .arg = { (uint64_t)arguments.ext, 1, (uint64_t)&arguments.done, owner } };

    arguments.ext[0] = (struct mmuext_op){ .cmd = cmd, .arg1.mfn = m.nr };
    return hypercall_mmuext_op(&call);
}
static long ext(uint32_t cmd, mfn_t m) { return ext_for(cmd, m, DOMID_SELF); }

/** F(4) L4, F(3) L3, F(2) L2, F(1) L1, all linked at index 0; L1[1] shows F(1) read-only, L1[2] maps F(5) writable. */
static void tree(void)
{
    world_start(chance);
    world_act_as(0);
    for (unsigned int level = 4; level > 1; level--)
        words(F(level))[0] = pte_make(F(level - 1), PTE_P | PTE_RW);
    words(F(1))[1] = pte_make(F(1), PTE_P);
    words(F(1))[2] = pte_make(F(5), PTE_P | PTE_RW);
    assert_int_equal(ext(MMUEXT_PIN_L4_TABLE, F(4)), 0);
    assert_int_equal(ext(MMUEXT_NEW_BASEPTR, F(4)), 0);
    law_check();
}

static void a_pin_checks_the_whole_tree(void **state)
{
    tree();
    assert_int_equal(ftw_type(word_of(F(4))), FT_L4);
    assert_int_equal(ftw_type(word_of(F(1))), FT_L1);
    assert_int_equal(ftw_type(word_of(F(5))), FT_WRITABLE);
    assert_int_equal(words(F(4))[256], SIM_L4_MARK(256));
    assert_int_equal(words(F(1))[2], pte_make(F(5), PTE_P | PTE_RW | PTE_US | PTE_GUEST_KERNEL));
    assert_int_equal(ext(MMUEXT_PIN_L4_TABLE, F(4)), -EINVAL); /* once is enough */
    assert_int_equal(sim_pv_cpu.cr3, mfn_to_paddr(F(4)));
    law_check();
}

/* A table is validated and released entry by entry, one in each part while the CPU is wanted elsewhere (XSA-45, 58). */
static void long_ways_are_interrupted(void **state)
{
    enum { L2 = 7, FIRST = 8, TABLES = 4 };
    unsigned int parts = 1;

    tree();
    for (unsigned int i = 0; i < TABLES; i++)
        words(F(L2))[i] = pte_make(F(FIRST + i), PTE_P | PTE_RW);
    current_vcpu()->info->evtchn_upcall_mask = 0;
    current_vcpu()->info->evtchn_upcall_pending = 1;
    for (; ext(MMUEXT_PIN_L2_TABLE, F(L2)) == -ERESTART; parts++)
        law_check();
    assert_int_equal(ftw_type(word_of(F(L2))), FT_L2);
    assert_int_equal(parts, TABLES);
    assert_int_equal(ext(MMUEXT_UNPIN_TABLE, F(L2)), -ERESTART);
    for (parts = 2; pv_mm_finish(current_vcpu()); parts++)
        law_check();
    assert_true(parts >= TABLES);
    law_check();
}

#define E(frame, flags) pte_make(frame, PTE_P | (flags))
#define U    PTE_US
#define W    PTE_RW
#define UC   (PTE_PCD | PTE_PWT)
#define SELF DOMID_SELF

/* Each row is one update in the tree, and its answer. */
static void updates_and_their_answers(void **state)
{
    tree();
    mfn_t foreign = world.pool[1][0], device = mfn(frame_table_end), ro_device = mfn(device.nr + SIM_MMIO_FRAMES - 1);
    const struct {
        const char *name;
        mfn_t table;
        unsigned int index;
        uint64_t e;
        uint32_t owners;
        long rc;
        uint64_t becomes;
    } row[] = {
        { "map own frame", F(1), 9, E(F(6), U | W), SELF, 0, E(F(6), U | W) },
        { "global is taken away", F(1), 9, E(F(6), U | PTE_G), SELF, 0, E(F(6), U) },
        { "not present: any bits", F(1), 10, 0xfff0123456789abeULL, SELF, 0, 0xfff0123456789abeULL },
        { "a table, writable", F(1), 11, E(F(2), W), SELF, -EBUSY, 0 },
        { "a table, read-only", F(1), 11, E(F(2), U), SELF, 0, E(F(2), U) },
        { "read-only made writable by a flag", F(1), 11, E(F(2), U | W), SELF, -EBUSY, E(F(2), U) },
        { "another's frame as own", F(1), 12, E(foreign, 0), SELF, -EBUSY, 0 },
        { "another's frame by name", F(1), 12, E(foreign, U | W), 2, 0, E(foreign, U | W) },
        { "nobody's domain", F(1), 13, E(F(6), 0), 99, -ESRCH, 0 },
        { "a device", F(1), 14, E(device, U | W), DOMID_IO, 0, E(device, U | W | UC) },
        { "a device, write-combining", F(1), 14, E(device, U | PTE_PAT), DOMID_IO, 0, E(device, U | PTE_PAT) },
        { "a read-only device", F(1), 15, E(ro_device, U | W), SELF, 0, E(ro_device, U | UC) },
        { "beyond all memory", F(1), 16, E(mfn(0xffffffffffULL), 0), DOMID_IO, -EINVAL, 0 },
        { "RAM as device", F(1), 16, E(F(6), 0), DOMID_IO, -EBUSY, 0 },
        { "large page", F(2), 1, E(F(6), W | PTE_PS), SELF, -EINVAL, 0 },
        { "large page over a table", F(2), 0, E(F(1), W | PTE_PS), SELF, -EINVAL, E(F(1), W | U) },
        { "uncached table", F(3), 1, E(F(2), PTE_PCD), SELF, -EINVAL, 0 },
        { "same L1 twice", F(2), 1, E(F(1), W | U), SELF, 0, E(F(1), W | U) },
        { "linear L2, writable", F(2), 2, E(F(2), W), SELF, -EINVAL, 0 },
        { "linear L2", F(2), 2, E(F(2), 0), SELF, 0, E(F(2), U) },
        { "linear L2 made writable by a flag (182)", F(2), 2, E(F(2), W), SELF, -EINVAL, E(F(2), U) },
        { "linear L2 gone", F(2), 2, 0, SELF, 0, 0 },
        { "linear L4", F(4), 5, E(F(4), 0), SELF, 0, E(F(4), U) },
        { "linear L4 gone", F(4), 5, 0, SELF, 0, 0 },
        { "level skipped", F(4), 5, E(F(2), 0), SELF, -EINVAL, 0 },
        { "data as table", F(3), 5, E(F(5), 0), SELF, -EINVAL, 0 },
        { "the hypervisor's first slot", F(4), 256, 0, SELF, -EINVAL, SIM_L4_MARK(256) },
        { "the hypervisor's last slot", F(4), 271, E(F(3), 0), SELF, -EINVAL, SIM_L4_MARK(271) },
        { "the slot after", F(4), 272, E(F(3), U), SELF, 0, E(F(3), U) },
        { "another's table as own", world.pool[1][1], 0, 1, SELF, -EINVAL, 0 },
        { "data frame", F(7), 3, 0x1234, SELF, 0, 0x1234 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
        long rc = update(row[i].table, row[i].index, row[i].e, row[i].owners);
        if (rc != row[i].rc || words(row[i].table)[row[i].index] != row[i].becomes)
            fail_msg("%s: %ld, entry %lx", row[i].name, rc, words(row[i].table)[row[i].index]);
        law_check();
    }
}

/*
 * Two CPUs, a step at a time. CPU 0 drops the last reference of b, which a named, while CPU 1 has b's lock: as long as
 * it waits b is still named, so CPU 1 cannot make b name a. If it could, each would soon wait for the other.
 */
static struct { mfn_t a, b; unsigned int ran; } race;

static void race_other_cpu(void *data)
{
    race.ran++;
    assert_int_equal(table_update(mfn_to_frame(race.b), FT_L2, 5, pte_make(race.a, PTE_P | PTE_US), world.dom[0],
                                  world.dom[0], PTE_WRITE_PLAIN), -EINVAL);
    frame_table_unlock(mfn_to_frame(race.b));
}

static void linear_table_released_while_locked(void **state)
{
    static struct tasklet t;

    tree();
    race.a = F(2);
    race.b = F(6);
    assert_int_equal(update(F(6), 0, 0, SELF), 0);
    assert_int_equal(ext(MMUEXT_PIN_L2_TABLE, race.b), 0);
    assert_int_equal(update(race.a, 3, pte_make(race.b, PTE_P | PTE_US), SELF), 0);
    assert_int_equal(ext(MMUEXT_UNPIN_TABLE, race.b), 0);
    assert_int_equal(ftw_count(word_of(race.b)), 1);

    sim_on_cpu(1);
    assert_int_equal(frame_table_lock(mfn_to_frame(race.b)), FT_L2);
    sim_on_cpu(0);
    tasklet_init(&t, race_other_cpu, NULL);
    tasklet_schedule_on(&t, 1);
    assert_int_equal(update(race.a, 3, 0, SELF), 0);
    assert_int_equal(race.ran, 1);
    assert_int_equal(ftw_count(word_of(race.b)), 0);
    law_check();
}

/* With m2p_strict the table of user mode shows no M2P, the kernel's does, in whatever order they become that. */
static void m2p_of_user_mode(void **state)
{
    struct domain *d;

    tree();
    d = world.dom[0];
    memset(words(F(6)), 0, PAGE_SIZE);
    assert_int_equal(ext(MMUEXT_PIN_L4_TABLE, F(6)), 0);
    assert_int_equal(ext(MMUEXT_NEW_USER_BASEPTR, F(6)), 0);
    assert_int_equal(words(F(6))[HV_FIRST_SLOT], SIM_L4_MARK(HV_FIRST_SLOT)); /* not asked for */
    d->vm_assist |= BIT(VMASST_TYPE_m2p_strict);
    assert_int_equal(ext(MMUEXT_NEW_USER_BASEPTR, F(6)), 0);
    assert_int_equal(words(F(6))[HV_FIRST_SLOT], 0);
    assert_int_equal(words(F(6))[HV_FIRST_SLOT + 1], SIM_L4_MARK(HV_FIRST_SLOT + 1));
    assert_int_equal(words(F(4))[HV_FIRST_SLOT], SIM_L4_MARK(HV_FIRST_SLOT));
    law_check();
    assert_int_equal(ext(MMUEXT_NEW_BASEPTR, F(6)), 0);
    assert_int_equal(words(F(6))[HV_FIRST_SLOT], SIM_L4_MARK(HV_FIRST_SLOT));
    assert_int_equal(ext(MMUEXT_NEW_USER_BASEPTR, F(4)), 0);
    assert_int_equal(words(F(4))[HV_FIRST_SLOT], 0);
    d->vm_assist = 0;
    assert_int_equal(ext(MMUEXT_NEW_USER_BASEPTR, F(4)), 0);
    assert_int_equal(words(F(4))[HV_FIRST_SLOT], SIM_L4_MARK(HV_FIRST_SLOT));
    law_check();
}

static uint64_t flushes_since(uint64_t before) { return sim_counters.tlb_flushes - before; }

static void map_range_of_frames(unsigned int nr, uint64_t flags)
{
    for (unsigned int i = 0; i < nr; i++)
        assert_int_equal(update(F(1), 10 + i, flags ? E(F(8 + i), flags) : 0, SELF), 0);
}

static void pin_and_unpin(unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++)
        assert_int_equal(ext(MMUEXT_PIN_L1_TABLE, F(8 + i)) | ext(MMUEXT_UNPIN_TABLE, F(8 + i)), 0);
}

static void give_up(mfn_t m)
{
    assert_true(frame_clear_allocated(mfn_to_frame(m)));
    frame_put(mfn_to_frame(m));
}

/* One flush is for all that went before it, and a CPU that has forgotten by itself is not asked. */
static void flushes_are_few(void **state)
{
    enum { NR = 30 };
    uint64_t before;

    tree();
    pin_and_unpin(NR); /* they were never anything: nothing can be cached */
    before = sim_counters.tlb_flushes;
    map_range_of_frames(NR, U | W); /* tables that become pages */
    assert_int_equal(flushes_since(before), 1);
    map_range_of_frames(NR, 0);
    before = sim_counters.tlb_flushes;
    pin_and_unpin(NR); /* pages that become tables */
    assert_int_equal(flushes_since(before), 1);
    law_check();
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        sim_tlb_flush(cpu);
    before = sim_counters.tlb_flushes;
    map_range_of_frames(NR, U | W);
    assert_int_equal(flushes_since(before), 0);
    map_range_of_frames(NR, 0);
    sim_tlb_flush(0); /* one CPU of two */
    assert_int_equal(ext(MMUEXT_PIN_L1_TABLE, F(8)), 0);
    assert_int_equal(flushes_since(before), 1);
    law_check();
}

/* A page that leaves the domain is flushed unless no CPU can have it, however it was mapped. */
static void flushes_of_what_is_given_up(void **state)
{
    uint64_t before;

    tree();
    before = sim_counters.tlb_flushes;
    give_up(F(10)); /* was in no table */
    assert_int_equal(flushes_since(before), 0);
    assert_int_equal(update(F(1), 10, E(F(11), U), SELF) | update(F(1), 10, 0, SELF), 0); /* was read-only */
    give_up(F(11));
    assert_int_equal(flushes_since(before), 1);
    assert_int_equal(update(F(1), 10, E(F(12), U | W), SELF) | update(F(1), 10, 0, SELF), 0);
    give_up(F(12));
    assert_int_equal(flushes_since(before), 2);
    assert_int_equal(update(F(1), 10, E(F(13), U), SELF) | update(F(1), 10, 0, SELF), 0);
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        sim_tlb_flush(cpu);
    give_up(F(13));
    assert_int_equal(flushes_since(before), 2);
    law_check();
}

/* 400 frames of another domain leave a table that goes: one flush for all. */
static void foreign_frames_of_a_table(void **state)
{
    uint64_t before;

    tree();
    for (unsigned int i = 0; i < 400; i++)
        assert_int_equal(update(F(1), 10 + i, E(world.pool[1][i % POOL], U | W), 2), 0);
    assert_int_equal(update(F(2), 1, E(F(1), U | W), SELF), 0);
    assert_int_equal(update(F(2), 0, 0, SELF), 0);
    before = sim_counters.tlb_flushes;
    assert_int_equal(update(F(2), 1, 0, SELF), 0); /* the last that names it */
    assert_int_equal(flushes_since(before), 1);
    law_check();
}

/* What a frame keeps of a stamp is taken for that stamp or a later one, never for an earlier. */
static void a_stamp_is_never_taken_for_an_older_one(void **state)
{
    const uint64_t span = 1ULL << FTW_STAMP_BITS;
    static const uint64_t ages[] = { 0, 1, 2, 1000, (1 << 22) + 1, (1 << 23) - 1, 1 << 23, (1 << 23) + 1, 1ULL << 40 };

    world_start(chance);
    tlb_clock = 9;
    assert_int_equal(tlb_clock_stamp(), 9);
    per_cpu(tlb_time, 1) = 9; /* it read the clock before or after the stamp, nobody knows */
    assert_true(tlb_clock_may_have(1, 9));
    assert_int_equal(tlb_clock_read(), 10);
    tlb_clock_flushed(10);
    assert_false(tlb_clock_may_have(0, 9));
    assert_int_equal(tlb_clock_stamp(), 11);
    assert_true(tlb_clock_may_have(0, 11));
    for (uint64_t now = 1ULL << 41; now < (1ULL << 41) + 4 * span; now += span / 3)
        for (unsigned int i = 0; i < ARRAY_SIZE(ages); i++) {
            uint64_t stamp = now - ages[i];

            tlb_clock = now;
            assert_true(tlb_clock_widen(stamp & (span - 1), FTW_STAMP_BITS) >= stamp);
            if (ages[i] < span)
                assert_int_equal(tlb_clock_widen(stamp & (span - 1), FTW_STAMP_BITS), stamp);
        }
}

static bool lock_panics(mfn_t m) { return sim_panics(frame_table_lock(mfn_to_frame(m))); }

/* Taking a table's lock twice on one CPU, or one of a higher level, is a defect that the checker names. */
static void tables_have_an_order(void **state)
{
    tree();
    assert_int_equal(frame_table_lock(mfn_to_frame(F(1))), FT_L1);
    assert_true(lock_panics(F(1)));
    assert_non_null(strstr(sim_panic_text, "TABLE_L1"));
    assert_true(lock_panics(F(2)));
    assert_non_null(strstr(sim_panic_text, "TABLE_L2"));
    frame_table_unlock(mfn_to_frame(F(1)));
    irq_disable();
    assert_true(lock_panics(F(1)));
    irq_enable();
}

/* The LDT's page is looked up with interrupts off too, and nobody is waited for whatever the page is. */
static void ldt_page_with_interrupts_off(void **state)
{
    struct vcpu *v;

    tree();
    v = current_vcpu();
    assert_int_equal(update(F(1), 6, pte_make(F(7), PTE_P), SELF), 0);
    pv_set_ldt(v, 0x6000, 8);
    irq_disable();
    assert_false(pv_ldt_fault(v, 0)); /* a page of zeros, of no type yet */
    irq_enable();
    assert_false(softirq_pending());
    assert_true(pv_ldt_fault(v, 0));
    pv_set_ldt(v, 0x6000, 8);
    assert_int_equal(frame_get_typed(F(7), world.dom[0], FT_SEG_DESC), 0); /* as in a GDT */
    irq_disable();
    assert_true(pv_ldt_fault(v, 0));
    irq_enable();
    pv_set_ldt(v, 0, 0);
    frame_put_typed(mfn_to_frame(F(7)));
    law_check();
}

/* A table may name itself, or another one that names none; whatever order they are released in, nothing stays. */
static void linear_tables(void **state)
{
    tree();
    const uint64_t ro = PTE_P | PTE_US;
    mfn_t a = F(2), b = F(6), c = F(7);

    assert_int_equal(update(F(6), 0, 0, SELF) | update(F(7), 0, 0, SELF), 0);
    assert_int_equal(ext(MMUEXT_PIN_L2_TABLE, b) | ext(MMUEXT_PIN_L2_TABLE, c), 0);
    assert_int_equal(update(a, 3, pte_make(b, ro), SELF), 0);
    law_check();
    assert_int_equal(update(a, 4, pte_make(b, ro | PTE_RW), SELF), -EINVAL);
    assert_int_equal(update(b, 3, pte_make(c, ro), SELF), -EINVAL); /* a chain (240) */
    assert_int_equal(update(b, 3, pte_make(a, ro), SELF), -EINVAL); /* a ring (240) */
    assert_int_equal(update(c, 3, pte_make(a, ro), SELF), -EINVAL); /* a chain from its other end (240) */
    assert_int_equal(update(b, 3, pte_make(b, ro), SELF), 0);       /* itself is no link of a chain */
    assert_int_equal(update(c, 3, pte_make(b, ro), SELF), 0);
    law_check();
    assert_int_equal(ext(MMUEXT_UNPIN_TABLE, b), 0);
    law_check();
    assert_int_equal(update(F(1), 9, pte_make(b, ro | PTE_RW), SELF), -EBUSY); /* still a table: it is named */
    assert_int_equal(update(a, 3, 0, SELF), 0);
    assert_int_equal(ext(MMUEXT_UNPIN_TABLE, c), 0);
    law_check();
    assert_int_equal(update(F(1), 9, pte_make(b, ro | PTE_RW), SELF), 0);
    assert_int_equal(update(F(1), 10, pte_make(c, ro | PTE_RW), SELF), 0);
    law_check();
}

/* As many names as there is room for, and not one more. */
static void linear_tables_are_counted(void **state)
{
    tree();
    const uint64_t ro = PTE_P | PTE_US;

    assert_int_equal(update(F(6), 0, 0, SELF), 0);
    assert_int_equal(ext(MMUEXT_PIN_L2_TABLE, F(6)), 0);
    for (unsigned int i = 3; i < 3 + 31; i++)
        assert_int_equal(update(F(2), i, pte_make(F(6), ro), SELF), 0);
    assert_int_equal(update(F(2), 40, pte_make(F(6), ro), SELF), -EINVAL);
    assert_int_equal(update(F(2), 40, pte_make(F(2), ro), SELF), 0);
    law_check();
    for (unsigned int i = 3; i < 3 + 31; i++)
        assert_int_equal(update(F(2), i, 0, SELF), 0);
    law_check();
}

static void accessed_and_dirty_survive(void **state)
{
    tree();
    words(F(1))[2] |= PTE_A | PTE_D; /* the processor's doing */
    assert_int_equal(update(F(1), 2, pte_make(F(5), PTE_P | PTE_US) | 0, DOMID_SELF), 0);
    assert_int_equal(words(F(1))[2] & (PTE_A | PTE_D), 0);
    words(F(1))[2] |= PTE_A | PTE_D;
    arguments.mmu[0].ptr = (mfn_to_paddr(F(1)) + 16) | MMU_PT_UPDATE_PRESERVE_AD;
    arguments.mmu[0].val = pte_make(F(5), PTE_P | PTE_US);
    struct hypercall call = { .arg = { (uint64_t)arguments.mmu, 1, 0, DOMID_SELF } };
    assert_int_equal(hypercall_mmu_update(&call), 0);
    assert_int_equal(words(F(1))[2], pte_make(F(5), PTE_P | PTE_US | PTE_A | PTE_D));
    law_check();
}

static void m2p_only_for_own_frames(void **state)
{
    tree();
    assert_int_equal(update(F(6), 0, 42, DOMID_SELF), 0);
    arguments.mmu[0] = (struct mmu_update){ mfn_to_paddr(F(6)) | MMU_MACHPHYS_UPDATE, 4711 };
    struct hypercall call = { .arg = { (uint64_t)arguments.mmu, 1, 0, DOMID_SELF } };
    assert_int_equal(hypercall_mmu_update(&call), 0);
    assert_int_equal(m2p_get(F(6)), 4711);
    arguments.mmu[0].ptr = mfn_to_paddr(world.pool[1][0]) | MMU_MACHPHYS_UPDATE;
    assert_int_equal(hypercall_mmu_update(&call), -EINVAL);
}

static void without_device_rights_no_cache_attributes(void **state)
{
    tree();
    world.dom[0]->arch.io = NULL;
    assert_int_equal(update(F(1), 9, pte_make(F(6), PTE_P | PTE_PCD), DOMID_SELF), -EINVAL);
    assert_int_equal(update(F(1), 9, pte_make(mfn(frame_table_end), PTE_P), DOMID_IO), -EPERM);
    assert_int_equal(ext(MMUEXT_FLUSH_CACHE, F(6)), -EACCES);
    assert_int_equal(ext(MMUEXT_FLUSH_CACHE_GLOBAL, F(6)), -EINVAL);
    law_check();
}

/* A page written through an uncached mapping is flushed from the caches before it is trusted as a table. */
static void uncached_then_table(void **state)
{
    tree();
    assert_int_equal(update(F(1), 9, pte_make(F(6), PTE_P | PTE_RW | PTE_PAT), DOMID_SELF), 0);
    assert_int_equal(update(F(1), 9, 0, DOMID_SELF), 0);
    uint64_t before = sim_pv_cpu.cache_flushes;
    assert_int_equal(ext(MMUEXT_PIN_L1_TABLE, F(6)), 0);
    assert_int_equal(sim_pv_cpu.cache_flushes, before + 1);
    law_check();
}

static void only_a_control_domain_names_others(void **state)
{
    tree();
    assert_int_equal(ext_for(MMUEXT_PIN_L1_TABLE, world.pool[1][0], 2), 0);
    assert_int_equal(ext_for(MMUEXT_UNPIN_TABLE, world.pool[1][0], 2), 0);
    assert_int_equal(ext_for(MMUEXT_NEW_BASEPTR, world.pool[1][0], 2), -EPERM);
    assert_int_equal(ext_for(MMUEXT_CLEAR_PAGE, F(8), DOMID_IO), -EINVAL);
    assert_int_equal(ext_for(MMUEXT_NEW_BASEPTR, F(8), DOMID_IO), -EPERM);
    assert_int_equal(ext_for(MMUEXT_PIN_L1_TABLE, F(8), 1), -ESRCH); /* itself, by number */
    assert_int_equal(update(F(8), 0, 1, (DOMID_IO + 1) << 16 | DOMID_SELF), -ESRCH);
    assert_int_equal(update(F(8), 0, 1, (DOMID_SELF + 1) << 16 | DOMID_SELF), -ESRCH);
    assert_int_equal(update(F(8), 0, 1, 2 << 16 | DOMID_SELF), 0); /* itself, by number, as owner of tables */
    world_act_as(1);
    assert_int_equal(ext_for(MMUEXT_PIN_L1_TABLE, F(8), 1), -EPERM);
    assert_int_equal(ext_for(MMUEXT_PIN_L1_TABLE, world.pool[1][3], DOMID_XEN), -EPERM);
    law_check();
}

static void pages_cleared_and_copied(void **state)
{
    tree();
    words(F(6))[5] = 55;
    arguments.ext[0] = (struct mmuext_op){ .cmd = MMUEXT_COPY_PAGE, .arg1.mfn = F(7).nr, .arg2.src_mfn = F(6).nr };
    struct hypercall call = { .arg = { (uint64_t)arguments.ext, 1, 0, DOMID_SELF } };
    assert_int_equal(hypercall_mmuext_op(&call), 0);
    assert_int_equal(words(F(7))[5], 55);
    assert_int_equal(ext(MMUEXT_CLEAR_PAGE, F(7)), 0);
    assert_int_equal(words(F(7))[5], 0);
    assert_int_equal(ext(MMUEXT_CLEAR_PAGE, F(1)), -EINVAL);
    assert_int_equal(ext(MMUEXT_CLEAR_PAGE, world.pool[1][0]), -EINVAL);
}

static void shared_info_is_data_for_ever(void **state)
{
    tree();
    mfn_t m = virt_to_mfn(world.dom[0]->shared_info);
    assert_int_equal(update(F(1), 9, pte_make(m, PTE_P | PTE_RW), DOMID_SELF), 0);
    assert_int_equal(update(F(1), 10, pte_make(m, PTE_P | PTE_RW | PTE_PCD), DOMID_SELF), -EINVAL);
    assert_int_equal(ext(MMUEXT_PIN_L1_TABLE, m), -EINVAL);
    assert_int_equal(update(F(1), 9, 0, DOMID_SELF), 0);
    assert_int_equal(ext(MMUEXT_PIN_L1_TABLE, m), -EINVAL);
    law_check();
}

/* The stores of Linux's early boot, in the table that shows itself at L1[1]: virtual address 0x1000. */
static void stores_to_tables(void **state)
{
    tree();
    const uint64_t own = pte_make(F(6), PTE_P | PTE_RW | PTE_US), table = pte_make(F(2), PTE_P | PTE_RW | PTE_US);
    const struct {
        const char *name;
        uint8_t insn[11];
        unsigned int length;
        uint64_t rax, rcx, before;
        bool handled;
        uint64_t after, rax_after;
    } row[] = {
        { "mov", { 0x48, 0x89, 0x07 }, 3, own, 0, 0, true, own, own },
        { "mov of a table, writable", { 0x48, 0x89, 0x07 }, 3, table, 0, own, false, own, table },
        { "xchg", { 0x48, 0x87, 0x07 }, 3, 0, 0, own, true, 0, own },
        { "lock cmpxchg, equal", { 0xf0, 0x48, 0x0f, 0xb1, 0x0f }, 5, own, 0, own, true, 0, own },
        { "lock cmpxchg, not equal", { 0xf0, 0x48, 0x0f, 0xb1, 0x0f }, 5, 1, 0, own, true, own, own },
        { "lock and byte: write-protect", { 0xf0, 0x80, 0x27, 0xfd }, 4, 0, 0, own, true, own & ~PTE_RW, 0 },
        { "lock btr", { 0xf0, 0x48, 0x0f, 0xba, 0x37, 0x01 }, 6, 0, 0, own, true, own & ~PTE_RW, 0 },
        { "lock or dword: accessed", { 0xf0, 0x83, 0x0f, 0x20 }, 4, 0, 0, own, true, own | PTE_A, 0 },
        { "movq imm32", { 0x48, 0xc7, 0x07, 0, 0, 0, 0 }, 7, 0, 0, own, true, 0, 0 },
        { "cut off", { 0x48, 0xc7, 0x07, 0, 0, 0 }, 6, 0, 0, own, false, own, 0 },
        { "a load", { 0x48, 0x8b, 0x07 }, 3, 0, 0, own, false, own, 0 },
        { "register form", { 0x48, 0x89, 0xc7 }, 3, 0, 0, own, false, own, 0 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
        struct cpu_user_regs regs = { .rip = 0x1000, .rflags = 0x202, .rax = row[i].rax, .rcx = row[i].rcx };

        assert_int_equal(update(F(1), 20, row[i].before, DOMID_SELF), 0);
        memcpy(sim_pv_cpu.insn, row[i].insn, sizeof(row[i].insn));
        sim_pv_cpu.insn_length = row[i].length;
        mfn_t m = pv_readonly_frame(pt_walk_l1e(current_vcpu(), 0x1000));
        bool handled = pv_ptwr_fault(&regs, 0x1000 + 20 * 8, m);
        if (handled != row[i].handled || words(F(1))[20] != row[i].after || regs.rax != row[i].rax_after ||
            regs.rip != 0x1000 + (handled ? row[i].length : 0))
            fail_msg("%s: %d, entry %lx, rax %lx, rip %lx", row[i].name, handled, words(F(1))[20], regs.rax, regs.rip);
        law_check();
    }
}

static void stores_to_readonly_devices(void **state)
{
    tree();
    struct cpu_user_regs regs = { .rip = 0x1000, .rax = 0x11223344 };

    const mfn_t device = mfn(frame_table_end + SIM_MMIO_FRAMES - 1);
    assert_int_equal(update(F(1), 3, E(device, W), DOMID_IO), 0);
    memcpy(sim_pv_cpu.insn, (uint8_t[]){ 0x89, 0x07 }, 2);
    sim_pv_cpu.insn_length = 2;
    assert_false(pv_ptwr_fault(&regs, 0x3010, pv_readonly_frame(pt_walk_l1e(current_vcpu(), 0x3010))));
    assert_true(pv_mmio_ro_fault(&regs, 0x3010, pv_readonly_frame(pt_walk_l1e(current_vcpu(), 0x3010))));
    assert_int_equal(sim_pv_cpu.mmio_value, 0x11223344);
    assert_int_equal(sim_pv_cpu.mmio_size, 4);
    assert_int_equal(sim_pv_cpu.mmio_address, ((frame_table_end + SIM_MMIO_FRAMES - 1) << 12) + 0x10);
    assert_int_equal(regs.rip, 0x1002);
}

static void descriptors(void **state)
{
    static const struct { const char *name; uint64_t d; bool ok; uint64_t fixed; } row[] = {
        { "null", 0, true, 0 },
        { "flat code, DPL 0", 0x00af9b000000ffff, true, 0x00affb000000ffff },
        { "flat data, DPL 3", 0x00cff3000000ffff, true, 0x00cff3000000ffff },
        { "not present LDT", 0x0000020000000067, true, 0x0000020000000067 },
        { "LDT", 0x0000820000000067, false, 0 },
        { "TSS", 0x0000890000000067, false, 0 },
        { "interrupt gate", 0x0000ee0000080000, false, 0 },
        { "call gate to the guest", 0x0000ec0000080000, true, 0x00008c00000b0000 },
        { "call gate to us", 0x0000ec00e0080000, false, 0 },
        { "call gate to the flat code of 32 bits", 0x0000ec00e0230000, false, 0 },
        { "call gate to the flat code", 0x0000ec00e0330000, true, 0x00008c00e0330000 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
        uint64_t d = row[i].d;
        if (pv_descriptor_fix(&d) != row[i].ok || (row[i].ok && d != row[i].fixed))
            fail_msg("%s: %lx", row[i].name, d);
    }
}

static void gdt_and_ldt(void **state)
{
    tree();
    struct vcpu *v = current_vcpu();

    words(F(6))[3] = 0x00cf9b000000ffff;
    /* The second frame is mapped writable. */
    assert_int_equal(pv_set_gdt(v, (uint64_t[]){ F(6).nr, F(5).nr }, 1000), -EINVAL);
    assert_int_equal(words(F(6))[3] >> 45 & 3, 3); /* it was a descriptor page for a moment */
    assert_int_equal(pv_set_gdt(v, (uint64_t[]){ F(6).nr }, 16), 0);
    assert_int_equal(sim_pv_cpu.gdt_page[0], F(6).nr + 1);
    assert_int_equal(update(F(1), 9, pte_make(F(6), PTE_P | PTE_RW), DOMID_SELF), -EBUSY);
    struct hypercall call = { .arg = { mfn_to_paddr(F(6)) + 8, 0x00cf93000000ffff } };
    assert_int_equal(hypercall_update_descriptor(&call), 0);
    assert_int_equal(words(F(6))[1], 0x00cff3000000ffff);
    call.arg[0] = mfn_to_paddr(F(1));
    assert_int_equal(hypercall_update_descriptor(&call), -EINVAL);
    assert_int_equal(update(F(1), 7, pte_make(F(7), PTE_P | PTE_US), DOMID_SELF), 0);
    pv_set_ldt(v, 0x7000, 512);
    assert_false(pv_ldt_fault(v, 4096));
    assert_true(pv_ldt_fault(v, 8));
    assert_int_equal(sim_pv_cpu.ldt_page[0], F(7).nr + 1);
    law_check();
    assert_int_equal(ext(MMUEXT_NEW_BASEPTR, F(4)), 0);
    assert_int_equal(sim_pv_cpu.ldt_page[0], 0);
    law_check();
}

static void grants_in_page_tables(void **state)
{
    tree();
    mfn_t m = world.pool[1][0];
    struct frame *f = mfn_to_frame(m);

    assert_int_equal(frame_get_typed(m, world.dom[1], FT_WRITABLE), 0);
    assert_int_equal(pv_grant_map(0x9000, false, m, true, 0), 0); /* the references are the entry's now */
    law_check();
    assert_int_equal(pv_grant_unmap(0x9000, false, m, false), -EINVAL);
    assert_int_equal(pv_grant_unmap(mfn_to_paddr(F(1)) + 10 * 8, true, m, true), -EINVAL);
    assert_int_equal(pv_grant_unmap(mfn_to_paddr(F(1)) + 9 * 8, true, m, true), 0);
    frame_put_typed(f);
    law_check();
    assert_true(frame_get(f, world.dom[1]));
    for (unsigned int off = 1; off < 8; off++) /* XSA-227 */
        assert_int_equal(pv_grant_map(mfn_to_paddr(F(1)) + 9 * 8 + off, true, m, false, 0), -EINVAL);
    assert_int_equal(pv_grant_map(mfn_to_paddr(F(1)) + 9 * 8, true, m, false, 0), 0);
    assert_int_equal(pv_grant_unmap(mfn_to_paddr(F(1)) + 9 * 8 + 1, true, m, false), -EINVAL);
    assert_int_equal(update(F(1), 9, 0, DOMID_SELF), 0); /* behind the grant's back: counted all the same */
    law_check();
    assert_int_equal(pv_grant_unmap(0x9000, false, m, false), -EINVAL);
    assert_int_equal(frame_refs(f), 1);
}

static void dying_domain_cannot_be_pinned(void **state)
{
    tree();
    world.dom[1]->life = DOMAIN_DYING;
    assert_int_equal(ext_for(MMUEXT_PIN_L1_TABLE, world.pool[1][0], 2), -EINVAL);
    law_check();
}

static void hvm_guests_have_no_page_tables_here(void **state)
{
    tree();
    world.dom[0]->type = DOMAIN_HVM;
    assert_int_equal(update(F(1), 9, 0, DOMID_SELF), -ENOSYS);
    assert_int_equal(ext(MMUEXT_NEW_BASEPTR, F(4)), -ENOSYS);
}

SIM_TESTS(cmocka_unit_test(a_pin_checks_the_whole_tree), cmocka_unit_test(long_ways_are_interrupted),
          cmocka_unit_test(updates_and_their_answers),
          cmocka_unit_test(m2p_of_user_mode), cmocka_unit_test(flushes_are_few),
          cmocka_unit_test(flushes_of_what_is_given_up),
          cmocka_unit_test(foreign_frames_of_a_table), cmocka_unit_test(a_stamp_is_never_taken_for_an_older_one),
          cmocka_unit_test(linear_tables), cmocka_unit_test(linear_table_released_while_locked),
          cmocka_unit_test(tables_have_an_order), cmocka_unit_test(ldt_page_with_interrupts_off),
          cmocka_unit_test(linear_tables_are_counted),
          cmocka_unit_test(accessed_and_dirty_survive), cmocka_unit_test(m2p_only_for_own_frames),
          cmocka_unit_test(without_device_rights_no_cache_attributes), cmocka_unit_test(uncached_then_table),
          cmocka_unit_test(only_a_control_domain_names_others), cmocka_unit_test(pages_cleared_and_copied),
          cmocka_unit_test(shared_info_is_data_for_ever), cmocka_unit_test(stores_to_tables),
          cmocka_unit_test(stores_to_readonly_devices), cmocka_unit_test(descriptors), cmocka_unit_test(gdt_and_ldt),
          cmocka_unit_test(grants_in_page_tables), cmocka_unit_test(dying_domain_cannot_be_pinned),
          cmocka_unit_test(hvm_guests_have_no_page_tables_here))
