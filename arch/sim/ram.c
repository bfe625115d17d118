/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory, and guests' access to it. */
#include "machine.h"

#include "hv/frame.h"
#include "hv/guest_access.h"
#include "hv/heap.h"

#include <stdlib.h>
#include <sys/mman.h>

struct frame *frame_table;
uint64_t frame_table_end;
uint8_t *sim_ram;
uint64_t *sim_m2p;

void (*sim_on_guest_read)(vaddr_t va, size_t len);

static struct { uint8_t *start; size_t len; } window[16];
static unsigned int windows;

static void *map_zeroed(uint64_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        abort();
    return p;
}

void sim_ram_create(uint64_t frames)
{
    frame_table_end = frames;
    sim_ram = map_zeroed(frames << PAGE_SHIFT);
    frame_table = map_zeroed(frames * sizeof(struct frame));
    sim_m2p = map_zeroed(frames * sizeof(uint64_t));
    for (uint64_t i = 0; i < frames; i++) {
        frame_table[i].count = 1 | (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT;
        sim_m2p[i] = M2P_INVALID;
    }
}

void arch_scrub_page(void *page) { memset(page, 0, PAGE_SIZE); }

void sim_guest_window(void *start, size_t len)
{
    if (!start) {
        windows = 0;
        return;
    }
    if (windows == ARRAY_SIZE(window))
        abort();
    window[windows].start = start;
    window[windows++].len = len;
}

static bool within(uint64_t va, size_t len, const uint8_t *start, uint64_t size)
{
    return va >= (uint64_t)start && len <= size && va - (uint64_t)start <= size - len;
}

static bool guest_ok(uint64_t va, size_t len)
{
    if (within(va, len, sim_ram, frame_table_end << PAGE_SHIFT))
        return true;
    for (unsigned int i = 0; i < windows; i++)
        if (within(va, len, window[i].start, window[i].len))
            return true;
    return false;
}

bool arch_guest_range_ok(vaddr_t va, size_t len)
{
    return sim_narrow_caller.depth || guest_ok(va, len);
}

int arch_copy_from_guest(void *dst, vaddr_t src, size_t len)
{
    if (sim_narrow_caller.depth)
        return sim_narrow_read(dst, src, len);
    if (!guest_ok(src, len))
        return -EFAULT;
    memcpy(dst, (const void *)src, len);
    if (sim_on_guest_read)
        sim_on_guest_read(src, len);
    return 0;
}

int arch_copy_to_guest(vaddr_t dst, const void *src, size_t len)
{
    if (sim_narrow_caller.depth)
        return sim_narrow_write(dst, src, len);
    if (!guest_ok(dst, len))
        return -EFAULT;
    memcpy((void *)dst, src, len);
    return 0;
}

int arch_clear_guest(vaddr_t dst, size_t len)
{
    if (!guest_ok(dst, len))
        return -EFAULT;
    memset((void *)dst, 0, len);
    return 0;
}
