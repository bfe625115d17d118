/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables: made of the pool's pages, pinned, hung into the live root, loaded as roots, taken apart, exchanged. */
#include "storm/storm.h"

static void *pool_page(struct hostile *h)
{
    return pool[pick(h, POOL_PAGES)];
}

static uint64_t frame_of(const void *va)
{
    return (*pte_of(va, 1) & 0x000ffffffffff000ul) / PAGE_SIZE;
}

static uint64_t flush_flags(struct hostile *h)
{
    return one_in(h, 8) ? rnd_address(h) : pick(h, 3) | (one_in(h, 2) ? UVMF_ALL : UVMF_LOCAL);
}

static long ext(uint64_t cmd, uint64_t a, uint64_t b, uint64_t owner)
{
    struct mmuext_op op = { .cmd = (unsigned int)cmd, .arg1.linear_addr = a, .arg2.src_mfn = b };

    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, owner);
}

static void entry_set(struct hostile *h, uint64_t maddr, uint64_t value)
{
    struct mmu_update u = { .ptr = maddr | (one_in(h, 6) ? MMU_PT_UPDATE_PRESERVE_AD : 0), .val = value };

    hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, one_in(h, 16) ? rnd_domid(h) : DOMID_SELF);
}

/** Where a page of the pool is mapped: another frame, or the same in another way. */
static void remap(struct hostile *h)
{
    void *va = pool_page(h);
    uint64_t e = one_in(h, 2) ? rnd_entry(h, 1) & (one_in(h, 2) ? ~PTE_RW : ~0ul)
                              : frame_of(va) * PAGE_SIZE | (one_in(h, 3) ? PTE_KERNEL_RO : PTE_KERNEL_RW);

    if (one_in(h, 4))
        hypercall4(__HYPERVISOR_update_va_mapping_otherdomain, PTR(va), e, flush_flags(h), rnd_domid(h));
    else
        hypercall3(__HYPERVISOR_update_va_mapping, one_in(h, 16) ? rnd_address(h) : PTR(va), e, flush_flags(h));
}

/** A page becomes a table of some level. Its frame, or 0. */
static uint64_t table_make(struct hostile *h, unsigned int level)
{
    uint64_t *t = pool_page(h), e = *pte_of(t, 1), mfn = frame_of(t);
    unsigned int n = one_in(h, 4) ? 512 : (unsigned int)pick(h, 16);

    if (!(e & PTE_RW) || map_at(t, mfn, PTE_KERNEL_RW))
        return 0;
    if (level == 4) {
        memcpy(t, (void *)start_info->pt_base, PAGE_SIZE);
        memset(t + 256, 0, 16 * 8);
    } else {
        memset(t, 0, PAGE_SIZE);
    }
    for (unsigned int i = 0; i < n; i++)
        t[level == 4 ? pick(h, one_in(h, 32) ? 512 : 256) : pick(h, 512)] = rnd_entry(h, level - 1 ?: 1);
    if (!one_in(h, 12))
        map_at(t, mfn, PTE_KERNEL_RO);
    return mfn;
}

/* Entries of good tables only, so that pinning gets far: three levels of one page each, over an L1 of pool pages. */
static void tree(struct hostile *h)
{
    uint64_t below = 0, top = 1 + pick(h, 4);

    for (unsigned int level = 1; level <= top; level++) {
        uint64_t *t = pool_page(h), mfn = frame_of(t);
        if (map_at(t, mfn, PTE_KERNEL_RW))
            return;
        memset(t, 0, PAGE_SIZE);
        if (level == 4)
            memcpy(t + 272, (uint64_t *)start_info->pt_base + 272, 240 * 8);
        for (unsigned int i = 0; i < 4; i++)
            t[pick(h, level == 4 ? 256 : 512)] =
                level == 1 ? rnd_entry(h, 1) : below * PAGE_SIZE | PTE_P | PTE_US | PTE_RW | PTE_A;
        if (level > 1 && one_in(h, 3)) /* a linear table: of the same level, mostly itself */
            t[pick(h, level == 4 ? 256 : 512)] =
                (one_in(h, 3) ? rnd_frame(h) : mfn) * PAGE_SIZE | PTE_P | PTE_US | PTE_A | (one_in(h, 8) ? PTE_RW : 0);
        map_at(t, mfn, PTE_KERNEL_RO);
        below = mfn;
    }
    ext(MMUEXT_PIN_L1_TABLE + top - 1, below, 0, DOMID_SELF);
    if (top == 3 && one_in(h, 2))
        entry_set(h, storm_root * PAGE_SIZE + pick(h, 256) * 8, below * PAGE_SIZE | PTE_P | PTE_US | PTE_RW | PTE_A);
    h->dirty |= top == 4;
    if (top == 4)
        ext(one_in(h, 2) ? MMUEXT_NEW_BASEPTR : MMUEXT_NEW_USER_BASEPTR, below, 0, DOMID_SELF);
}

static void pin(struct hostile *h)
{
    unsigned int level = 1 + (unsigned int)pick(h, 4);
    uint64_t mfn = one_in(h, 2) ? table_make(h, level) : rnd_frame(h);

    if (one_in(h, 3))
        level = 1 + (unsigned int)pick(h, 4);
    ext(MMUEXT_PIN_L1_TABLE + level - 1, mfn, 0, one_in(h, 16) ? rnd_domid(h) : DOMID_SELF);
}

static void unpin(struct hostile *h)
{
    for (unsigned int i = 0; i < 4; i++)
        ext(MMUEXT_UNPIN_TABLE, frame_of(pool_page(h)), 0, DOMID_SELF);
}

static void roots(struct hostile *h)
{
    uint64_t mfn = one_in(h, 3) ? storm_root : rnd_frame(h);

    if (one_in(h, 3))
        mfn = table_make(h, 4);
    ext(one_in(h, 2) ? MMUEXT_NEW_BASEPTR : MMUEXT_NEW_USER_BASEPTR, mfn, 0, DOMID_SELF);
    h->dirty = true;
    if (one_in(h, 2))
        ext(MMUEXT_NEW_BASEPTR, storm_root, 0, DOMID_SELF);
}

static void updates(struct hostile *h)
{
    struct mmu_update *u = (void *)h->data;
    unsigned int n = 1 + (unsigned int)pick(h, 24);

    for (unsigned int i = 0; i < n; i++) {
        uint64_t frame = one_in(h, 8) ? rnd_frame(h) : frame_of(pool_page(h));
        unsigned int slot = (unsigned int)pick(h, frame == storm_root ? 256 : 512);
        u[i].ptr = frame * PAGE_SIZE + slot * 8 + (one_in(h, 8) ? pick(h, 8) : 0);
        u[i].val = u[i].ptr % 8 == MMU_MACHPHYS_UPDATE ? pick(h, start_info->nr_pages)
                                                       : rnd_entry(h, 1 + (unsigned int)pick(h, 4));
    }
    hypercall4(__HYPERVISOR_mmu_update, PTR(u), n, 0, DOMID_SELF);
}

/** Frames go and come, while they may be tables or mapped. */
static void reservation(struct hostile *h)
{
    uint64_t list[8], pfn = pick(h, start_info->nr_pages);
    struct xen_memory_reservation r = { .nr_extents = 1 + pick(h, 3), .domid = DOMID_SELF };
    void *va = pool_page(h);

    r.extent_start.p = list;
    for (unsigned int i = 0; i < 8; i++)
        list[i] = frame_of(pool_page(h));
    list[0] = frame_of(va);
    if (one_in(h, 2))
        map_at(va, 0, 0);
    hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r));
    list[0] = list[1] = list[2] = list[3] = pfn;
    if (hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, PTR(&r)) > 0)
        map_at(va, list[0], PTE_KERNEL_RW);
}

static void exchange(struct hostile *h)
{
    uint64_t in[8], out[8];
    struct xen_memory_exchange x = {
        .in = { .nr_extents = 1 + pick(h, 4), .domid = DOMID_SELF },
          .out = { .domid = DOMID_SELF    }
    };
    void *va = pool_page(h);

    x.in.extent_start.p = in;
    x.out.extent_start.p = one_in(h, 12) ? (void *)rnd_address(h) : out;
    x.out.nr_extents = x.in.nr_extents;
    for (unsigned int i = 0; i < 8; i++) {
        in[i] = i ? rnd_frame(h) : frame_of(va);
        out[i] = pick(h, start_info->nr_pages);
    }
    if (one_in(h, 2))
        map_at(va, 0, 0);
    if (!hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x)))
        map_at(va, out[0], PTE_KERNEL_RW);
}

static void others(struct hostile *h)
{
    static const uint8_t cmd[] = {
        MMUEXT_TLB_FLUSH_LOCAL,    MMUEXT_INVLPG_LOCAL,
        MMUEXT_TLB_FLUSH_MULTI,    MMUEXT_INVLPG_MULTI,
        MMUEXT_TLB_FLUSH_ALL,      MMUEXT_INVLPG_ALL,
        MMUEXT_FLUSH_CACHE,        MMUEXT_SET_LDT,
        MMUEXT_CLEAR_PAGE,         MMUEXT_COPY_PAGE,
        MMUEXT_FLUSH_CACHE_GLOBAL, MMUEXT_MARK_SUPER,
        MMUEXT_UNMARK_SUPER,       30,
    };
    unsigned int c = cmd[pick(h, sizeof(cmd))];
    bool frames = c == MMUEXT_CLEAR_PAGE || c == MMUEXT_COPY_PAGE;

    ext(c, frames ? frame_of(pool_page(h)) : rnd_address(h), frames ? rnd_frame(h) : rnd_address(h), DOMID_SELF);
}

/* A page that holds good pages again. */
static void mend(struct hostile *h)
{
    for (unsigned int i = 0; i < 8; i++) {
        uint8_t *va = pool_page(h);
        uint64_t mfn = one_in(h, 2) ? va_to_mfn(va) : frame_of(va);
        ext(MMUEXT_UNPIN_TABLE, mfn, 0, DOMID_SELF);
        map_at(va, mfn, PTE_KERNEL_RW);
    }
    entry_set(h, storm_root * PAGE_SIZE + pick(h, 256) * 8, 0);
}

void step_tables(struct hostile *h)
{
    static void (*const act[])(struct hostile *) = { remap,   tree,        tree,     pin,    unpin, roots,
                                                     updates, reservation, exchange, others, mend };

    for (unsigned int i = 0; i < 4; i++)
        act[pick(h, ARRAY_SIZE(act))](h);
}
