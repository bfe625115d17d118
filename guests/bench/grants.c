/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grants of one's own pages to oneself. */
#include "bench/bench.h"

#define REF   9u
#define LIST  32u
#define BATCH 64u

static domid_t self;
static volatile struct grant_entry_v1 *entry;

static long grant_op(unsigned int cmd, void *op, unsigned int count)
{
    return hypercall3(__HYPERVISOR_grant_table_op, cmd, PTR(op), count);
}

static long setup(void)
{
    static xen_pfn_t frames[1];
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };

    set_xen_guest_handle(s.frame_list, frames);
    long rc = grant_op(GNTTABOP_setup_table, &s, 1);
    if (!rc && !s.status && !entry) {
        rc = map_at(page_c, frames[0], PTE_KERNEL_RW);
        entry = (void *)page_c;
        entry[REF].domid = self;
        entry[REF].frame = (uint32_t)va_to_mfn(page_a);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        entry[REF].flags = GTF_permit_access;
    }
    return rc ?: -(long)(s.status != 0);
}

static long map_unmap(uint64_t at, unsigned int flags)
{
    struct gnttab_map_grant_ref m = { .host_addr = at, .flags = flags, .ref = REF, .dom = self, .status = 99 };
    long rc = grant_op(GNTTABOP_map_grant_ref, &m, 1);

    if (rc || m.status)
        return rc ?: m.status;
    struct gnttab_unmap_grant_ref u = {
        .host_addr = flags & GNTMAP_host_map ? at : 0, .dev_bus_addr = flags & GNTMAP_device_map ? m.dev_bus_addr : 0,
        .handle = m.handle, .status = 99 };
    rc = grant_op(GNTTABOP_unmap_grant_ref, &u, 1);
    return rc ?: u.status;
}
static long map_begin(void)
{
    return map_at(page_b, 0, 0);
}
static void map_end(void)
{
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}
static long map(void)
{
    return map_unmap(PTR(page_b), GNTMAP_host_map);
}
static long map_read_only(void)
{
    return map_unmap(PTR(page_b), GNTMAP_host_map | GNTMAP_readonly);
}
static long map_pte(void)
{
    return map_unmap(pte_maddr(page_b, 1), GNTMAP_host_map | GNTMAP_contains_pte);
}
static long map_device(void)
{
    return map_unmap(PTR(page_b), GNTMAP_host_map | GNTMAP_device_map);
}

/* Lists: LIST grants of as many frames. */
static uint8_t window[LIST][PAGE_SIZE] __attribute__((aligned(4096)));
static struct gnttab_map_grant_ref map_list_op[LIST];
static struct gnttab_unmap_grant_ref unmap_list_op[LIST];

static long list_begin(void)
{
    long rc = 0;

    for (unsigned int i = 0; i < LIST; i++) {
        volatile struct grant_entry_v1 *e = &entry[REF + 1 + i];
        e->domid = self;
        e->frame = (uint32_t)va_to_mfn(window[i]);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        e->flags = GTF_permit_access;
        rc = rc ?: map_at(window[i], 0, 0);
    }
    return rc;
}
static void list_end(void)
{
    for (unsigned int i = 0; i < LIST; i++) {
        map_at(window[i], entry[REF + 1 + i].frame, PTE_KERNEL_RW);
        entry[REF + 1 + i].flags = 0;
    }
}
static long list_map(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        map_list_op[i] = (struct gnttab_map_grant_ref){
            .host_addr = PTR(window[i]), .flags = GNTMAP_host_map, .ref = REF + 1 + i, .dom = self, .status = 99 };
    long rc = grant_op(GNTTABOP_map_grant_ref, map_list_op, count);
    return rc ?: map_list_op[count - 1].status;
}
static long list_unmap(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        unmap_list_op[i] = (struct gnttab_unmap_grant_ref){
            .host_addr = PTR(window[i]), .handle = map_list_op[i].handle, .status = 99 };
    long rc = grant_op(GNTTABOP_unmap_grant_ref, unmap_list_op, count);
    return rc ?: unmap_list_op[count - 1].status;
}
/* One of the two counts: the other is time in which it waited. */
static long list_in(unsigned int count)
{
    long rc = list_map(count);
    uint64_t start = ticks();

    rc = rc ?: list_unmap(count);
    bench_waited += ticks() - start;
    return rc;
}
static long list_out(unsigned int count)
{
    uint64_t start = ticks();
    long rc = list_map(count);

    bench_waited += ticks() - start;
    return rc ?: list_unmap(count);
}
static long map_1(void)
{
    return list_in(1);
}
static long unmap_1(void)
{
    return list_out(1);
}
static long map_32(void)
{
    return list_in(LIST);
}
static long unmap_32(void)
{
    return list_out(LIST);
}

static struct gnttab_copy list[BATCH];

static void copy_fill(unsigned int i, unsigned int len, bool from_grant)
{
    struct gnttab_copy *c = &list[i];

    *c = (struct gnttab_copy){ .len = (uint16_t)len };
    c->source.domid = c->dest.domid = DOMID_SELF;
    c->source.u.gmfn = va_to_mfn(page_a);
    c->dest.u.gmfn = va_to_mfn(page_b);
    if (!from_grant)
        return;
    c->source.domid = self;
    c->source.u.ref = REF;
    c->flags = GNTCOPY_source_gref;
}
static long copy(unsigned int count)
{
    long rc = grant_op(GNTTABOP_copy, list, count);
    return rc ?: list[count - 1].status;
}
static long copy_begin_64(void)
{
    copy_fill(0, 64, true);
    return 0;
}
static long copy_begin_4096(void)
{
    copy_fill(0, 4096, true);
    return 0;
}
static long copy_begin_frames(void)
{
    copy_fill(0, 64, false);
    return 0;
}
static long copy_begin_batch(void)
{
    for (unsigned int i = 0; i < BATCH; i++)
        copy_fill(i, 64, true);
    return 0;
}
static long copy_1(void)
{
    return copy(1);
}
static long copy_batch(void)
{
    return copy(BATCH);
}
static long query_size(void)
{
    struct gnttab_query_size q = { .dom = DOMID_SELF };
    long rc = grant_op(GNTTABOP_query_size, &q, 1);
    return rc ?: q.status;
}
static long get_version(void)
{
    struct gnttab_get_version g = { .dom = DOMID_SELF };
    return grant_op(GNTTABOP_get_version, &g, 1);
}

static const struct bench_op ops[] = {
    {.name = "grant, setup_table", .run = setup},
    {.name = "grant, query_size", .run = query_size},
    {.name = "grant, get_version", .run = get_version},
    {.name = "grant, map and unmap", .begin = map_begin, .run = map},
    {.name = "grant, map and unmap read-only", .run = map_read_only},
    {.name = "grant, map and unmap by entry", .run = map_pte},
    {.name = "grant, map and unmap for a device", .run = map_device, .end = map_end},
    {.name = "grant, map", .begin = list_begin, .run = map_1, .waits = true},
    {.name = "grant, unmap", .run = unmap_1, .waits = true},
    {.name = "grant, map 32", .run = map_32, .rounds = 64, .waits = true},
    {.name = "grant, unmap 32", .run = unmap_32, .rounds = 64, .waits = true, .end = list_end},
    {.name = "grant, copy 64 bytes", .begin = copy_begin_64, .run = copy_1},
    {.name = "grant, copy 4096 bytes", .begin = copy_begin_4096, .run = copy_1},
    {.name = "grant, copy 64 bytes by frames", .begin = copy_begin_frames, .run = copy_1},
    {.name = "grant, copy 64 of 64 bytes", .begin = copy_begin_batch, .run = copy_batch, .rounds = 64},
};
BENCH_TABLE(grants)
