/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of boot. This file is not init: it takes init away. */
#include "boot/finish.h"

#include "boot/boot.h"
#include "boot/consoles.h"
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "mm/map.h"

extern const char image_start[], init_start[], init_end[], text_start[], text_end[], rodata_start[], rodata_end[],
    init_bss_start[], init_bss_end[], data_end[];

static paddr_t image_to_paddr(const char *p)
{
    return image_paddr + (uint64_t)(p - image_start);
}

static void seal(const char *start, const char *end, enum map_rights rights)
{
    if (map_range((vaddr_t)start, image_to_paddr(start), (uint64_t)(end - start), rights) ||
        map_range(DIRECTMAP_VIRT + image_to_paddr(start), image_to_paddr(start), (uint64_t)(end - start), MAP_RO))
        panic("no memory to seal the image");
}

static void give_back(const char *start, const char *end)
{
    if (start >= end)
        return;
    unmap_range((vaddr_t)start, (uint64_t)(end - start));
    heap_add(paddr_to_mfn(image_to_paddr(start)), paddr_to_mfn(image_to_paddr(end)));
}

void boot_finish(struct domain *dom0)
{
    uint64_t before = heap_free_frames();

    seal(text_start, text_end, MAP_RX);
    seal(rodata_start, rodata_end, MAP_RO);
    for (uint32_t i = 0; i < boot_info.module_count; i++) {
        struct range m = boot_info.module[i].at;
        if (m.start < m.end)
            heap_add(paddr_to_mfn(m.start), paddr_to_mfn(ROUND_UP(m.end, PAGE_SIZE)));
    }
    give_back(init_start, init_end);
    give_back(init_bss_start, init_bss_end);
    if (hv_options.bootscrub)
        heap_taint();
    arch_tlb_flush_mask(&cpu_online, true);
    log_info("memory: image %lu KiB, %lu KiB of boot memory given back", (unsigned long)((data_end - text_start) >> 10),
             (unsigned long)((heap_free_frames() - before) << (PAGE_SHIFT - 10)));
    consoles_release();
    BUG_ON(domain_controller_unpause(dom0)); /* as its toolstack would, if it had one */
    exit_from_top();
}
