/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings of grants that are taken apart in every other way than they were made: twice, half, by an entry that was
 * changed meanwhile; and lists of operations, each of which has a result. The numbers are those of public advisories.
 */
#include "selftest/selftest.h"

#define REF       30
#define MANY      5000u /* more handles than a small domain has */
#define COPIES    600u
#define UNTOUCHED 77

static volatile struct grant_entry_v1 *table_v1 = (void *)page_c;

static long op(unsigned int cmd, void *arg, unsigned int count)
{
    return hypercall3(__HYPERVISOR_grant_table_op, cmd, PTR(arg), count);
}

static struct gnttab_map_grant_ref map(uint64_t where, uint32_t flags)
{
    struct gnttab_map_grant_ref m = { .host_addr = where, .flags = flags, .ref = REF, .dom = own_id(), .status = 99 };

    op(GNTTABOP_map_grant_ref, &m, 1);
    return m;
}

static int unmap(uint64_t where, uint64_t bus, uint32_t handle)
{
    struct gnttab_unmap_grant_ref u = { .host_addr = where, .dev_bus_addr = bus, .handle = handle, .status = 99 };

    op(GNTTABOP_unmap_grant_ref, &u, 1);
    return u.status;
}

static uint16_t in_use(void)
{
    return table_v1[REF].flags & (GTF_reading | GTF_writing);
}

static void table(void)
{
    uint64_t frame = 0;
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };

    set_xen_guest_handle_raw(s.frame_list, (xen_pfn_t *)&frame);
    check_rc("the grant table", 0, op(GNTTABOP_setup_table, &s, 1) | s.status);
    check_rc("... is mapped", 0, map_at(page_c, frame, PTE_KERNEL_RW));
    table_v1[REF].domid = own_id();
    table_v1[REF].frame = (uint32_t)va_to_mfn(page_a);
    table_v1[REF].flags = GTF_permit_access;
}

/* The bits that tell the granter what is still done to its page go when the last one who does it goes (230). */
static void bits(void)
{
    uint64_t bus = va_to_mfn(page_a) * PAGE_SIZE;
    struct gnttab_map_grant_ref write = map(PTR(page_b), GNTMAP_host_map),
                                read = map(0, GNTMAP_device_map | GNTMAP_readonly), device = map(0, GNTMAP_device_map);

    check_rc("mapped to write, to read and for a device", 0, write.status | read.status | device.status);
    check("... it is read and written", GTF_reading | GTF_writing, in_use());
    check_rc("unmapping the first", 0, unmap(PTR(page_b), 0, write.handle));
    check("... it is read and written still (230)", GTF_reading | GTF_writing, in_use());
    check_rc("unmapping the writable one of the device", 0, unmap(0, bus, device.handle));
    check("... it is read (230)", GTF_reading, in_use());
    check_rc("unmapping the last", 0, unmap(0, bus, read.handle));
    check("... it is not used (230)", 0, in_use());
}

/* The entry is still there, but not as it was made: what would go is not what came (234). */
static void changed_entries(bool by_entry)
{
    uint64_t mfn = va_to_mfn(page_a), where = by_entry ? pte_maddr(page_b, 1) : PTR(page_b);
    uint32_t flags = GNTMAP_host_map | (by_entry ? GNTMAP_contains_pte : 0);
    struct gnttab_map_grant_ref m = map(where, flags);

    check_rc(by_entry ? "a mapping by its entry" : "a mapping", 0, m.status);
    check_rc("... made read-only", 0, map_at(page_b, mfn, PTE_KERNEL_RO));
    check_true("... is not there to unmap (234)", unmap(where, 0, m.handle) < 0);
    check_rc("... made not present", 0, map_at(page_b, mfn, PTE_RW | PTE_A));
    check_true("... is not there to unmap (234)", unmap(where, 0, m.handle) < 0);
    check_rc("... made of another page", 0, map_at(page_b, va_to_mfn(user_stack), PTE_KERNEL_RW));
    check_true("... is not there to unmap (234)", unmap(where, 0, m.handle) < 0);
    check("... and the grant is in use", GTF_reading | GTF_writing, in_use());
    check_rc("... made as it was", 0, map_at(page_b, mfn, PTE_KERNEL_RW));
    check_rc("... unmapped", 0, unmap(where, 0, m.handle));
    check("... and not in use", 0, in_use());
    m = map(PTR(page_b), GNTMAP_host_map | GNTMAP_readonly);
    check_rc("a read-only mapping", 0, m.status);
    check_rc("... made writable", 0, map_at(page_b, mfn, PTE_KERNEL_RW));
    check_true("... is not there to unmap (234)", unmap(PTR(page_b), 0, m.handle) < 0);
    check_rc("... made as it was", 0, map_at(page_b, mfn, PTE_KERNEL_RO));
    check_rc("... unmapped", 0, unmap(PTR(page_b), 0, m.handle));
}

/* One handle twice in a list, and after it has gone (218, 228). */
static void handles(void)
{
    struct gnttab_map_grant_ref m = map(PTR(page_b), GNTMAP_host_map);
    struct gnttab_unmap_grant_ref u[3];
    const uint32_t bad[] = { ~0u, 0x7fffffff, 0x10000000, m.handle + 4096 };
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(u); i++)
        u[i] = (struct gnttab_unmap_grant_ref){ .host_addr = PTR(page_b), .handle = m.handle, .status = 99 };
    check_rc("unmapping one handle three times in a list", 0, op(GNTTABOP_unmap_grant_ref, u, ARRAY_SIZE(u)));
    check_rc("... the first time", 0, u[0].status);
    check_true("... it is gone the second and third time (218, 228)", u[1].status < 0 && u[2].status < 0);
    check("... and the grant is not in use", 0, in_use());
    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
        accepted += unmap(PTR(page_b), 0, bad[i]) >= 0;
    check("handles that are none: accepted", 0, accepted);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

/* Unmapping in two steps, each of them twice (224, 394). */
static void halves(void)
{
    uint64_t bus = va_to_mfn(page_a) * PAGE_SIZE;
    struct gnttab_map_grant_ref m = map(PTR(page_b), GNTMAP_host_map | GNTMAP_device_map);
    struct gnttab_unmap_grant_ref u[4] = {
        {.dev_bus_addr = bus,      .handle = m.handle},
        {.dev_bus_addr = bus,      .handle = m.handle},
        {.host_addr = PTR(page_b), .handle = m.handle},
        {.host_addr = PTR(page_b), .handle = m.handle},
    };

    check_rc("a mapping for host and device", 0, m.status);
    check_rc("unmapping each of them twice in a list", 0, op(GNTTABOP_unmap_grant_ref, u, ARRAY_SIZE(u)));
    check_rc("... the device's, the host's", 0, u[0].status | u[2].status);
    check_true("... and nothing after them (394)", u[3].status < 0);
    check("... the grant is not in use (394)", 0, in_use());
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

/* Handles come to an end; none is lost on the way. */
static void all_handles(void)
{
    uint64_t bus = va_to_mfn(page_a) * PAGE_SIZE;
    static uint32_t handle[MANY];
    unsigned int n = 0, refused = 0;
    struct gnttab_map_grant_ref m = { 0 };

    for (n = 0; n < MANY && !(m = map(0, GNTMAP_device_map)).status; n++)
        handle[n] = m.handle;
    check_true("as many mappings as there may be", n == MANY || m.status < 0);
    for (unsigned int i = 0; i < n; i++)
        refused += unmap(0, bus, handle[i]) != 0;
    check("... each is unmapped", 0, refused);
    check("... and the grant is not in use", 0, in_use());
    m = map(0, GNTMAP_device_map);
    check_rc("... and there are handles again", 0, m.status);
    unmap(0, bus, m.handle);
}

static const struct {
    uint64_t host_addr;
    uint32_t flags, ref;
    domid_t dom;
} bad_map[] = {
    {0xffff830000000000ul, GNTMAP_host_map,                       REF,        DOMID_SELF},
    {0,                    GNTMAP_host_map,                       ~0u,        DOMID_SELF},
    {0,                    GNTMAP_host_map,                       0x7fffffff, DOMID_SELF},
    {0,                    GNTMAP_host_map,                       REF,        0x7000    },
    {0,                    GNTMAP_host_map,                       REF,        DOMID_IO  },
    {0,                    GNTMAP_host_map,                       REF,        DOMID_XEN },
    {0,                    0,                                     REF,        DOMID_SELF},
    {0,                    GNTMAP_application_map,                REF,        DOMID_SELF},
    {0,                    0x20,                                  REF,        DOMID_SELF},
    {0x0000800000000000ul, GNTMAP_host_map | GNTMAP_device_map,   REF,        DOMID_SELF},
    {~0ul,                 GNTMAP_host_map | GNTMAP_contains_pte, REF,        DOMID_SELF},
    {1ul << 52,            GNTMAP_host_map | GNTMAP_contains_pte, REF,        DOMID_SELF},
    {0xf0000,              GNTMAP_host_map | GNTMAP_contains_pte, REF,        DOMID_SELF},
};

/* An error is negative and 0 is success: there is no third (316). */
static void results(void)
{
    unsigned int odd = 0, accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(bad_map); i++) {
        struct gnttab_map_grant_ref m = { .host_addr = bad_map[i].host_addr ?: PTR(page_b),
                                          .flags = bad_map[i].flags,
                                          .ref = bad_map[i].ref,
                                          .dom = bad_map[i].dom == DOMID_SELF ? own_id() : bad_map[i].dom,
                                          .status = UNTOUCHED };
        long rc = op(GNTTABOP_map_grant_ref, &m, 1);
        odd += rc > 0 || m.status > 0;
        accepted += !rc && !m.status;
    }
    check("mappings that cannot be: accepted", 0, accepted);
    check("... with a result that is neither success nor error (316)", 0, odd);
    check("... the grant is not in use", 0, in_use());
}

/* With an event waiting, a long list is done in parts: in all of its parts (318). */
static void long_lists(void)
{
    static struct gnttab_copy c[COPIES];
    unsigned int left = 0;
    uint64_t before = events_seen;

    for (unsigned int i = 0; i < COPIES; i++)
        c[i] = (struct gnttab_copy){
            .source = { .u.gmfn = va_to_mfn(page_a), .domid = DOMID_SELF },
            .dest = { .u.gmfn = va_to_mfn(page_b), .domid = DOMID_SELF },
            .len = 8,
            .status = UNTOUCHED
        };
    shared_info->vcpu_info[0].evtchn_upcall_mask = 0;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 1;
    check_rc("many copies while an event waits", 0, op(GNTTABOP_copy, c, COPIES));
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    for (unsigned int i = 0; i < COPIES; i++)
        left += c[i].status != 0;
    check("... not done (318)", 0, left);
    check_true("... the event came", events_seen > before);
}

/* Moving a page away: nobody's that is a table, mapped, not there (214, 217). */
static void transfers(void)
{
    static const char *const name[] = { "giving away a page table (214)", "... a page that is mapped (217)",
                                        "... firmware's page", "... what does not exist" };
    const uint64_t mfn[] = { va_to_mfn((void *)start_info->pt_base), va_to_mfn(page_a), 0xf0, 0xfffffffffful };

    for (unsigned int i = 0; i < ARRAY_SIZE(mfn); i++) {
        struct gnttab_transfer t = { .mfn = mfn[i], .domid = own_id(), .ref = REF, .status = UNTOUCHED };
        op(GNTTABOP_transfer, &t, 1);
        check_true(name[i], t.status < 0);
    }
    check_rc("... the page is still ours", 0, map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RW));
}

/* The way to replace one mapping by another: to nowhere, to the hypervisor, to itself. */
static void replaced(void)
{
    static const uint64_t to[] = { 0xffff830000000000ul, 1ul << 47, 0x1000 };
    struct gnttab_map_grant_ref m = map(PTR(page_b), GNTMAP_host_map);
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(to); i++) {
        struct gnttab_unmap_and_replace r = {
            .host_addr = PTR(page_b), .new_addr = to[i], .handle = m.handle, .status = UNTOUCHED };
        op(GNTTABOP_unmap_and_replace, &r, 1);
        accepted += r.status >= 0;
    }
    check("replaced by what is nowhere: accepted", 0, accepted);
    check_rc("... it can be unmapped still", 0, unmap(PTR(page_b), 0, m.handle));
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

/* Lines of the cache of pages that belong to nobody who has a grant table (232). */
static void cache_lines(void)
{
    const uint64_t frame[] = { 0, 0xb8, 0xf0, 0xfee00, 0xfffffffffful };
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(frame); i++)
        for (uint32_t how = GNTTAB_CACHE_CLEAN; how <= (GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL); how++) {
            struct gnttab_cache_flush f = {
                .a.dev_bus_addr = frame[i] * PAGE_SIZE, .offset = 0, .length = 64, .op = how };
            accepted += op(GNTTABOP_cache_flush, &f, 1) >= 0;
            f.offset = PAGE_SIZE - 32;
            accepted += op(GNTTABOP_cache_flush, &f, 1) >= 0;
        }
    check("cache lines of pages that are nobody's: accepted (232)", 0, accepted);
}

void test_advisories_mappings(void)
{
    table();
    bits();
    changed_entries(false);
    changed_entries(true);
    handles();
    halves();
    all_handles();
    results();
    long_lists();
    transfers();
    replaced();
    cache_lines();
    table_v1[REF].flags = 0;
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
    map_at(page_c, pfn_to_mfn(va_to_pfn(page_c)), PTE_KERNEL_RW);
}
