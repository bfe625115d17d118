/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domain 0 from the loader's modules: the first is a Linux-style kernel, the second its initial RAM disk. What a PV
 * kernel finds at its entry is the ABI's (xen.h, "Start of day"): from virt_base on, in this order,
 *
 *   kernel, [symbols], [initrd], [p2m], start_info, page tables, boot stack, at least 512 KiB of room, up to a 4 MiB
 *   border
 *
 * where the initrd is elsewhere if the kernel says MOD_START_PFN, and the p2m if it says INIT_P2M. Pseudo-physical
 * memory begins with the frames of that region; then come the initrd and the p2m with its tables if they are elsewhere,
 * then all the rest.
 */
#ifndef BOOT_DOM0_H
#define BOOT_DOM0_H

#include "boot/boot.h"
#include "elf/image_verdict.h"

#define DOM0_EXTENTS_MAX 4096u

/** Contiguous machine frames that back contiguous pseudo-physical ones. */
struct dom0_extent {
    uint64_t pfn, mfn, count;
};

struct dom0_layout {
    vaddr_t v_start, v_end;
    vaddr_t initrd, p2m, start_info, page_tables, stack; /* initrd and p2m: 0 if not in the region */
    uint64_t pt_frames;
    uint64_t region_frames; /* pfns [0, region_frames) are the region */
    uint64_t initrd_pfn, initrd_frames;
    uint64_t p2m_pfn, p2m_frames, p2m_table_frames; /* list, then the tables that map it at INIT_P2M */
    uint64_t total_frames;
};

struct dom0_builder {
    struct domain *d;
    const void *image; /* the unpacked ELF */
    uint64_t image_size;
    void *image_buffer; /* to be freed, with its order */
    unsigned int image_order;
    struct image_verdict verdict;
    const struct boot_module *kernel, *initrd; /* initrd NULL: none */
    struct dom0_layout at;
    struct dom0_extent *extent;
    uint32_t extents;
};

/** Each step panics with a sentence that says what to change, for there is nothing to go on with. */
__init void dom0_image_load(struct dom0_builder *b);
__init void dom0_layout_plan(struct dom0_builder *b, uint64_t frames);
/** Frames that dom0 gets by dom0_mem=, or all but a reserve. */
__init uint64_t dom0_memory_frames(void);
__init void dom0_memory_allocate(struct dom0_builder *b);
/** The machine frame of @pfn, and where its page is. */
mfn_t dom0_mfn(const struct dom0_builder *b, uint64_t pfn);
void *dom0_page(const struct dom0_builder *b, uint64_t pfn);
/** Copies to the region at @va, across pages; @src NULL: zeroes. */
__init void dom0_write(const struct dom0_builder *b, vaddr_t va, const void *src, uint64_t len);
__init void dom0_copy_symbols(const struct dom0_builder *b);
__init void dom0_copy_image(const struct dom0_builder *b);
__init void dom0_copy_initrd(const struct dom0_builder *b);
__init void dom0_p2m_fill(const struct dom0_builder *b);
/** Builds the page tables; returns the L4. */
__init mfn_t dom0_tables_build(const struct dom0_builder *b);
__init void dom0_start_info_fill(const struct dom0_builder *b);
/** Registers and page table of vCPU 0. */
__init void dom0_vcpu_start(const struct dom0_builder *b, mfn_t l4);
/** Frames of page tables that map [@start, @end), the L4 not counted. */
uint64_t dom0_table_frames(vaddr_t start, vaddr_t end);

#endif
