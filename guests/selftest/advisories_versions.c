/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Version 2 of the grant table: its status frames, which come and go with it, parts of pages, entries that stand for
 * others; and the way back. The numbers are those of the Xen project's public advisories.
 */
#include "selftest/selftest.h"

#define REF       24
#define BAD_VA    0xffff830000000000ul
#define FAR_REF   0x7ffffff0u
#define PART_AT   256
#define PART_SIZE 64

static union grant_entry_v2 *entry(unsigned int ref)
{
    return (union grant_entry_v2 *)page_c + ref;
}

static long op(unsigned int cmd, void *arg, unsigned int count)
{
    return hypercall3(__HYPERVISOR_grant_table_op, cmd, PTR(arg), count);
}

static long version(uint32_t nr)
{
    struct gnttab_set_version v = { .version = nr };
    return op(GNTTABOP_set_version, &v, 1);
}

static uint32_t version_now(void)
{
    struct gnttab_get_version v = { .dom = DOMID_SELF };
    return op(GNTTABOP_get_version, &v, 1) ? 0 : v.version;
}

static int swap(uint32_t a, uint32_t b)
{
    struct gnttab_swap_grant_ref s = { .ref_a = a, .ref_b = b, .status = 99 };

    op(GNTTABOP_swap_grant_ref, &s, 1);
    return s.status;
}

static int status_frames(uint32_t nr, uint64_t *list)
{
    struct gnttab_get_status_frames g = { .nr_frames = nr, .dom = DOMID_SELF, .status = 99 };

    set_xen_guest_handle_raw(g.frame_list, list);
    return (int)op(GNTTABOP_get_status_frames, &g, 1) ?: g.status;
}

static struct gnttab_map_grant_ref map(uint32_t ref, uint32_t flags)
{
    struct gnttab_map_grant_ref m = {
        .host_addr = PTR(page_b), .flags = flags, .ref = ref, .dom = own_id(), .status = 99 };

    op(GNTTABOP_map_grant_ref, &m, 1);
    return m;
}

static int unmap(uint32_t handle)
{
    struct gnttab_unmap_grant_ref u = { .host_addr = PTR(page_b), .handle = handle, .status = 99 };

    op(GNTTABOP_unmap_grant_ref, &u, 1);
    return u.status;
}

/* Bytes from a grant of ours to page_b. */
static int copy_from(uint32_t ref, uint16_t offset, uint16_t len)
{
    struct gnttab_copy c = {
        .source = { .u.ref = ref, .domid = own_id(), .offset = offset },
        .dest = { .u.gmfn = va_to_mfn(page_b),            .domid = DOMID_SELF  },
        .len = len,
        .flags = GNTCOPY_source_gref,
        .status = 99
    };

    op(GNTTABOP_copy, &c, 1);
    return c.status;
}

static void table(void)
{
    uint64_t frame = 0;
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };

    set_xen_guest_handle_raw(s.frame_list, (xen_pfn_t *)&frame);
    check_rc("the grant table", 0, op(GNTTABOP_setup_table, &s, 1) | s.status);
    check_rc("... is mapped", 0, map_at(page_c, frame, PTE_KERNEL_RW));
}

/* Before any version 2 there was: exchanging must not take the one layout for the other (18, 134). */
static void swaps(void)
{
    volatile struct grant_entry_v1 *v1 = (void *)page_c;

    v1[REF] = (struct grant_entry_v1){ .domid = 7, .frame = 0x1234 };
    v1[REF + 1] = (struct grant_entry_v1){ .domid = 9, .frame = 0x5678 };
    check_rc("exchanging two entries", 0, swap(REF, REF + 1));
    check("... does it in the layout that there is (134)", 9ul << 32 | 0x5678,
          (uint64_t)v1[REF].domid << 32 | v1[REF].frame);
    check("... and leaves what is behind (134)", 7ul << 32 | 0x1234,
          (uint64_t)v1[REF + 1].domid << 32 | v1[REF + 1].frame);
    check_true("exchanging with one that is not there (18)", swap(REF, FAR_REF) < 0);
    check_true("... with one just behind the end (18)", swap(PAGE_SIZE * 64, REF) < 0);
    check_rc("... and again: no lock was kept (18)", 0, swap(REF, REF + 1));
    v1[REF] = v1[REF + 1] = (struct grant_entry_v1){ 0 };
}

/* Status frames of a table that has none, more than there are, to where no list can be (24, 382). */
static void frames(uint64_t *list)
{
    check_true("status frames of version 1", status_frames(1, list) < 0);
    check_rc("version 3", -EINVAL, version(3));
    check_rc("version 0", -EINVAL, version(0));
    check("... it is 1 as before", 1, version_now());
    check_rc("version 2", 0, version(2));
    check("... it is", 2, version_now());
    check_rc("version 2 again", 0, version(2));
    check_rc("its status frame", 0, status_frames(1, list));
    check_true("... without end (24, 382)", status_frames(~0u, list) < 0);
    check_true("... one more than for the largest table (382)", status_frames(1u << 16, list) < 0);
    check_true("... to the hypervisor's address", status_frames(1, (uint64_t *)BAD_VA) < 0);
    check_true("... to the end of its address space", status_frames(1, (uint64_t *)(HYPERVISOR_VIRT_START - 4)) < 0);
}

/* A part of a page is that part, and is not mapped. */
static void parts(uint32_t flags)
{
    *entry(REF) = (union grant_entry_v2){
        .sub_page = { .hdr = { .domid = own_id() }, .page_off = PART_AT, .length = PART_SIZE,
                      .frame = va_to_mfn(page_a) }
    };
    entry(REF)->hdr.flags = GTF_permit_access | GTF_sub_page;
    check_rc("copying a part of a page", 0, copy_from(REF, PART_AT, PART_SIZE));
    check_true("... a byte before it", copy_from(REF, PART_AT - 1, 2) < 0);
    check_true("... a byte behind it", copy_from(REF, PART_AT, PART_SIZE + 1) < 0);
    check_true("... beyond the page", copy_from(REF, 0xfff0, 0x20) < 0);
    check_true("mapping a part of a page", map(REF, flags).status < 0);
    entry(REF)->sub_page.page_off = PAGE_SIZE - 16;
    check_true("a part that ends behind the page", copy_from(REF, PAGE_SIZE - 16, PART_SIZE) < 0);
    entry(REF)->hdr.flags = 0;
}

/* What stands for an entry of ourselves, for itself, for what is not there: an end to all of it (226, 411). */
static void transitive(void)
{
    *entry(REF) = (union grant_entry_v2){
        .transitive = { .hdr = { .domid = own_id() }, .trans_domid = own_id(), .gref = REF }
    };
    entry(REF)->hdr.flags = GTF_transitive;
    check_true("mapping what stands for another (226)", map(REF, GNTMAP_host_map).status < 0);
    check_true("copying from what stands for itself (226, 411)", copy_from(REF, 0, 8) < 0);
    entry(REF)->transitive.gref = REF + 1;
    *entry(REF + 1) = *entry(REF);
    entry(REF + 1)->transitive.gref = REF;
    check_true("... what stands for each other (226, 411)", copy_from(REF, 0, 8) < 0);
    entry(REF)->transitive.gref = FAR_REF;
    check_true("... for an entry that is not there (226)", copy_from(REF, 0, 8) < 0);
    entry(REF)->transitive.trans_domid = 0x7000;
    check_true("... for an entry of nobody's (226)", copy_from(REF, 0, 8) < 0);
    entry(REF)->hdr.flags = entry(REF + 1)->hdr.flags = 0;
}

/* The status frame may be mapped when it is to go: then it stays, or is still a page that was given away (255, 379). */
static void way_back(uint64_t status_frame)
{
    struct mmuext_op pin = { .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = status_frame };
    unsigned int there;
    long rc;

    check_rc("mapping the status frame", 0, map_at(page_b, status_frame, PTE_KERNEL_RW));
    check_true("... which cannot be a page table (248)",
               hypercall4(__HYPERVISOR_mmuext_op, PTR(&pin), 1, 0, 0x7ff0) < 0);
    rc = version(1);
    check_true("back to version 1 while it is mapped (255, 379)", rc == 0 || rc == -EBUSY);
    TRY("movl $0, (%0)", : : "r"(page_b) : "memory");
    check_no_trap("... it can still be written to (379)");
    check_true("... is no page table still (379, 387)",
               hypercall4(__HYPERVISOR_mmuext_op, PTR(&pin), 1, 0, 0x7ff0) < 0);
    for (unsigned int i = there = 0; i < 6; i++) {
        there += version(2) == 0;
        version(1);
    }
    check_in("... versions changed six times both ways (26, 255)", 1, 6, there);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
    check_rc("... to version 1 when it is not mapped any more", 0, version(1));
}

/* Nobody may hold an entry whose meaning is going to change. */
static void in_use(void)
{
    struct gnttab_map_grant_ref m;

    *entry(REF) = (union grant_entry_v2){
        .full_page = { .hdr = { .domid = own_id() }, .frame = va_to_mfn(page_a) }
    };
    entry(REF)->hdr.flags = GTF_permit_access;
    m = map(REF, GNTMAP_host_map);
    check_rc("a mapping under version 2", 0, m.status);
    check_rc("version 1 while it is mapped", -EBUSY, version(1));
    check_rc("exchanging it", GNTST_eagain, swap(REF, REF + 1));
    check_rc("unmapping it", 0, unmap(m.handle));
    entry(REF)->full_page.frame = 0xfffffffffful;
    check_true("a frame that does not exist", map(REF, GNTMAP_host_map).status < 0);
    entry(REF)->full_page.frame = ~0ul;
    check_true("... of 64 bits", map(REF, GNTMAP_host_map).status < 0);
    check_true("... copied from", copy_from(REF, 0, 8) < 0);
    entry(REF)->hdr.flags = 0;
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

void test_advisories_versions(void)
{
    static uint64_t list[4];

    table();
    swaps();
    frames(list);
    parts(GNTMAP_host_map);
    transitive();
    in_use();
    way_back(list[0]);
    check("version 1 is what others find", 1, version_now());
    map_at(page_c, pfn_to_mfn(va_to_pfn(page_c)), PTE_KERNEL_RW);
}
