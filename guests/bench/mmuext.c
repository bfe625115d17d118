/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mmuext_op: pins of each level, roots, flushes, pages cleared and copied; and what a change of type costs. */
#include "bench/bench.h"

static uint64_t table[4][512] __attribute__((aligned(4096)));
#define L(n) table[4 - (n)]

static long one(unsigned int cmd, uint64_t arg1)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg1 };
    return mmuext(&op, 1);
}

static long pin(unsigned int level)
{
    struct mmuext_op op[2] = { {.cmd = MMUEXT_PIN_L1_TABLE + level - 1, .arg1.mfn = va_to_mfn(L(level))},
                               {.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = va_to_mfn(L(level))} };
    return mmuext(op, 2);
}
static long protect(uint64_t flags)
{
    long rc = 0;

    for (unsigned int i = 0; i < 4; i++)
        rc = rc ?: map_at(table[i], va_to_mfn(table[i]), flags);
    return rc;
}
static long empty_begin(void)
{
    memset(table, 0, sizeof(table));
    return protect(PTE_KERNEL_RO);
}
/* Each level has one entry for the next, and level 1 is full. */
static long full_begin(void)
{
    for (unsigned int i = 0; i < 512; i++)
        L(1)[i] = va_to_mfn(page_a) << 12 | PTE_KERNEL_RW;
    for (unsigned int l = 2; l <= 4; l++)
        L(l)[0] = va_to_mfn(L(l - 1)) << 12 | PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;
    return protect(PTE_KERNEL_RO);
}
static void pin_end(void)
{
    protect(PTE_KERNEL_RW);
}
static long pin_1(void)
{
    return pin(1);
}
static long pin_2(void)
{
    return pin(2);
}
static long pin_3(void)
{
    return pin(3);
}
static long pin_4(void)
{
    return pin(4);
}

/* A data page becomes a table and is data again. */
static long retype(void)
{
    long rc = map_at(L(1), va_to_mfn(L(1)), PTE_KERNEL_RO);

    rc = rc ?: pin(1);
    return rc ?: map_at(L(1), va_to_mfn(L(1)), PTE_KERNEL_RW);
}
static long retype_begin(void)
{
    memset(table, 0, sizeof(table));
    return 0;
}

/* A second root: a copy of the first. */
static uint64_t root[2];

static long roots_begin(void)
{
    memcpy(L(4), (void *)start_info->pt_base, sizeof(L(4)));
    memset(&L(4)[256], 0, 16 * sizeof(uint64_t));
    root[0] = va_to_mfn((void *)start_info->pt_base);
    root[1] = va_to_mfn(L(4));
    long rc = map_at(L(4), root[1], PTE_KERNEL_RO);
    rc = rc ?: one(MMUEXT_PIN_L4_TABLE, root[1]);
    return rc ?: one(MMUEXT_NEW_BASEPTR, root[0]);
}
static void roots_end(void)
{
    one(MMUEXT_NEW_BASEPTR, root[0]);
    one(MMUEXT_UNPIN_TABLE, root[1]);
    map_at(L(4), root[1], PTE_KERNEL_RW);
}
static long root_same(void)
{
    return one(MMUEXT_NEW_BASEPTR, root[0]);
}
static long root_other(void)
{
    static unsigned int i;
    return one(MMUEXT_NEW_BASEPTR, root[i++ & 1]);
}
static long root_user(void)
{
    return one(MMUEXT_NEW_USER_BASEPTR, root[0]);
}
static long root_user_other(void)
{
    static unsigned int i;
    return one(MMUEXT_NEW_USER_BASEPTR, root[i++ & 1]);
}
static void root_user_end(void)
{
    one(MMUEXT_NEW_USER_BASEPTR, 0);
    roots_end();
}

static long tlb_local(void)
{
    return one(MMUEXT_TLB_FLUSH_LOCAL, 0);
}
static long tlb_all(void)
{
    return one(MMUEXT_TLB_FLUSH_ALL, 0);
}
static long page_local(void)
{
    return one(MMUEXT_INVLPG_LOCAL, PTR(page_a));
}
static long page_all(void)
{
    return one(MMUEXT_INVLPG_ALL, PTR(page_a));
}
static long multi(unsigned int cmd)
{
    static uint64_t mask = 1;
    struct mmuext_op op = { .cmd = cmd, .arg1.linear_addr = PTR(page_a) };

    set_xen_guest_handle(op.arg2.vcpumask, &mask);
    return mmuext(&op, 1);
}
static long tlb_multi(void)
{
    return multi(MMUEXT_TLB_FLUSH_MULTI);
}
static long page_multi(void)
{
    return multi(MMUEXT_INVLPG_MULTI);
}
static long cache(void)
{
    return one(MMUEXT_FLUSH_CACHE, 0);
}
static long clear(void)
{
    return one(MMUEXT_CLEAR_PAGE, va_to_mfn(page_b));
}
static long copy(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_COPY_PAGE, .arg1.mfn = va_to_mfn(page_b), .arg2.src_mfn = va_to_mfn(page_a) };
    return mmuext(&op, 1);
}
static long ldt(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_SET_LDT, .arg1.linear_addr = 0, .arg2.nr_ents = 0 };
    return mmuext(&op, 1);
}

static const struct bench_op ops[] = {
    {.name = "pin and unpin level 1, empty", .begin = empty_begin, .run = pin_1, .rounds = 64},
    {.name = "pin and unpin level 2, empty", .run = pin_2, .rounds = 64},
    {.name = "pin and unpin level 3, empty", .run = pin_3, .rounds = 64},
    {.name = "pin and unpin level 4, empty", .run = pin_4, .rounds = 64, .end = pin_end},
    {.name = "pin and unpin level 1, full", .begin = full_begin, .run = pin_1, .rounds = 32},
    {.name = "pin and unpin levels 4 to 1", .run = pin_4, .rounds = 32, .end = pin_end},
    {.name = "data to page table and back", .begin = retype_begin, .run = retype, .rounds = 64},
    {.name = "new_baseptr, the same", .begin = roots_begin, .run = root_same},
    {.name = "new_baseptr, another", .run = root_other},
    {.name = "new_user_baseptr, the same", .run = root_user},
    {.name = "new_user_baseptr, another", .run = root_user_other, .end = root_user_end},
    {.name = "mmuext, TLB flush", .run = tlb_local},
    {.name = "mmuext, TLB flush all", .run = tlb_all},
    {.name = "mmuext, TLB flush of a mask", .run = tlb_multi},
    {.name = "mmuext, INVLPG", .run = page_local},
    {.name = "mmuext, INVLPG all", .run = page_all},
    {.name = "mmuext, INVLPG of a mask", .run = page_multi},
    {.name = "mmuext, cache flush", .run = cache},
    {.name = "mmuext, clear a page", .run = clear},
    {.name = "mmuext, copy a page", .run = copy},
    {.name = "mmuext, no LDT", .run = ldt},
};
BENCH_TABLE(mmuext)
