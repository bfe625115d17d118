/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values. Each kind is mostly of the sort that goes far into the hypervisor, and at times of every sort that must not.
 */
#include "storm/storm.h"

uint64_t rnd(struct hostile *h)
{
    h->random ^= h->random >> 12;
    h->random ^= h->random << 25;
    h->random ^= h->random >> 27;
    return h->random * 0x2545f4914f6cdd1dul >> 8;
}

static const uint64_t edge[] = {
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0xfff,
    0x1000,
    0x7fff,
    0xffff,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    0x7ff0,
    0x7ff1,
    0x7ff2,
    0x7ff4,
    0x7fffffffffff,
    0x800000000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    ~0ul,
    ~0ul - 7,
    0xfffffffffffff000,
};

uint64_t rnd_word(struct hostile *h)
{
    switch (pick(h, 8)) {
    case 0: return rnd(h) << 8 | pick(h, 256);
    case 1: return rnd(h) & 0xffffffff;
    case 2: return 1ul << pick(h, 64);
    case 3: return pick(h, 4096);
    case 4:
    case 5: return pick(h, 8);
    default: return edge[pick(h, ARRAY_SIZE(edge))];
    }
}

uint64_t rnd_data(struct hostile *h)
{
    uint64_t page = PTR(pool[pick(h, POOL_PAGES)]);

    switch (pick(h, 4)) {
    case 0: return page + PAGE_SIZE - pick(h, 64);
    case 1: return page + pick(h, PAGE_SIZE);
    default: return page + pick(h, PAGE_SIZE / 8) * 8;
    }
}

static uint64_t odd_address(struct hostile *h)
{
    static const uint64_t odd[] = {
        8,
        0x1000,
        0x7ffffffff000,
        0x7fffffffffff,
        0x800000000000,
        0x0001000000000000,
        0xffff7ffffffffff8,
        0xffff800000000000,
        0xffff800000001000,
        0xffff80ffffffffff,
        0xffff810000000000,
        0xffff818000000000,
        0xffff820000000000,
        0xffff828000000000,
        0xffff82d080200000,
        0xffff830000000000,
        0xffff830000100000,
        0xffff850000000000,
        0xffff87fffffffff8,
        0xffff880000000000,
        0xfffffffffffffff8,
        0xffffffffffffffff,
        0xffffffff7ffffff8,
    };
    uint64_t a = odd[pick(h, ARRAY_SIZE(odd))];

    return one_in(h, 4) ? a + pick(h, 1ul << pick(h, 40)) : a;
}

uint64_t rnd_address(struct hostile *h)
{
    switch (pick(h, 16)) {
    case 0: return odd_address(h);
    case 1: return start_info->pt_base + pick(h, start_info->nr_pt_frames * PAGE_SIZE);
    case 2: return rnd_word(h);
    case 3: return 0x400000 + pick(h, POOL_PAGES) * PAGE_SIZE + pick(h, 512) * 8;
    case 4: return grant_frame_va + pick(h, PAGE_SIZE);
    default: return rnd_data(h);
    }
}

static uint64_t pool_frame(struct hostile *h)
{
    const uint64_t entry = *pte_of(pool[pick(h, POOL_PAGES)], 1);

    return (entry & 0x000ffffffffff000ul) / PAGE_SIZE;
}

uint64_t rnd_frame(struct hostile *h)
{
    switch (pick(h, 24)) {
    case 0: return pick(h, 1ul << pick(h, 24));
    case 1: return rnd_word(h);
    case 2: return start_info->shared_info / PAGE_SIZE;
    case 3:
        return one_in(h, 8) ? pool_frame(h)
                            : va_to_mfn((void *)(start_info->pt_base + pick(h, start_info->nr_pt_frames) * PAGE_SIZE));
    case 4: return pfn_to_mfn(pick(h, start_info->nr_pages)) ^ 1;
    case 5: return pfn_to_mfn(start_info->nr_pages - 1 - pick(h, 64));
    case 6: return va_to_mfn(pool[pick(h, POOL_PAGES)]); /* as it was at first */
    case 7: return one_in(h, 16) ? pfn_to_mfn(pick(h, start_info->nr_pages)) : pool_frame(h);
    default: return pool_frame(h);
    }
}

uint64_t rnd_count(struct hostile *h)
{
    switch (pick(h, 8)) {
    case 0: return 0;
    case 1: return rnd_word(h);
    case 2: return pick(h, 600);
    default: return 1 + pick(h, 4);
    }
}

uint64_t rnd_domid(struct hostile *h)
{
    switch (pick(h, 8)) {
    case 0: return 0;
    case 1: return pick(h, 0x10000);
    case 2: return 0x7ff0 + pick(h, 8); /* DOMID_SELF, IO, XEN, COW, INVALID */
    case 3: return one_in(h, 2) ? storm_self : pick(h, 64);
    case 4: return storm_self;
    default: return DOMID_SELF;
    }
}

uint64_t rnd_entry(struct hostile *h, unsigned int level)
{
    uint64_t frame = rnd_frame(h), flags = PTE_P | PTE_US | PTE_A;

    if (one_in(h, 6))
        return 0;
    if (level > 1 || !one_in(h, 4))
        flags |= PTE_RW;
    if (level == 1 && one_in(h, 2))
        flags |= PTE_D;
    if (one_in(h, 8))
        flags ^= 1ul << pick(h, 12);
    if (one_in(h, 16))
        flags ^= 1ul << (52 + pick(h, 12));
    if (level > 1 && one_in(h, 24))
        flags |= PTE_PS;
    return (frame * PAGE_SIZE & 0x000ffffffffff000ul) | flags;
}
