/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables, the rarer half: version 2 with transitive entries and parts of pages, changing the version, handles
 * that run out, device mappings, guests that change entries in use, cache flushes. Domain 1 is dom[0], and so on.
 */
#include "sim_test.h"

#include "grant_world.h"
#include "hw/sim/pv_mm.h"

static long set_version(unsigned int d, uint32_t version)
{
    struct gnttab_set_version op = { .version = version };
    return guest_op(dom[d]->vcpu[0], hypercall_grant_table_op, GNTTABOP_set_version, &op);
}

static union grant_entry_v2 *entry2(unsigned int d, uint32_t ref)
{
    return &((union grant_entry_v2 *)dom[d]->grants->shared[0])[ref];
}

static void start_v2(void)
{
    start();
    for (unsigned int i = 0; i < DOMAINS; i++)
        assert_int_equal(set_version(i, 2), 0);
}

static void grant2(unsigned int d, uint32_t ref, domid_t to, uint16_t more, uint64_t nr)
{
    entry2(d, ref)->full_page.frame = nr;
    entry2(d, ref)->hdr = (grant_entry_header_t){ (uint16_t)(GTF_permit_access | more), to };
}

static void grant_via(unsigned int d, uint32_t ref, domid_t to, uint16_t more, domid_t via, uint32_t via_ref)
{
    entry2(d, ref)->transitive.trans_domid = via;
    entry2(d, ref)->transitive.gref = via_ref;
    entry2(d, ref)->hdr = (grant_entry_header_t){ (uint16_t)(GTF_transitive | more), to };
}

static void nothing_is_pinned(void)
{
    for (unsigned int d = 0; d < DOMAINS; d++) {
        assert_int_equal(dom[d]->refs, 3); /* its own, its frames', ours */
        for (uint32_t ref = 0; ref < 64; ref++) {
            const struct grant_active *a = grant_active_of(dom[d]->grants, ref);
            assert_int_equal(a->readers + a->writers, 0);
            if (dom[d]->grants->version == 2)
                assert_int_equal(dom[d]->grants->status[0][ref], 0);
        }
        for (unsigned int n = 0; n < FRAMES; n++)
            assert_int_equal(frame_refs(mfn_to_frame(frame[d][n])), 1);
    }
}

/* dom[2] copies by way of an entry of dom[1]'s that stands for one of dom[0]'s. */
static struct gnttab_copy copy_via(bool write, uint32_t ref, uint16_t offset, uint16_t len)
{
    struct gnttab_copy_ptr there = { { .ref = ref }, 2, offset }, here = { { .gmfn = frame[2][0].nr }, DOMID_SELF, 0 };
    return (struct gnttab_copy){ .source = write ? here : there, .dest = write ? there : here, .len = len,
                                 .flags = write ? GNTCOPY_dest_gref : GNTCOPY_source_gref };
}

static void transitive(void **state)
{
    start_v2();
    memset(mfn_to_virt(frame[0][3]), 'x', PAGE_SIZE);
    grant2(0, 9, 2, 0, frame[0][3].nr);
    grant_via(1, 20, 3, 0, 1, 9);
    struct gnttab_copy c = copy_via(false, 20, 10, 100);
    assert_int_equal(copy(2, &c), GNTST_okay);
    assert_memory_equal(mfn_to_virt(frame[2][0]), "xxxx", 4);
    assert_int_equal(((char *)mfn_to_virt(frame[2][0]))[100], 0);
    memset(mfn_to_virt(frame[2][0]), 'y', 8);
    c = copy_via(true, 20, 0, 8);
    assert_int_equal(copy(2, &c), GNTST_okay);
    assert_memory_equal(mfn_to_virt(frame[0][3]), "yyyyyyyyx", 9);
    nothing_is_pinned();
}

static void transitive_refusals(void **state)
{
    start_v2();
    grant2(0, 8, 2, GTF_readonly, frame[0][3].nr);
    grant2(0, 9, 2, 0, frame[0][3].nr);
    grant2(0, 10, 3, 0, frame[0][3].nr); /* to the one who copies, not to the middle */
    grant2(0, 11, 2, GTF_sub_page, 0);
    entry2(0, 11)->sub_page.frame = frame[0][3].nr;
    entry2(0, 11)->sub_page.page_off = 64;
    entry2(0, 11)->sub_page.length = 64;
    grant2(0, 12, 2, 0, frame[2][1].nr); /* not its frame */
    grant_via(0, 13, 2, 0, 3, 9);        /* a second link */
    grant_via(0, 14, 2, 0, 2, 20);       /* back to the middle */
    static const struct {
        const char *name;
        domid_t to;
        uint16_t flags;
        domid_t via;
        uint32_t via_ref;
        bool write;
        uint16_t offset, len;
        int status;
    } t[] = {
        { "as it should be", 3, 0, 1, 9, true, 0, 8, GNTST_okay },
        { "read-only, for reading", 3, GTF_readonly, 1, 8, false, 0, 8, GNTST_okay },
        { "the third's is read-only", 3, 0, 1, 8, true, 0, 8, GNTST_general_error },
        { "the middle's is read-only", 3, GTF_readonly, 1, 9, true, 0, 8, GNTST_general_error },
        { "granted to the copier, not to the middle", 3, 0, 1, 10, false, 0, 8, GNTST_general_error },
        { "for somebody else", 1, 0, 1, 9, false, 0, 8, GNTST_general_error },
        { "the middle itself", 3, 0, 2, 20, false, 0, 8, GNTST_general_error },
        { "two links", 3, 0, 1, 13, false, 0, 8, GNTST_general_error },
        { "a ring", 3, 0, 1, 14, false, 0, 8, GNTST_general_error },
        { "nobody", 3, 0, 77, 9, false, 0, 8, GNTST_general_error },
        { "a reserved id", 3, 0, DOMID_SELF, 9, false, 0, 8, GNTST_general_error },
        { "no such entry", 3, 0, 1, 5000, false, 0, 8, GNTST_bad_gntref },
        { "an entry that grants nothing", 3, 0, 1, 50, false, 0, 8, GNTST_general_error },
        { "not the third's frame", 3, 0, 1, 12, false, 0, 8, GNTST_bad_page },
        { "within the part", 3, 0, 1, 11, false, 64, 64, GNTST_okay },
        { "before the part", 3, 0, 1, 11, false, 63, 2, GNTST_general_error },
        { "behind the part", 3, 0, 1, 11, true, 64, 65, GNTST_general_error },
    };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        grant_via(1, 20, t[i].to, t[i].flags, t[i].via, t[i].via_ref);
        struct gnttab_copy c = copy_via(t[i].write, 20, t[i].offset, t[i].len);
        if (copy(2, &c) != t[i].status)
            fail_msg("%s: %d instead of %d", t[i].name, c.status, t[i].status);
        nothing_is_pinned();
    }
    grant_via(1, 20, 3, 0, 1, 9);
    assert_int_equal(map(2, 1, 20, 0, GNTMAP_host_map).status, GNTST_general_error);
    nothing_is_pinned();
}

/* Version 1 knows no transitive entries: the bits mean nothing there. */
static void transitive_in_version_1(void **state)
{
    start();
    *entry(1, 20) = (struct grant_entry_v1){ GTF_transitive, 3, (uint32_t)frame[1][0].nr };
    struct gnttab_copy c = copy_via(false, 20, 0, 8);
    assert_int_equal(copy(2, &c), GNTST_general_error);
    assert_int_equal(entry(1, 20)->flags, GTF_transitive);
}

static void version_errors(void **state)
{
    start();
    static const struct { uint32_t version; long rc; } t[] = {
        { 0, -EINVAL }, { 1, 0 }, { 3, -EINVAL }, { ~0u, -EINVAL },
    };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct gnttab_set_version op = { .version = t[i].version };
        assert_int_equal(guest_op(dom[0]->vcpu[0], hypercall_grant_table_op, GNTTABOP_set_version, &op), t[i].rc);
        assert_int_equal(op.version, 1); /* what is in force */
    }
    dom[0]->grants->max_version = 1;
    assert_int_equal(set_version(0, 2), -ENOSYS);
    assert_int_equal(set_version(1, 2), 0);
    grant2(1, 3, 1, 0, 1ULL << 32);
    assert_int_equal(set_version(1, 1), -ERANGE);
    grant_via(1, 3, 1, 0, 1, 9);
    assert_int_equal(set_version(1, 1), -ERANGE);
    grant2(1, 3, 1, GTF_sub_page, frame[1][0].nr);
    grant2(1, 30, 1, 0, 1ULL << 32); /* not reserved: it is lost anyway */
    assert_int_equal(set_version(1, 1), 0);
    assert_int_equal(entry(1, 3)->flags, 0); /* a part of a page does not become the whole */
    assert_int_equal(entry(1, 30)->flags, 0);
}

/* The console's and xenstore's entries are in use when a guest's kernel chooses its version. */
static void version_with_reserved_in_use(void **state)
{
    start();
    grant(0, GNTTAB_RESERVED_CONSOLE, 1, 4, 0);
    grant(0, GNTTAB_RESERVED_XENSTORE, 2, 5, GTF_readonly);
    struct gnttab_map_grant_ref a = map(1, 0, GNTTAB_RESERVED_CONSOLE, 0, GNTMAP_host_map),
                                b = map(2, 0, GNTTAB_RESERVED_XENSTORE, 0, GNTMAP_host_map | GNTMAP_readonly);
    assert_int_equal(a.status | b.status, GNTST_okay);
    assert_int_equal(set_version(0, 2), 0);
    assert_int_equal(dom[0]->grants->status[0][0], GTF_reading | GTF_writing);
    assert_int_equal(dom[0]->grants->status[0][1], GTF_reading);
    assert_int_equal(entry2(0, 0)->hdr.flags, GTF_permit_access);
    assert_int_equal(entry2(0, 1)->hdr.flags, GTF_permit_access | GTF_readonly);
    assert_int_equal(entry2(0, 1)->full_page.frame, frame[0][5].nr);
    assert_int_equal(unmap(2, b.handle, b.host_addr, 0), GNTST_okay);
    assert_int_equal(dom[0]->grants->status[0][1], 0);
    assert_int_equal(set_version(0, 1), 0);
    assert_int_equal(entry(0, 0)->flags, GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(unmap(1, a.handle, a.host_addr, 0), GNTST_okay);
    assert_int_equal(entry(0, 0)->flags, GTF_permit_access);
    /* Any other entry would lose its meaning, either way. */
    for (uint32_t version = 1; version <= 2; version++) {
        version == 1 ? grant(0, 30, 1, 6, 0) : grant2(0, 30, dom[1]->id, 0, frame[0][6].nr);
        a = map(1, 0, 30, 0, GNTMAP_host_map);
        assert_int_equal(a.status, GNTST_okay);
        assert_int_equal(set_version(0, 3 - version), -EBUSY);
        assert_int_equal(unmap(1, a.handle, a.host_addr, 0), GNTST_okay);
        assert_int_equal(set_version(0, 3 - version), 0);
    }
    assert_int_equal(frame_refs(mfn_to_frame(frame[0][4])), 1);
}

static void handles_run_out(void **state)
{
    start();
    struct domain *d = sim_domain(9, 3);
    struct grant_table *gt = d->grants;
    uint32_t handle[4 * MAPTRACK_PER_PAGE], nr = 0, spare;
    sim_this->current = d->vcpu[0];
    while ((spare = maptrack_take(gt)) != MAPTRACK_NONE)
        handle[nr++] = spare;
    assert_int_equal(nr, 4 * MAPTRACK_PER_PAGE); /* all frames that it may have */
    sim_this->current = d->vcpu[2];
    assert_int_equal(maptrack_take(gt), MAPTRACK_NONE);
    for (uint32_t i = 0; i < 5; i++)
        maptrack_release(gt, handle[--nr]);
    sim_this->current = d->vcpu[1]; /* has none of its own: takes the other's */
    for (uint32_t i = 0; i < 5; i++)
        assert_int_not_equal(maptrack_take(gt), MAPTRACK_NONE);
    assert_int_equal(maptrack_take(gt), MAPTRACK_NONE);
    assert_int_equal(gt->maptrack_used, 4 * MAPTRACK_PER_PAGE);
}

static void no_handles_at_all(void **state)
{
    start();
    struct domain *d;
    const struct domain_config c = { .max_vcpus = 1, .max_evtchn_port = 10, .max_grant_frames = 1,
                                     .max_maptrack_frames = 0 };
    assert_int_equal(domain_create(7, &c, &d), 0);
    sim_this->current = vcpu_create(d, 0);
    assert_int_equal(maptrack_take(d->grants), MAPTRACK_NONE);
}

static void table_limits(void **state)
{
    start();
    static const struct { uint32_t frames, maptrack, opts; int rc; } t[] = {
        { 0, 1, 0, -EINVAL }, { 65, 1, 0, -EINVAL }, { 1, 1025, 0, -EINVAL }, { 1, 1, 3, -EINVAL }, { 64, 1024, 2, 0 },
    };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct domain *d;
        const struct domain_config c = { .max_vcpus = 1, .max_evtchn_port = 10, .max_grant_frames = t[i].frames,
                                         .max_maptrack_frames = t[i].maptrack, .grant_opts = t[i].opts };
        assert_int_equal(domain_create(7, &c, &d), t[i].rc);
    }
}

/* Nothing but the page's type keeps a device out of page tables: a writable device mapping holds it. */
static void device_holds_writable(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    struct frame *f = mfn_to_frame(frame[0][3]);
    struct gnttab_map_grant_ref m = map(1, 0, 9, 0, GNTMAP_device_map);
    assert_int_equal(m.status, GNTST_okay);
    assert_int_equal(frame_refs(f), 3); /* the domain's, the pin's, the device's */
    assert_int_equal(unmap(1, m.handle, 0, m.dev_bus_addr), GNTST_okay);
    assert_int_equal(frame_refs(f), 1);
    m = map(1, 0, 9, 0, GNTMAP_device_map | GNTMAP_readonly);
    assert_int_equal(frame_refs(f), 2);
    assert_int_equal(unmap(1, m.handle, 0, m.dev_bus_addr), GNTST_okay);
    m = map(1, 0, 9, 0, GNTMAP_device_map | GNTMAP_host_map);
    assert_int_equal(frame_refs(f), 4);
    death(1); /* the mapper ends with it */
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access);
}

/* What the guest does to an entry in use concerns those who come later. */
static void entry_changes_in_use(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    struct gnttab_map_grant_ref w = map(1, 0, 9, 0, GNTMAP_host_map);
    *entry(0, 9) = (struct grant_entry_v1){ GTF_permit_access | GTF_readonly, 3, (uint32_t)frame[0][7].nr };
    /* It is still dom[1]'s. */
    assert_int_equal(map(2, 0, 9, 0, GNTMAP_host_map | GNTMAP_readonly).status, GNTST_general_error);
    struct gnttab_map_grant_ref again = map(1, 0, 9, 1, GNTMAP_host_map);
    assert_int_equal(again.status, GNTST_okay); /* it has writers */
    assert_int_equal(again.dev_bus_addr, mfn_to_paddr(frame[0][3]));
    assert_int_equal(unmap(1, w.handle, w.host_addr, 0), GNTST_okay);
    assert_int_equal(unmap(1, again.handle, again.host_addr, 0), GNTST_okay);
    assert_int_equal(frame_refs(mfn_to_frame(frame[0][3])), 1);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access | GTF_readonly);
    struct gnttab_map_grant_ref ro = map(2, 0, 9, 0, GNTMAP_host_map | GNTMAP_readonly);
    assert_int_equal(ro.status, GNTST_okay);
    assert_int_equal(ro.dev_bus_addr, mfn_to_paddr(frame[0][7]));
    entry(0, 9)->flags = 0; /* taken back, though in use: a first writer finds no consent */
    assert_int_equal(map(2, 0, 9, 1, GNTMAP_host_map).status, GNTST_general_error);
    assert_int_equal(map(2, 0, 9, 1, GNTMAP_host_map | GNTMAP_readonly).status, GNTST_okay);
}

/* A handle is good for one mapping: afterwards it may be another's. */
static void handle_is_used_again(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    grant(0, 10, 1, 4, 0);
    struct gnttab_map_grant_ref a = map(1, 0, 9, 0, GNTMAP_host_map);
    assert_int_equal(unmap(1, a.handle, a.host_addr, 0), GNTST_okay);
    struct gnttab_map_grant_ref b = map(1, 0, 10, 1, GNTMAP_host_map);
    assert_int_equal(b.handle, a.handle);
    assert_int_equal(unmap(1, a.handle, a.host_addr, 0), GNTST_general_error); /* nothing is mapped there any more */
    assert_int_equal(unmap(1, a.handle | 1u << 31, b.host_addr, 0), GNTST_bad_handle);
    assert_int_equal(unmap(1, 4 * MAPTRACK_PER_PAGE, b.host_addr, 0), GNTST_bad_handle);
    assert_int_equal(unmap(1, b.handle, b.host_addr, 0), GNTST_okay);
}

static void status_frames(void **state)
{
    start();
    uint64_t *list = (uint64_t *)(box + 1024);
    struct gnttab_get_status_frames op = { .dom = 2, .nr_frames = 1 };
    set_xen_guest_handle(op.frame_list, list);
    static const struct { const char *name; unsigned int by; bool privileged, v2; uint32_t nr; int status; } t[] = {
        { "version 1", 1, false, false, 1, GNTST_general_error },
        { "own", 1, false, true, 1, GNTST_okay },
        { "too many", 1, false, true, 2, GNTST_general_error },
        { "another's", 0, false, true, 1, GNTST_permission_denied },
        { "another's, by a control domain", 0, true, true, 1, GNTST_okay },
    };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        dom[t[i].by]->is_privileged = t[i].privileged;
        assert_int_equal(set_version(1, t[i].v2 ? 2 : 1), 0);
        op.nr_frames = t[i].nr;
        assert_int_equal(guest_op(dom[t[i].by]->vcpu[0], hypercall_grant_table_op, GNTTABOP_get_status_frames, &op), 0);
        if (op.status != t[i].status)
            fail_msg("%s: %d", t[i].name, op.status);
        if (op.status == GNTST_okay)
            assert_int_equal(frame_owner_id(mfn_to_frame(mfn(list[0]))), 2);
    }
}

/* Back to version 1 only when nobody has a status page any more; then its pages are free. */
static void status_frames_in_use(void **state)
{
    start();
    grant_table_free(dom[1]);
    assert_int_equal(grant_table_init(dom[1], 32, 4, 2), 0);
    assert_int_equal(grant_grow(dom[1]->grants, 17), 0); /* with version 2 more than one status page */
    uint32_t pages = dom[1]->hv_pages;
    uint64_t free = heap_free_frames();
    assert_int_equal(set_version(1, 2), 0);
    assert_int_equal(dom[1]->grants->nr_status, 3);
    grant2(1, 9, 1, 0, frame[1][3].nr);
    for (unsigned int i = 0; i < 3; i++) {
        struct frame *f = mfn_to_frame(virt_to_mfn(dom[1]->grants->status[i]));
        assert_true(frame_get(f, dom[1]));
        assert_int_equal(set_version(1, 1), -EBUSY);
        assert_int_equal(dom[1]->grants->version, 2);
        assert_int_equal(dom[1]->grants->nr_status, 3);
        assert_int_equal(entry2(1, 9)->hdr.flags, GTF_permit_access);
        assert_true(frame_get(f, dom[1])); /* it can still be mapped */
        frame_put(f);
        frame_put(f);
    }
    struct frame *was = mfn_to_frame(virt_to_mfn(dom[1]->grants->status[0]));
    assert_int_equal(set_version(1, 1), 0);
    assert_false(frame_get(was, dom[1]));
    assert_int_equal(dom[1]->grants->nr_status, 0);
    assert_int_equal(dom[1]->hv_pages, pages);
    assert_int_equal(heap_free_frames(), free);
    assert_int_equal(set_version(1, 2), 0);
    assert_int_equal(dom[1]->grants->nr_status, 3);
}

static long grow(struct domain *d, uint32_t nr)
{
    struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = nr };
    set_xen_guest_handle(op.frame_list, (uint64_t *)(box + 4096));
    assert_int_equal(guest_op(d->vcpu[0], hypercall_grant_table_op, GNTTABOP_setup_table, &op), 0);
    return op.status;
}

/* Growth ends where memory ends: whichever frame is the last, each entry that there is has its flags. */
static void no_memory_to_grow(void **state)
{
    enum { WANTED = 17 };
    static mfn_t hoard[16384];
    start();
    for (unsigned int left = 0, done = 0; !done; left++) {
        const struct domain_config c = { .max_vcpus = 1, .max_grant_frames = WANTED, .max_evtchn_port = 100 };
        struct domain *d;
        unsigned int held = 0;
        assert_int_equal(domain_create(9, &c, &d), 0);
        assert_non_null(vcpu_create(d, 0));
        struct gnttab_set_version op = { .version = 2 };
        assert_int_equal(guest_op(d->vcpu[0], hypercall_grant_table_op, GNTTABOP_set_version, &op), 0);
        while (!mfn_eq(hoard[held] = heap_alloc(0, 0), MFN_NONE))
            held++;
        for (unsigned int i = 0; i < left; i++)
            heap_free(hoard[--held], 0, true);
        done = grow(d, WANTED) == GNTST_okay;
        while (held)
            heap_free(hoard[--held], 0, true);
        for (uint32_t ref = 8; ref < grant_entries(d->grants); ref += 64) {
            const struct grant_wish wish = { .user = 1, .pins = 1, .use = GRANT_MAP };
            struct grant_pin pin;
            assert_int_equal(grant_pin(d->grants, ref, &wish, &pin), GNTST_general_error);
        }
        guest_kill(d);
        assert_true(left < 200);
    }
}

static void cache_flush(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    map(1, 0, 9, 0, GNTMAP_host_map);
    uint64_t own = mfn_to_paddr(frame[1][0]), granted = mfn_to_paddr(frame[0][3]), foreign = mfn_to_paddr(frame[0][4]);
    uint64_t ours = virt_to_paddr(dom[1]->grants->active[0]);
    const struct { const char *name; uint64_t at; uint16_t offset, length; uint32_t op; long rc; } t[] = {
        { "own", own, 0, 4096, GNTTAB_CACHE_CLEAN, 0 },
        { "granted", granted, 8, 100, GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL, 0 },
        { "foreign", foreign, 8, 100, GNTTAB_CACHE_CLEAN, -EINVAL },
        { "the hypervisor's", ours, 8, 100, GNTTAB_CACHE_CLEAN, -EPERM },
        { "no memory", 1ULL << 50, 8, 100, GNTTAB_CACHE_CLEAN, -EINVAL },
        { "drop lines", own, 8, 100, GNTTAB_CACHE_INVAL, -EOPNOTSUPP },
        { "by reference", own, 8, 100, GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_SOURCE_GREF, -EOPNOTSUPP },
        { "unknown", own, 8, 100, 4, -EOPNOTSUPP },
        { "beyond the page", own, 1, 4096, GNTTAB_CACHE_CLEAN, -EINVAL },
        { "at the end", own, 4096, 0, GNTTAB_CACHE_CLEAN, -EINVAL },
        { "nothing", foreign, 0, 0, GNTTAB_CACHE_CLEAN, 0 },
        { "no way", foreign, 0, 8, 0, 0 },
    };
    uint64_t flushed = 0;
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct gnttab_cache_flush op = { .a.dev_bus_addr = t[i].at, .offset = t[i].offset, .length = t[i].length,
                                         .op = t[i].op };
        long rc = guest_op(dom[1]->vcpu[0], hypercall_grant_table_op, GNTTABOP_cache_flush, &op);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
        flushed += !rc && t[i].length && t[i].op;
        assert_int_equal(sim_pv_cpu.cache_flushes, flushed);
    }
    assert_int_equal(frame_refs(mfn_to_frame(frame[0][4])), 1);
}

static int swap(unsigned int d, uint32_t a, uint32_t b)
{
    struct gnttab_swap_grant_ref op = { .ref_a = a, .ref_b = b };
    assert_int_equal(guest_op(dom[d]->vcpu[0], hypercall_grant_table_op, GNTTABOP_swap_grant_ref, &op), 0);
    return op.status;
}

static void swaps(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    grant(0, 10, 2, 4, GTF_readonly);
    struct grant_entry_v1 a = *entry(0, 9), b = *entry(0, 10);
    assert_int_equal(swap(0, 9, 10), GNTST_okay);
    assert_memory_equal(entry(0, 9), &b, sizeof(b));
    assert_memory_equal(entry(0, 10), &a, sizeof(a));
    assert_int_equal(swap(0, 9, 512), GNTST_bad_gntref);
    assert_int_equal(swap(0, ~0u, 9), GNTST_bad_gntref);
    map(2, 0, 9, 0, GNTMAP_host_map | GNTMAP_readonly);
    assert_int_equal(swap(0, 9, 10), GNTST_eagain);
    assert_int_equal(swap(0, 10, 9), GNTST_eagain);
    assert_int_equal(swap(0, 9, 9), GNTST_okay);
}

/* Frames do not change hands, and nothing else happens. */
static void transfers(void **state)
{
    start();
    *entry(0, 9) = (struct grant_entry_v1){ GTF_accept_transfer, 2, 0 };
    struct gnttab_transfer op = { .mfn = frame[1][0].nr, .domid = 1, .ref = 9 };
    assert_int_equal(guest_op(dom[1]->vcpu[0], hypercall_grant_table_op, GNTTABOP_transfer, &op), 0);
    assert_int_equal(op.status, GNTST_general_error);
    assert_int_equal(frame_owner_id(mfn_to_frame(frame[1][0])), 2);
    assert_int_equal(entry(0, 9)->flags, GTF_accept_transfer);
    assert_int_equal(guest_call(dom[1]->vcpu[0], hypercall_grant_table_op, GNTTABOP_dump_table, BOX, 1), -ENOSYS);
}

SIM_TESTS(cmocka_unit_test(transitive), cmocka_unit_test(transitive_refusals),
          cmocka_unit_test(transitive_in_version_1), cmocka_unit_test(version_errors),
          cmocka_unit_test(version_with_reserved_in_use), cmocka_unit_test(handles_run_out),
          cmocka_unit_test(no_handles_at_all), cmocka_unit_test(table_limits), cmocka_unit_test(device_holds_writable),
          cmocka_unit_test(entry_changes_in_use), cmocka_unit_test(handle_is_used_again),
          cmocka_unit_test(status_frames), cmocka_unit_test(status_frames_in_use),
          cmocka_unit_test(no_memory_to_grow), cmocka_unit_test(cache_flush),
          cmocka_unit_test(swaps), cmocka_unit_test(transfers))
