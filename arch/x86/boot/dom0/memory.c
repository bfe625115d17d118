/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much memory dom0 gets, where it goes, and access to it by pseudo-physical frame. */
#include "base/format.h"
#include "boot/dom0/dom0.h"
#include "hv/options.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "mm/boot_mem.h"

#define RESERVE_MAX_FRAMES (128ULL << 8) /* 128 MiB */
#define EXTENT_ORDER_MAX   9u /* 2 MiB; no bigger, so that one zone is empty before a lower one gives anything */

static uint64_t dom0_limit __initdata; /* bytes that dom0 may grow to */

__init uint64_t dom0_memory_frames(void)
{
    uint64_t free = heap_free_frames(), reserve = MIN(free / 16, RESERVE_MAX_FRAMES);
    uint64_t avail = (free > reserve ? free - reserve : 0) << PAGE_SHIFT;
    char remark[160], of_all[64] = "";

    if (hv_options.mem)
        format(of_all, sizeof(of_all), " (of %lu MiB that mem= leaves)", (unsigned long)(boot_mem_ram_size() >> 20));
    if (dom0_mem_remark(&hv_options.dom0_mem, avail, remark, sizeof(remark)))
        log_warning("dom0_mem: %s%s", remark, of_all);
    return dom0_mem_choose(&hv_options.dom0_mem, avail, avail, &dom0_limit) >> PAGE_SHIFT;
}

static __init void add_extent(struct dom0_builder *b, uint64_t pfn, mfn_t m, uint64_t count)
{
    struct dom0_extent *last = b->extents ? &b->extent[b->extents - 1] : NULL;

    if (last && last->mfn + last->count == m.nr) {
        last->count += count;
        return;
    }
    if (b->extents == DOM0_EXTENTS_MAX)
        panic("memory is in too many pieces for domain 0 (more than %u); give it less with dom0_mem=",
              DOM0_EXTENTS_MAX);
    b->extent[b->extents++] = (struct dom0_extent){ pfn, m.nr, count };
}

__init void dom0_memory_allocate(struct dom0_builder *b)
{
    uint64_t pfn = 0;

    b->extent = hv_alloc_pages(6);
    if (!b->extent)
        panic("no memory to build domain 0");
    _Static_assert(DOM0_EXTENTS_MAX * sizeof(struct dom0_extent) <= PAGE_SIZE << 6, "the array is 64 pages");
    for (unsigned int order = EXTENT_ORDER_MAX; pfn < b->at.total_frames;) {
        if (1ULL << order > b->at.total_frames - pfn) {
            order--;
            continue;
        }
        mfn_t m = domain_alloc_frames(b->d, order, 0);
        if (mfn_eq(m, MFN_NONE)) {
            if (!order--)
                panic("too little memory for domain 0: %lu MiB found of %lu. Give it less with dom0_mem=",
                      (unsigned long)(pfn >> 8), (unsigned long)(b->at.total_frames >> 8));
            continue;
        }
        for (uint64_t i = 0; i < 1ULL << order; i++)
            m2p_set(mfn_add(m, i), pfn + i);
        add_extent(b, pfn, m, 1ULL << order);
        pfn += 1ULL << order;
    }
    b->d->max_pages = MIN(MAX(dom0_limit >> PAGE_SHIFT, b->d->tot_pages), 0xffffffffULL);
}

mfn_t dom0_mfn(const struct dom0_builder *b, uint64_t pfn)
{
    uint32_t low = 0, high = b->extents;

    while (high - low > 1) {
        uint32_t mid = (low + high) / 2;
        if (b->extent[mid].pfn <= pfn)
            low = mid;
        else
            high = mid;
    }
    return mfn(b->extent[low].mfn + (pfn - b->extent[low].pfn));
}

void *dom0_page(const struct dom0_builder *b, uint64_t pfn)
{
    return mfn_to_virt(dom0_mfn(b, pfn));
}

__init void dom0_write(const struct dom0_builder *b, vaddr_t va, const void *src, uint64_t len)
{
    while (len) {
        uint64_t offset = va & ~PAGE_MASK, part = MIN(len, PAGE_SIZE - offset);
        uint8_t *page = dom0_page(b, (va - b->at.v_start) >> PAGE_SHIFT);

        if (src) {
            memcpy(page + offset, src, part);
            src = (const uint8_t *)src + part;
        } else {
            memset(page + offset, 0, part);
        }
        va += part;
        len -= part;
    }
}

__init void dom0_copy_image(const struct dom0_builder *b)
{
    const struct elf_plan *plan = &b->verdict.plan;
    vaddr_t base = b->verdict.pv.virt_base - b->verdict.pv.paddr_offset;

    for (unsigned int i = 0; i < plan->nr; i++) {
        const struct elf_plan_segment *s = &plan->segment[i];
        dom0_write(b, base + s->paddr, (const uint8_t *)b->image + s->offset, s->filesz);
        dom0_write(b, base + s->paddr + s->filesz, NULL, s->memsz - s->filesz);
    }
}

/* See elf_symbols.h. */
__init void dom0_copy_symbols(const struct dom0_builder *b)
{
    const struct image_pv *pv = &b->verdict.pv;
    const uint8_t *image = b->image;
    vaddr_t base = pv->symbols_at + ELF_SYMBOLS_SIZE_BYTES;
    uint8_t head[ELF_SYMBOLS_HEAD_MAX];

    if (!pv->symtab)
        return;
    dom0_write(b, pv->symbols_at, NULL, pv->symbols.len);
    dom0_write(b, pv->symbols_at, head, elf_symbols_head(&pv->symbols, image, head));
    if (pv->symbols.state)
        return;
    dom0_write(b, base + pv->symbols.symtab.at, image + pv->symbols.symtab.offset, pv->symbols.symtab.len);
    dom0_write(b, base + pv->symbols.strtab.at, image + pv->symbols.strtab.offset, pv->symbols.strtab.len);
}

__init void dom0_copy_initrd(const struct dom0_builder *b)
{
    if (!b->initrd)
        return;
    const uint8_t *src = paddr_to_virt(b->initrd->at.start);
    uint64_t len = b->initrd->at.end - b->initrd->at.start;
    for (uint64_t done = 0; done < len; done += PAGE_SIZE)
        memcpy(dom0_page(b, b->at.initrd_pfn + (done >> PAGE_SHIFT)), src + done, MIN(PAGE_SIZE, len - done));
}

__init void dom0_p2m_fill(const struct dom0_builder *b)
{
    for (uint32_t e = 0; e < b->extents; e++)
        for (uint64_t i = 0; i < b->extent[e].count; i++) {
            uint64_t pfn = b->extent[e].pfn + i;
            ((uint64_t *)dom0_page(b, b->at.p2m_pfn + pfn / 512))[pfn % 512] = b->extent[e].mfn + i;
        }
    for (uint64_t pfn = b->at.total_frames; pfn < b->at.p2m_frames * 512; pfn++)
        ((uint64_t *)dom0_page(b, b->at.p2m_pfn + pfn / 512))[pfn % 512] = ~0ULL;
}
