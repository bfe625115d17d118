/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two vCPUs at the same frames. After an operation that takes a right away has returned, the other vCPU does not have
 * it any more; and whatever two do to the same frame at once, its counts are right at the end: it can be given up, and
 * become anything.
 */
#include "selftest/selftest.h"

#define ROUNDS     1500u
#define HANDLE_REF 20 /* used by no other test: a handle that cannot be unmapped any more holds its grant */

static uint8_t used_page[PAGE_SIZE] __attribute__((aligned(4096)));
static volatile uint64_t *const word = (volatile uint64_t *)used_page;
static volatile unsigned int stage;
static volatile bool faulted;
static volatile uint64_t refused_here, refused_there;

static long extended(unsigned int cmd, uint64_t mfn)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static long map_all(const void *va, uint64_t mfn, uint64_t flags, uint64_t flush)
{
    return hypercall3(__HYPERVISOR_update_va_mapping, PTR(va), flags ? mfn << 12 | flags : 0, flush);
}

static volatile bool go;

static void second_waits_then_stores(void)
{
    *word = 2; /* the translation is in this TLB now */
    stage = 1;
    while (!go)
        __asm__ volatile("pause");
    faulted = second_store_faults(word, ~0ul);
}

static void ready(void)
{
    map_all(used_page, va_to_mfn(used_page), PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL);
    memset(used_page, 0, PAGE_SIZE);
    go = faulted = false;
    stage = 0;
    second_run(second_waits_then_stores);
    while (stage != 1)
        __asm__ volatile("pause");
}

static void fire(const char *name)
{
    go = true;
    second_wait();
    check_true(name, faulted);
}

/* Whether the other vCPU's CPU still has the translation is up to it: it must not matter. */
static void stale_translations(void)
{
    uint64_t mfn = va_to_mfn(used_page), mask = 2;

    ready();
    map_all(used_page, 0, 0, UVMF_INVLPG | UVMF_ALL);
    fire("unmapped with a flush everywhere: the other vCPU faults");
    ready();
    map_all(used_page, mfn, PTE_KERNEL_RO, UVMF_TLB_FLUSH | PTR(&mask));
    fire("read-only with a flush of that vCPU: it faults");
    ready();
    map_all(used_page, mfn, PTE_KERNEL_RO, 0);
    check_rc("read-only, not flushed, a table now (286, 401)", 0, extended(MMUEXT_PIN_L1_TABLE, mfn));
    fire("... the other vCPU's store of what no table may hold faults");
    check("... nothing was written", 2, *word);
    extended(MMUEXT_UNPIN_TABLE, mfn);
    ready();
    uint64_t frame = mfn;
    struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };
    set_xen_guest_handle_raw(r.extent_start, (xen_pfn_t *)&frame);
    map_all(used_page, 0, 0, 0);
    check_rc("unmapped, not flushed, given up", 1,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r)));
    fire("... the other vCPU faults");
    check_rc("... it is nobody's", -EBUSY, map_all(used_page, mfn, PTE_KERNEL_RO, 0));
    frame = va_to_pfn(used_page);
    check_rc("a page instead of it", 1, hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, PTR(&r)));
    ((uint64_t *)start_info->mfn_list)[va_to_pfn(used_page)] = frame;
    check_rc("... is mapped", 0, map_all(used_page, frame, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL));
}

/* What both do to page_b and page_c, with different strides. */
static void hammer(unsigned int seed, volatile uint64_t *refused)
{
    uint64_t b = va_to_mfn(page_b), c = va_to_mfn(page_c);

    for (unsigned int i = 0; i < ROUNDS; i++) {
        unsigned int what = (i * seed + i / 7) % 11;
        uint64_t m = i & seed ? b : c;
        const void *va = i % 3 ? page_b : page_c;
        long rc;

        switch (what) {
        case 0:
        case 1:
            rc = extended(MMUEXT_PIN_L1_TABLE, m);
            break;
        case 2:
        case 3:
            rc = extended(MMUEXT_UNPIN_TABLE, m);
            break;
        case 4:
            rc = extended(MMUEXT_PIN_L2_TABLE + i % 3, m);
            break;
        case 5:
            rc = map_all(va, m, PTE_KERNEL_RO, 0);
            break;
        case 6:
            rc = map_all(va, m, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL);
            break;
        case 7:
            rc = extended(MMUEXT_CLEAR_PAGE, m);
            break;
        case 8:
            rc = map_all(va, 0, 0, 0);
            break;
        case 9:
            rc = hypercall2(__HYPERVISOR_update_descriptor, m << 12 | 8 * (i % 512), 0);
            break;
        default:
            rc = hypercall2(__HYPERVISOR_set_gdt, PTR(&m), i & 1 ? 16 : 0);
            break;
        }
        *refused += rc < 0;
    }
    uint64_t none = 0;
    hypercall2(__HYPERVISOR_set_gdt, PTR(&none), 0);
}

static void hammer_there(void)
{
    hammer(5, &refused_there);
}

static void counts_are_right(const char *name)
{
    uint64_t b = va_to_mfn(page_b), c = va_to_mfn(page_c);

    while (!extended(MMUEXT_UNPIN_TABLE, b) || !extended(MMUEXT_UNPIN_TABLE, c))
        ;
    map_all(page_b, 0, 0, 0);
    map_all(page_c, 0, 0, UVMF_TLB_FLUSH | UVMF_ALL);
    check_rc(name, 0,
             map_all(page_b, b, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL) |
                 map_all(page_c, c, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL));
    memset(page_b, 0, 2 * PAGE_SIZE);
    check_rc("... and can become tables", 0,
             map_all(page_b, b, PTE_KERNEL_RO, 0) | map_all(page_c, c, PTE_KERNEL_RO, 0) |
                 extended(MMUEXT_PIN_L4_TABLE, b) | extended(MMUEXT_PIN_L1_TABLE, c));
    check_rc("... and pages", 0,
             extended(MMUEXT_UNPIN_TABLE, b) | extended(MMUEXT_UNPIN_TABLE, c) |
                 map_all(page_b, b, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL) |
                 map_all(page_c, c, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL));
}

static void tables(void)
{
    second_run(hammer_there);
    hammer(3, &refused_here);
    second_wait();
    printk("refused here %lu, there %lu of %u", refused_here, refused_there, ROUNDS);
    counts_are_right("after 3000 changes by two vCPUs both frames are pages");
}

/* Entries of one table, changed by both, as tables come and go behind them (299, 310). */
static void entry_race(uint64_t flags)
{
    uint64_t b = va_to_mfn(page_b), *upper = pte_of(page_a, 2);
    uint64_t slot = (va_to_mfn(upper) << 12) + 300 * sizeof(uint64_t);

    for (unsigned int i = 0; i < ROUNDS; i++) {
        struct mmu_update u = { .ptr = slot, .val = i & 1 ? b << 12 | flags : 0 };
        hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
    }
    hypercall4(__HYPERVISOR_mmu_update, PTR(&(struct mmu_update){ .ptr = slot }), 1, 0, DOMID_SELF);
}

static void entry_race_there(void)
{
    entry_race(PTE_P | PTE_US);
}

static void entries(void)
{
    memset(page_b, 0, PAGE_SIZE);
    map_all(page_b, va_to_mfn(page_b), PTE_KERNEL_RO, UVMF_INVLPG | UVMF_ALL);
    second_run(entry_race_there);
    entry_race(PTE_P | PTE_RW | PTE_US);
    second_wait();
    counts_are_right("after a table was put in and out by both it is a page");
}

static struct gnttab_map_grant_ref grant_map(const void *va)
{
    struct gnttab_map_grant_ref m = {
        .host_addr = PTR(va), .flags = GNTMAP_host_map, .ref = HANDLE_REF, .dom = own_id() };

    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, PTR(&m), 1);
    return m;
}

/* Each maps the same grant at its own place (224, 228, 230). */
static void grant_race(void *va)
{
    for (unsigned int i = 0; i < ROUNDS / 4; i++) {
        struct gnttab_map_grant_ref m = grant_map(va);
        struct gnttab_unmap_grant_ref u = { .host_addr = PTR(va), .handle = m.handle };

        if (!m.status)
            hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, PTR(&u), 1);
    }
}

static void grant_race_there(void)
{
    grant_race(page_b);
}

static void grants(void)
{
    static volatile struct grant_entry_v1 *table;
    uint64_t frame = 0, *pte;
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };
    uint64_t c = va_to_mfn(page_c);

    set_xen_guest_handle_raw(s.frame_list, (xen_pfn_t *)&frame);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, PTR(&s), 1);
    map_all(page_a, frame, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL);
    table = (void *)page_a;
    pte = pte_of(page_b, 1);
    table[HANDLE_REF].domid = own_id();
    table[HANDLE_REF].frame = (uint32_t)va_to_mfn(user_stack);
    table[HANDLE_REF].flags = GTF_permit_access;
    second_run(grant_race_there);
    grant_race(page_c);
    second_wait();
    check("after two vCPUs mapped and unmapped one grant it is free", GTF_permit_access, table[HANDLE_REF].flags);
    table[HANDLE_REF].flags = 0;
    check("... and no mapping is left", 0, *pte & PTE_P);
    map_all(page_a, pfn_to_mfn(va_to_pfn(page_a)), PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL);
    map_all(page_b, va_to_mfn(page_b), PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL);
    map_all(page_c, c, PTE_KERNEL_RW, UVMF_INVLPG | UVMF_ALL);
}

/* Channels opened and closed by both, with events on their way (343, 358, 359). */
static void channels_race(unsigned int vcpu)
{
    for (unsigned int i = 0; i < ROUNDS / 4; i++) {
        struct evtchn_bind_ipi b = { .vcpu = vcpu };

        if (hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, PTR(&b)))
            continue;
        struct evtchn_send s = { .port = b.port ^ (i & 3) };
        hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, PTR(&s));
        if (i % 64 == 63)
            hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, PTR(&(struct evtchn_reset){ DOMID_SELF }));
        hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, PTR(&(struct evtchn_close){ b.port }));
    }
}

static void channels_race_there(void)
{
    channels_race(0);
}

static void channels(void)
{
    struct evtchn_bind_ipi b = { .vcpu = 1 };

    second_run(channels_race_there);
    channels_race(1);
    second_wait();
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, PTR(&(struct evtchn_reset){ DOMID_SELF }));
    check_rc("after two vCPUs opened and closed channels there are some", 0,
             hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, PTR(&b)));
    check_in("... from the first on", 1, 2, b.port);
}

void test_races(void)
{
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    if (!second_start()) {
        printk("SKIP there is no second vCPU");
        return;
    }
    stale_translations();
    tables();
    entries();
    grants();
    channels();
    test_races_for_locks();
    test_changing_code();
}
