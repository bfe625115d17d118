/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two short sorted lists: RAM as the firmware gave it, and what is free of it. See mm/boot_mem.h. */
#include "mm/boot_mem.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "mm/map.h"

#define RANGES_MAX 2048

struct ram_range {
    paddr_t start, end;
};
static struct ram_range ram[RANGES_MAX];
static unsigned int ram_count;
static struct ram_range avail[RANGES_MAX] __attribute__((section(".init.bss")));
static unsigned int avail_count __attribute__((section(".init.bss")));

static __init void insert(struct ram_range *list, unsigned int *count, paddr_t start, paddr_t end)
{
    if (start >= end)
        return;
    if (*count == RANGES_MAX) {
        log_warning("memory: more than %u ranges, %#lx-%#lx not used", RANGES_MAX, (unsigned long)start,
                    (unsigned long)end);
        return;
    }
    unsigned int i = (*count)++;
    for (; i && list[i - 1].start > start; i--)
        list[i] = list[i - 1];
    list[i] = (struct ram_range){ start, end };
}

static __init void remove_at(struct ram_range *list, unsigned int *count, unsigned int i)
{
    for ((*count)--; i < *count; i++)
        list[i] = list[i + 1];
}

__init void boot_mem_add(paddr_t start, paddr_t end)
{
    insert(ram, &ram_count, start, end);
    insert(avail, &avail_count, start, end);
}

__init void boot_mem_reserve(paddr_t start, paddr_t end)
{
    start &= PAGE_MASK;
    end = ROUND_UP(end, PAGE_SIZE);
    for (unsigned int i = 0; i < avail_count;) {
        struct ram_range r = avail[i];
        if (r.end <= start || r.start >= end) {
            i++;
            continue;
        }
        remove_at(avail, &avail_count, i);
        insert(avail, &avail_count, r.start, MIN(start, r.end));
        insert(avail, &avail_count, MAX(end, r.start), r.end);
        i = 0;
    }
}

__init paddr_t boot_mem_alloc(uint64_t size, uint64_t align, paddr_t limit)
{
    size = ROUND_UP(size, PAGE_SIZE);
    for (unsigned int i = avail_count; i-- > 0;) {
        paddr_t top = MIN(avail[i].end, limit);
        if (top < size || top <= avail[i].start)
            continue;
        paddr_t start = ROUND_DOWN(top - size, align);
        if (start < avail[i].start)
            continue;
        boot_mem_reserve(start, start + size);
        memset((void *)(map_table_base + start), 0, size);
        return start;
    }
    return 0;
}

__init paddr_t boot_mem_table(void)
{
    return boot_mem_alloc(PAGE_SIZE, PAGE_SIZE, map_table_base ? ~0ULL : 1ULL << 32);
}

__init void boot_mem_to_heap(void)
{
    for (unsigned int i = 0; i < avail_count; i++)
        heap_add(paddr_to_mfn(avail[i].start), paddr_to_mfn(avail[i].end));
    avail_count = 0;
}

void boot_mem_for_each_ram(void (*fn)(paddr_t start, paddr_t end))
{
    for (unsigned int i = 0; i < ram_count; i++)
        fn(ram[i].start, ram[i].end);
}

uint64_t boot_mem_ram_size(void)
{
    uint64_t sum = 0;
    for (unsigned int i = 0; i < ram_count; i++)
        sum += ram[i].end - ram[i].start;
    return sum;
}

bool boot_mem_is_ram(paddr_t start, paddr_t end)
{
    for (unsigned int i = 0; i < ram_count; i++)
        if (start >= ram[i].start && end <= ram[i].end)
            return start < end;
    return false;
}
