/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frame table and M2P exist where there is RAM, in chunks of 32 MiB of it; the rest of their windows is not mapped, so
 * a big hole in the machine's memory costs nothing. Frames of a chunk that are no RAM are marked broken and belong to
 * nobody.
 */
#include "mm/frametable.h"

#include "hv/compiler.h"
#include "hv/frame.h"
#include "hv/log.h"
#include "mm/boot_mem.h"
#include "mm/map.h"

#define CHUNK_SHIFT  (PAGE_SHIFT + FRAME_CHUNK_ORDER)
#define CHUNK_FRAMES (1ULL << FRAME_CHUNK_ORDER)
#define CHUNKS       FRAME_CHUNKS

uint64_t frame_table_end;
uint64_t frame_chunk_known[CHUNKS / 64];

#define M2P_CHUNKS ((DIRECTMAP_SIZE >> PAGE_SHIFT) * 8 / M2P_CHUNK)
static uint64_t m2p_chunk[M2P_CHUNKS];

/* Backs [va, va + len) with RAM unless it is backed; 2 MiB pages where a whole one is wanted and to be had. */
static __init void back(vaddr_t va, uint64_t len, vaddr_t alias)
{
    vaddr_t end = ROUND_UP(va + len, PAGE_SIZE);
    for (va &= PAGE_MASK; va < end;) {
        uint64_t step = !(va & 0x1fffff) && end - va >= 0x200000 && !map_present(va) ? 0x200000 : PAGE_SIZE;
        if (map_present(va)) {
            va += PAGE_SIZE;
            continue;
        }
        paddr_t pa = boot_mem_alloc(step, step, ~0ULL);
        if (!pa && step > PAGE_SIZE)
            pa = boot_mem_alloc(step = PAGE_SIZE, PAGE_SIZE, ~0ULL);
        if (!pa || map_range(va, pa, step, MAP_RW) ||
            (alias && map_range(va - M2P_RW_VIRT + alias, pa, step, MAP_USER_RO)))
            panic("memory: not enough RAM for the frame table; give the machine more");
        va += step;
    }
}

/*
 * The M2P in pieces of 2 MiB, contiguous in the machine where possible,
 * because tools map it so (XENMEM_machphys_mfn_list).
 */
static __init void m2p_create(uint64_t first_mfn, uint64_t end_mfn)
{
    vaddr_t start = (M2P_RW_VIRT + first_mfn * 8) & ~(M2P_CHUNK - 1), end = M2P_RW_VIRT + end_mfn * 8;

    for (vaddr_t va = start; va < end; va += M2P_CHUNK) {
        if (map_present(va))
            continue;
        paddr_t pa = boot_mem_alloc(M2P_CHUNK, M2P_CHUNK, ~0ULL);
        if (!pa)
            back(va, M2P_CHUNK, M2P_VIRT);
        else if (map_range(va, pa, M2P_CHUNK, MAP_RW) ||
                 map_range(va - M2P_RW_VIRT + M2P_VIRT, pa, M2P_CHUNK, MAP_USER_RO))
            panic("memory: not enough RAM for page tables; give the machine more");
        m2p_chunk[(va - M2P_RW_VIRT) / M2P_CHUNK] = pa >> PAGE_SHIFT;
        memset((void *)va, 0xff, M2P_CHUNK);
    }
}

uint64_t m2p_chunk_mfn(uint64_t index) { return index < M2P_CHUNKS ? m2p_chunk[index] : 0; }

static __init void chunks_create(uint64_t first_chunk, uint64_t end_chunk)
{
    uint64_t first = first_chunk * CHUNK_FRAMES, end = end_chunk * CHUNK_FRAMES;

    back(FRAMETABLE_VIRT + first * sizeof(struct frame), (end - first) * sizeof(struct frame), 0);
    m2p_create(first, end);
    for (uint64_t c = first_chunk; c < end_chunk; c++) {
        if (frame_table_covers(mfn(c * CHUNK_FRAMES)))
            continue;
        for (uint64_t i = c * CHUNK_FRAMES; i < (c + 1) * CHUNK_FRAMES; i++)
            frame_table[i] = (struct frame){ .count = FRAME_BROKEN | (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT };
        frame_chunk_known[c / 64] |= 1ULL << (c % 64);
    }
}

/* RAM starts out as the hypervisor's own; heap_add() frees what is to be free. */
static __init void ram_range_create(paddr_t start, paddr_t end)
{
    chunks_create(start >> CHUNK_SHIFT, MIN(((end - 1) >> CHUNK_SHIFT) + 1, CHUNKS));
    for (uint64_t i = start >> PAGE_SHIFT; i < end >> PAGE_SHIFT; i++)
        frame_table[i].count = (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT;
    frame_table_end = MAX(frame_table_end, end >> PAGE_SHIFT);
}

__init void frametable_init(void)
{
    boot_mem_for_each_ram(ram_range_create);
}
