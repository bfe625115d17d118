/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the calls are made with: pages that end where nothing is mapped, a frame without use, an event channel, grants,
 * and for dom0 a domain that never runs.
 */
#include "matrix/matrix.h"

#define UNUSED_L2 0xffffffffbfe00000ul /* addresses that the builder's tables have no entry for, at each level */
#define UNUSED_L3 0xffffff8000000000ul
#define UNUSED_L4 0xffff960000000000ul
#define OTHER_FRAMES 16u
#define FRAME_PAGES  16u

struct world world;

static uint8_t struct_page[2][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t struct_alias[2][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t data_page[3][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t data_alias[2][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t frame_page[FRAME_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t spare_page[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t grant_page[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t ones_page[2][PAGE_SIZE] __attribute__((aligned(4096)));
static uint64_t mfn_list[2], pfn_list[2];
static struct {
    uint64_t frame, pfn, granted, table, l2, l3, l4, l1e, l2e, l3e, l4e;
} fact;

void *world_struct(unsigned int size)
{
    return &struct_page[0][PAGE_SIZE - size];
}

void *world_struct_readonly(unsigned int size)
{
    return &struct_alias[0][PAGE_SIZE - size];
}

uint64_t world_data_readonly(void)
{
    return PTR(data_alias);
}

uint64_t world_data_end(void)
{
    return PTR(&data_page[2]) - 1;
}

uint64_t world_token(uint64_t token)
{
    const uint64_t value[] = {
        [T_DATA ^ TOKEN] = PTR(data_page),
        [T_TAIL ^ TOKEN] = world_data_end(),
        [T_OWN ^ TOKEN] = world.own,
        [T_OTHER ^ TOKEN] = world.other,
        [T_FRAME ^ TOKEN] = fact.frame,
        [T_TABLE ^ TOKEN] = fact.table,
        [T_L1E ^ TOKEN] = fact.l1e,
        [T_L2E ^ TOKEN] = fact.l2e,
        [T_L3E ^ TOKEN] = fact.l3e,
        [T_L4E ^ TOKEN] = fact.l4e,
        [T_SPARE ^ TOKEN] = PTR(spare_page),
        [T_MACHINE ^ TOKEN] = fact.frame * PAGE_SIZE,
        [T_PFN ^ TOKEN] = fact.pfn,
        [T_PORT ^ TOKEN] = world.port,
        [T_PEER ^ TOKEN] = world.peer,
        [T_HYPER ^ TOKEN] = world.hyper,
        [T_SHARED ^ TOKEN] = start_info->shared_info / PAGE_SIZE,
        [T_L2FRAME ^ TOKEN] = fact.l2,
        [T_L3FRAME ^ TOKEN] = fact.l3,
        [T_L4FRAME ^ TOKEN] = fact.l4,
        [T_MFN_LIST ^ TOKEN] = PTR(mfn_list),
        [T_PFN_LIST ^ TOKEN] = PTR(pfn_list),
        [T_ONES ^ TOKEN] = PTR(ones_page),
        [T_GRANTED ^ TOKEN] = fact.granted * PAGE_SIZE,
    };
    return value[token ^ TOKEN];
}

void world_fill(void)
{
    memset(data_page, 0, 2 * PAGE_SIZE);
    data_page[1][PAGE_SIZE - 1] = '\n';
    mfn_list[0] = fact.frame;
    pfn_list[0] = fact.pfn;
}

static domid_t own_id(void)
{
    struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_status status = { .dom = DOMID_SELF };
    struct evtchn_close close;

    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, PTR(&alloc));
    close.port = status.port = alloc.port;
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, PTR(&status));
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, PTR(&close));
    return status.u.unbound.dom;
}

/* The domain whose treatment dom0 tries: it has two vCPUs that were never set and some memory, and is paused. */
static void other_make(void)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_createdomain,
                             .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                             .u.createdomain = { .max_vcpus = 2,
                                                 .max_evtchn_port = 1023,
                                                 .max_grant_frames = 8,
                                                 .max_maptrack_frames = 16,
                                                 .grant_opts = XEN_DOMCTL_GRANT_version(2) } };
    static uint64_t list[OTHER_FRAMES];
    struct xen_memory_reservation r = { .nr_extents = OTHER_FRAMES };

    if (hypercall1(__HYPERVISOR_domctl, PTR(&op)))
        printk("FAIL there is no other domain");
    world.other = op.domain;
    op.cmd = XEN_DOMCTL_max_vcpus;
    op.u.max_vcpus.max = 2;
    hypercall1(__HYPERVISOR_domctl, PTR(&op));
    op.cmd = XEN_DOMCTL_max_mem;
    op.u.max_mem.max_memkb = 2 * OTHER_FRAMES * 4;
    hypercall1(__HYPERVISOR_domctl, PTR(&op));
    for (unsigned int i = 0; i < OTHER_FRAMES; i++)
        list[i] = i;
    r.extent_start.p = list;
    r.domid = world.other;
    if (hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, PTR(&r)) != OTHER_FRAMES)
        printk("FAIL the other domain has no memory");
    world.peer = list[3];
}

static void grants_make(void)
{
    uint64_t list[1];
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };
    struct grant_entry_v1 *entry = (struct grant_entry_v1 *)grant_page;

    set_xen_guest_handle_raw(s.frame_list, list);
    if (hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, PTR(&s), 1) || s.status ||
        map_at(grant_page, list[0], PTE_KERNEL_RW)) {
        printk("FAIL there is no grant table");
        return;
    }
    entry[8] = (struct grant_entry_v1){ .flags = GTF_permit_access, .domid = world.own, .frame = (uint32_t)fact.frame };
    entry[9] = (struct grant_entry_v1){
        .flags = GTF_permit_access | GTF_readonly, .domid = world.own, .frame = (uint32_t)fact.frame };
    entry[10] = (struct grant_entry_v1){ .flags = GTF_permit_access, .domid = 0x77, .frame = (uint32_t)fact.frame };
    entry[11] = (struct grant_entry_v1){ .flags = GTF_accept_transfer, .domid = world.own };
}

static void pages_make(void)
{
    memset(ones_page, 0xff, PAGE_SIZE);
    map_at(struct_alias[0], va_to_mfn(struct_page[0]), PTE_KERNEL_RO);
    map_at(data_alias[0], va_to_mfn(data_page[0]), PTE_KERNEL_RO);
    map_at(struct_alias[1], 0, 0);
    map_at(struct_page[1], 0, 0);
    map_at(data_alias[1], 0, 0);
    map_at(data_page[2], 0, 0);
    map_at(ones_page[1], 0, 0);
    for (unsigned int i = 0; i < FRAME_PAGES; i++)
        map_at(frame_page[i], 0, 0);
    map_at(spare_page, 0, 0);
}

void world_renew(void)
{
    static unsigned int next;

    fact.pfn = va_to_pfn(frame_page[next]);
    fact.frame = pfn_to_mfn(fact.pfn);
    next = (next + 1) % FRAME_PAGES;
}

static void facts_find(void)
{
    fact.granted = va_to_mfn(frame_page[0]);
    world_renew();
    fact.l1e = pte_maddr(spare_page, 1);
    fact.table = fact.l1e / PAGE_SIZE;
    fact.l2e = pte_maddr((void *)UNUSED_L2, 2);
    fact.l2 = fact.l2e / PAGE_SIZE;
    fact.l3e = pte_maddr((void *)UNUSED_L3, 3);
    fact.l3 = fact.l3e / PAGE_SIZE;
    fact.l4e = pte_maddr((void *)UNUSED_L4, 4);
    fact.l4 = fact.l4e / PAGE_SIZE;
    world.hyper = (*pte_of((void *)MACH2PHYS_VIRT_START, 4) & 0x000ffffffffff000ul) / PAGE_SIZE;
}

void world_make(void)
{
    world.own = is_dom0() ? 0 : own_id();
    facts_find();
    pages_make();
    if (is_dom0())
        other_make();
    else
        world.peer = guest_option("foreign", 0);
    grants_make();
    after_ports();
}
