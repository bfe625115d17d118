/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory given back and asked for. */
#include "bench/bench.h"

#define BATCH 16u

static uint8_t area[BATCH][PAGE_SIZE] __attribute__((aligned(4096)));
static xen_pfn_t frame[BATCH], pfn[BATCH];

static long reservation(unsigned int cmd, xen_pfn_t *list, unsigned int count, unsigned int order)
{
    struct xen_memory_reservation r = { .nr_extents = count, .extent_order = order, .domid = DOMID_SELF };

    set_xen_guest_handle(r.extent_start, list);
    return memory_op(cmd, &r) == (long)count ? 0 : -1;
}

static long area_begin(void)
{
    long rc = 0;

    for (unsigned int i = 0; i < BATCH; i++) {
        pfn[i] = va_to_pfn(area[i]);
        frame[i] = pfn_to_mfn(pfn[i]);
        rc = rc ?: map_at(area[i], 0, 0);
    }
    return rc;
}
/* The guest's list and the mapping follow. */
static void area_end(void)
{
    for (unsigned int i = 0; i < BATCH; i++) {
        ((uint64_t *)start_info->mfn_list)[pfn[i]] = frame[i];
        map_at(area[i], frame[i], PTE_KERNEL_RW);
    }
}

static long decrease_populate(unsigned int count)
{
    xen_pfn_t list[BATCH];
    long rc = reservation(XENMEM_decrease_reservation, frame, count, 0);

    for (unsigned int i = 0; i < count; i++)
        list[i] = pfn[i];
    rc = rc ?: reservation(XENMEM_populate_physmap, list, count, 0);
    for (unsigned int i = 0; i < count; i++)
        frame[i] = list[i];
    return rc;
}
static long page_1(void)
{
    return decrease_populate(1);
}
static long page_16(void)
{
    return decrease_populate(BATCH);
}

/* A guest-physical address behind all that the guest has. */
static long large(void)
{
    xen_pfn_t big = 0x80000;
    long rc = reservation(XENMEM_populate_physmap, &big, 1, 9);

    return rc ?: reservation(XENMEM_decrease_reservation, &big, 1, 9);
}
/* One of the two counts: the other is time in which it waited. */
static long large_in(void)
{
    xen_pfn_t big = 0x80000;
    long rc = reservation(XENMEM_populate_physmap, &big, 1, 9);
    uint64_t start = ticks();

    rc = rc ?: reservation(XENMEM_decrease_reservation, &big, 1, 9);
    bench_waited += ticks() - start;
    return rc;
}
static long large_out(void)
{
    xen_pfn_t big = 0x80000;
    uint64_t start = ticks();
    long rc = reservation(XENMEM_populate_physmap, &big, 1, 9);

    bench_waited += ticks() - start;
    return rc ?: reservation(XENMEM_decrease_reservation, &big, 1, 9);
}

static long exchange(void)
{
    xen_pfn_t out = pfn[0];
    struct xen_memory_exchange x = {
        .in = { .nr_extents = 1, .domid = DOMID_SELF }, .out = { .nr_extents = 1, .domid = DOMID_SELF } };

    set_xen_guest_handle(x.in.extent_start, &frame[0]);
    set_xen_guest_handle(x.out.extent_start, &out);
    long rc = memory_op(XENMEM_exchange, &x);
    frame[0] = out;
    return rc;
}

static long domid_query(unsigned int cmd)
{
    domid_t self = DOMID_SELF;
    return memory_op(cmd, &self);
}
static long current(void)
{
    return domid_query(XENMEM_current_reservation);
}
static long maximum(void)
{
    return domid_query(XENMEM_maximum_gpfn);
}
static long ram(void)
{
    return memory_op(XENMEM_maximum_ram_page, NULL);
}
static long memory_map(void)
{
    static uint8_t entries[64 * 20];
    struct xen_memory_map map = { .nr_entries = 64 };

    set_xen_guest_handle_raw(map.buffer, (void *)entries);
    return memory_op(XENMEM_machine_memory_map, &map);
}

static const struct bench_op ops[] = {
    {.name = "decrease and populate, 4 KiB", .begin = area_begin, .run = page_1},
    {.name = "decrease and populate, 16 of 4 KiB", .run = page_16, .rounds = 64},
    {.name = "exchange, 4 KiB", .run = exchange, .end = area_end},
    {.name = "populate and decrease, 2 MiB", .run = large, .rounds = 16},
    {.name = "populate, 2 MiB", .run = large_in, .rounds = 16, .waits = true},
    {.name = "decrease, 2 MiB", .run = large_out, .rounds = 16, .waits = true},
    {.name = "memory_op, current reservation", .run = current},
    {.name = "memory_op, maximum gpfn", .run = maximum},
    {.name = "memory_op, maximum RAM page", .run = ram},
    {.name = "memory_op, machine memory map", .run = memory_map},
};
BENCH_TABLE(memory)
