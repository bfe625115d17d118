/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grants to ourselves: what is mapped is counted, what is unmapped is forgotten, and only what was mapped can be. */
#include "selftest/selftest.h"

#define REF 9

static volatile struct grant_entry_v1 *entry = (void *)page_c;

static long grant_op(unsigned int cmd, void *op)
{
    return hypercall3(__HYPERVISOR_grant_table_op, cmd, PTR(op), 1);
}

static long pin(uint64_t mfn, bool on)
{
    struct mmuext_op op = { .cmd = on ? MMUEXT_PIN_L1_TABLE : MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static int map(uint64_t where, unsigned int flags, uint32_t *handle)
{
    struct gnttab_map_grant_ref m = { .host_addr = where, .flags = flags, .ref = REF, .dom = own_id(), .status = 99 };

    grant_op(GNTTABOP_map_grant_ref, &m);
    *handle = m.handle;
    return m.status;
}

static int unmap(uint64_t where, uint64_t bus, uint32_t handle)
{
    struct gnttab_unmap_grant_ref u = { .host_addr = where, .dev_bus_addr = bus, .handle = handle, .status = 99 };

    grant_op(GNTTABOP_unmap_grant_ref, &u);
    return u.status;
}

static void table(void)
{
    uint64_t frame = 0;
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };

    set_xen_guest_handle_raw(s.frame_list, (xen_pfn_t *)&frame);
    check_rc("a grant table", 0, grant_op(GNTTABOP_setup_table, &s));
    check_rc("... its status", GNTST_okay, s.status);
    check_rc("... is mapped", 0, map_at(page_c, frame, PTE_KERNEL_RW));
    entry[REF].domid = own_id();
    entry[REF].frame = (uint32_t)va_to_mfn(page_a);
    entry[REF].flags = GTF_permit_access;
}

static void addresses(void)
{
    uint32_t h;

    check_true("a mapping at the hypervisor's address", map(0xffff830000000000ul, GNTMAP_host_map, &h) < 0);
    check_true("a mapping at an address that is not canonical", map(1ul << 47, GNTMAP_host_map, &h) < 0);
    check_true("a mapping by a misaligned entry (227)",
               map(pte_maddr(page_b, 1) + 1, GNTMAP_host_map | GNTMAP_contains_pte, &h) < 0);
    check_true("a mapping by an entry across two (227)",
               map(pte_maddr(page_b, 1) + 4, GNTMAP_host_map | GNTMAP_contains_pte, &h) < 0);
    check_true("a mapping by a level 2 entry (227)",
               map(pte_maddr(page_b, 2), GNTMAP_host_map | GNTMAP_contains_pte, &h) < 0);
    check_true("a mapping by an entry in no table",
               map(va_to_mfn(page_a) << 12, GNTMAP_host_map | GNTMAP_contains_pte, &h) < 0);
    check_true("a mapping of no kind", map(PTR(page_b), 0, &h) < 0);
    check("... none of them is counted", GTF_permit_access, entry[REF].flags);
}

static void mapped(void)
{
    uint32_t h, other;
    uint64_t mfn = va_to_mfn(page_a);

    check_rc("a mapping for host and device", 0, map(PTR(page_b), GNTMAP_host_map | GNTMAP_device_map, &h));
    check_rc("... the page being read-only otherwise", 0, map_at(page_a, mfn, PTE_KERNEL_RO));
    check_true("... it cannot become a table (224)", pin(mfn, true) < 0);
    check_true("unmapping by another address (234)", unmap(PTR(page_a), 0, h) < 0);
    check_true("unmapping by another bus address", unmap(0, 0x1000, h) < 0);
    check_true("unmapping by another handle", unmap(PTR(page_b), 0, h + 1000) < 0);
    check_rc("unmapping the host's", 0, unmap(PTR(page_b), 0, h));
    check_true("... it is still written to by the device", entry[REF].flags & GTF_writing);
    check_rc("unmapping the device's", 0, unmap(0, mfn << 12, h));
    check("... now it is free (224)", GTF_permit_access, entry[REF].flags);
    check_true("unmapping once more (224)", unmap(PTR(page_b), 0, h) < 0);
    map_at(page_a, mfn, PTE_KERNEL_RW);
    memset(page_a, 0, PAGE_SIZE);
    check_rc("... read-only", 0, map_at(page_a, mfn, PTE_KERNEL_RO));
    check_rc("... it can become a table", 0, pin(mfn, true));
    check_true("... and then cannot be mapped writable (217)", map(PTR(page_b), GNTMAP_host_map, &other) < 0);
    check_rc("... and ceases to be one", 0, pin(mfn, false));
    check_rc("... and writable again", 0, map_at(page_a, mfn, PTE_KERNEL_RW));
}

static void readonly(void)
{
    uint32_t h;

    entry[REF].flags = GTF_permit_access | GTF_readonly;
    check_true("a writable mapping of a read-only grant", map(PTR(page_b), GNTMAP_host_map, &h) < 0);
    check_rc("a read-only one", 0, map(PTR(page_b), GNTMAP_host_map | GNTMAP_readonly, &h));
    TRY("movb $1, (%0)", : : "r"(page_b) : "memory");
    check_trap("... is read-only", 14, 3);
    check_rc("overwriting its entry", 0, map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW));
    check_true("... then it is not there to unmap (234)", unmap(PTR(page_b), 0, h) < 0);
    entry[REF + 1] = (struct grant_entry_v1){ .domid = own_id(), .frame = 0xf0, .flags = GTF_permit_access };
    struct gnttab_map_grant_ref m = {
        .host_addr = PTR(page_b), .flags = GNTMAP_host_map, .ref = REF + 1, .dom = own_id() };
    grant_op(GNTTABOP_map_grant_ref, &m);
    check_true("a grant of what we do not own", m.status < 0);
}

static void copies(void)
{
    struct gnttab_copy c = {
        .source = { .u.gmfn = va_to_mfn(page_a),                      .domid = DOMID_SELF },
        .dest = { .u.gmfn = va_to_mfn((void *)start_info->pt_base), .domid = DOMID_SELF },
        .len = 8
    };

    grant_op(GNTTABOP_copy, &c);
    check_true("copying to a page table", c.status < 0);
    c.dest.u.gmfn = va_to_mfn(page_b);
    c.dest.offset = PAGE_SIZE - 4;
    grant_op(GNTTABOP_copy, &c);
    check_true("copying past a page's end", c.status < 0);
    c.dest.offset = 0;
    c.source.u.gmfn = 0xf0;
    grant_op(GNTTABOP_copy, &c);
    check_true("copying from what we do not own", c.status < 0);
}

void test_advisories_grants(void)
{
    table();
    addresses();
    mapped();
    readonly();
    copies();
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
    map_at(page_c, pfn_to_mfn(va_to_pfn(page_c)), PTE_KERNEL_RW);
}
