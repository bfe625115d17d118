/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where everything goes. Page tables map the region that contains them, so their number is found by trying. */
#include "boot/dom0/dom0.h"
#include "hv/log.h"
#include "mm/va.h"

#include <arch/layout.h>

#define REGION_ALIGN (4ULL << 20)
#define REGION_ROOM  (512ULL << 10)

static uint64_t tables_at(vaddr_t start, vaddr_t end, unsigned int shift)
{
    return ((end - 1) >> shift) - (start >> shift) + 1;
}

uint64_t dom0_table_frames(vaddr_t start, vaddr_t end)
{
    return tables_at(start, end, 21) + tables_at(start, end, 30) + tables_at(start, end, 39);
}

static __init uint64_t bytes_to_frames(uint64_t bytes)
{
    return ROUND_UP(bytes, PAGE_SIZE) >> PAGE_SHIFT;
}

/* Everything up to the page tables; returns where they go. */
static __init vaddr_t place_fixed(struct dom0_builder *b, uint64_t frames)
{
    struct dom0_layout *at = &b->at;
    vaddr_t next = ROUND_UP(b->verdict.pv.load_end, PAGE_SIZE);

    at->initrd_frames = b->initrd ? bytes_to_frames(b->initrd->at.end - b->initrd->at.start) : 0;
    at->p2m_frames = bytes_to_frames(frames * 8);
    if (at->initrd_frames && !b->verdict.pv.mod_start_pfn) {
        at->initrd = next;
        next += at->initrd_frames << PAGE_SHIFT;
    }
    if (!b->verdict.pv.has_init_p2m) {
        at->p2m = next;
        next += at->p2m_frames << PAGE_SHIFT;
    }
    at->start_info = next;
    return next + PAGE_SIZE;
}

static __init void place_tables(struct dom0_layout *at, vaddr_t next)
{
    uint64_t frames = 0;

    for (;;) {
        at->stack = next + (frames << PAGE_SHIFT);
        at->v_end = ROUND_UP(at->stack + PAGE_SIZE + REGION_ROOM, REGION_ALIGN);
        if (at->v_end - 1 < at->v_start)
            panic("dom0 kernel: no address space left after it for start_info and page tables");
        uint64_t need = 1 + dom0_table_frames(at->v_start, at->v_end);
        if (need <= frames)
            break;
        frames = need;
    }
    at->page_tables = next;
    at->pt_frames = frames;
}

/* Pseudo-physical frames after the region: initrd and p2m if they are not in it. */
static __init void place_outside(struct dom0_builder *b)
{
    struct dom0_layout *at = &b->at;
    uint64_t pfn = at->region_frames;

    at->initrd_pfn = at->initrd ? (at->initrd - at->v_start) >> PAGE_SHIFT : pfn;
    if (!at->initrd)
        pfn += at->initrd_frames;
    at->p2m_pfn = at->p2m ? (at->p2m - at->v_start) >> PAGE_SHIFT : pfn;
    if (!at->p2m) {
        vaddr_t p2m = b->verdict.pv.init_p2m;
        at->p2m_table_frames = dom0_table_frames(p2m, p2m + (at->p2m_frames << PAGE_SHIFT));
        pfn += at->p2m_frames + at->p2m_table_frames;
    }
    if (pfn > at->total_frames)
        panic("too little memory for domain 0: its kernel%s and tables need %lu MiB, it has %lu. Raise dom0_mem= or "
              "the machine's memory",
              at->initrd_frames ? ", initrd" : "", (unsigned long)((pfn + 255) >> 8),
              (unsigned long)(at->total_frames >> 8));
}

/* [@start, @end) does not wrap (an @end of 0 is the end of all addresses) and the guest may have all of it. */
static __init void check_owned(vaddr_t start, vaddr_t end, const char *what)
{
    if (end - 1 < start || (start < HV_VIRT_END && end - 1 >= CANONICAL_LOW_END))
        panic("dom0 kernel: %s at %#lx to %#lx reaches into addresses that a kernel cannot have; "
              "all below %#lx or from %#lx on would be accepted",
              what, (unsigned long)start, (unsigned long)end - 1, (unsigned long)CANONICAL_LOW_END, HV_VIRT_END);
}

/* The list of all frames is as long as memory is large, so only now is known where it ends. */
static __init void check_p2m(const struct dom0_builder *b)
{
    const struct dom0_layout *at = &b->at;
    vaddr_t start = b->verdict.pv.init_p2m, end = start + (at->p2m_frames << PAGE_SHIFT);

    check_owned(start, end, "its p2m table (note INIT_P2M)");
    if (start <= at->v_end - 1 && at->v_start <= end - 1)
        panic("dom0 kernel: its p2m table (note INIT_P2M) at %#lx to %#lx overlaps the kernel, which has %#lx to %#lx",
              (unsigned long)start, (unsigned long)end - 1, (unsigned long)at->v_start, (unsigned long)at->v_end - 1);
}

__init void dom0_layout_plan(struct dom0_builder *b, uint64_t frames)
{
    struct dom0_layout *at = &b->at;

    at->v_start = b->verdict.pv.virt_base & PAGE_MASK;
    at->total_frames = frames;
    place_tables(at, place_fixed(b, frames));
    at->region_frames = (at->v_end - at->v_start) >> PAGE_SHIFT;
    check_owned(at->v_start, at->v_end, "what it begins with (kernel, initrd, tables)");
    if (!at->p2m)
        check_p2m(b);
    place_outside(b);
}
