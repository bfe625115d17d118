/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables: the operations and their errors, and random lives of several domains. After every step of those the
 * law of core/grant/grant.h is checked: pins are what the maptracks say, frames are held while pinned, the guests'
 * flags say so.
 */
#include "sim_test.h"

#include "grant_world.h"

static void map_and_unmap(void **state)
{
    start();
    struct frame *f = mfn_to_frame(frame[0][3]);
    grant(0, 9, 1, 3, 0);
    struct gnttab_map_grant_ref m = map(1, 0, 9, 0, GNTMAP_host_map);
    assert_int_equal(m.status, GNTST_okay);
    assert_int_equal(m.dev_bus_addr, mfn_to_paddr(frame[0][3]));
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(frame_refs(f), 3); /* the domain's, the pin's, the entry's */
    struct gnttab_map_grant_ref ro = map(1, 0, 9, 1, GNTMAP_host_map | GNTMAP_readonly);
    assert_int_equal(ro.status, GNTST_okay);
    assert_int_not_equal(ro.handle, m.handle);

    assert_int_equal(unmap(1, m.handle, 0x7000, 0), GNTST_general_error);
    assert_int_equal(unmap(2, m.handle, m.host_addr, 0), GNTST_bad_handle);
    uint64_t before = sim_counters.tlb_flushes;
    assert_int_equal(unmap(1, m.handle, m.host_addr, 0), GNTST_okay);
    assert_int_equal(sim_counters.tlb_flushes, before + 1);
    assert_int_equal(unmap(1, m.handle, m.host_addr, 0), GNTST_bad_handle);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access | GTF_reading);
    assert_int_equal(unmap(1, ro.handle, ro.host_addr, 0), GNTST_okay);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access);
    assert_int_equal(frame_refs(f), 1);
}

static void host_and_device(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    struct gnttab_map_grant_ref m = map(1, 0, 9, 0, GNTMAP_host_map | GNTMAP_device_map);
    assert_int_equal(m.status, GNTST_okay);
    assert_int_equal(unmap(1, m.handle, 0, m.dev_bus_addr + 4096), GNTST_bad_dev_addr);
    assert_int_equal(unmap(1, m.handle, 0, m.dev_bus_addr), GNTST_okay);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(unmap(1, m.handle, m.host_addr, 0), GNTST_okay);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access);
    assert_int_equal(unmap(1, m.handle, m.host_addr, 0), GNTST_bad_handle);
}

/* The two halves of one mapping, and one of them again, in a single list: each finds what those before it left. */
static void halves_in_one_list(void **state)
{
    start();
    grant(0, 9, 1, 3, 0);
    struct gnttab_map_grant_ref m = map(1, 0, 9, 0, GNTMAP_host_map | GNTMAP_device_map);
    struct gnttab_map_grant_ref other = map(1, 0, 9, 1, GNTMAP_host_map);
    const struct gnttab_unmap_grant_ref list[] = {
        { .dev_bus_addr = m.dev_bus_addr, .handle = m.handle },
        { .host_addr = other.host_addr, .handle = other.handle },
        { .host_addr = m.host_addr, .handle = m.handle },
        { .host_addr = m.host_addr, .handle = m.handle },
        { .host_addr = other.host_addr, .handle = other.handle },
    };
    static const int status[] = { GNTST_okay, GNTST_okay, GNTST_okay, GNTST_bad_handle, GNTST_bad_handle };
    struct gnttab_unmap_grant_ref *u = (void *)box;
    memcpy(u, list, sizeof(list));
    assert_int_equal(guest_call(dom[1]->vcpu[0], hypercall_grant_table_op, GNTTABOP_unmap_grant_ref, BOX,
                                ARRAY_SIZE(list)), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(list); i++)
        assert_int_equal(u[i].status, status[i]);
    assert_int_equal(entry(0, 9)->flags, GTF_permit_access);
}

static void map_errors(void **state)
{
    start();
    grant(0, 8, 1, 0, 0);
    grant(0, 9, 1, 0, GTF_readonly);
    entry(0, 10)->flags = GTF_accept_transfer;
    *entry(0, 11) = (struct grant_entry_v1){ GTF_permit_access, 2, 0xfffffff };
    *entry(0, 12) = (struct grant_entry_v1){ GTF_permit_access, 2, (uint32_t)frame[2][0].nr };
    static const struct {
        const char *name;
        unsigned int by;
        uint32_t dom, ref, flags;
        uint64_t at;
        int status;
    } t[] = {
        { "neither host nor device", 1, 1, 8, GNTMAP_readonly, 0, GNTST_bad_gntref },
        { "unknown flag", 1, 1, 8, GNTMAP_host_map | 1 << 5, 0, GNTST_bad_gntref },
        { "no such domain", 1, 77, 8, GNTMAP_host_map, 0, GNTST_bad_domain },
        { "no such entry", 1, 1, 512, GNTMAP_host_map, 0, GNTST_bad_gntref },
        { "entry far off", 1, 1, 0xffffffff, GNTMAP_host_map, 0, GNTST_bad_gntref },
        { "granted to another", 2, 1, 8, GNTMAP_host_map, 0, GNTST_general_error },
        { "not granted", 1, 1, 7, GNTMAP_host_map, 0, GNTST_general_error },
        { "read-only", 1, 1, 9, GNTMAP_host_map, 0, GNTST_general_error },
        { "wrong type", 1, 1, 10, GNTMAP_host_map, 0, GNTST_general_error },
        { "no such frame", 1, 1, 11, GNTMAP_host_map, 0, GNTST_bad_page },
        { "a third domain's frame", 1, 1, 12, GNTMAP_host_map, 0, GNTST_bad_page },
        { "bad address", 1, 1, 8, GNTMAP_host_map, NO_SLOT, GNTST_general_error },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        struct gnttab_map_grant_ref op = {
            SLOT_BASE + t[i].at * PAGE_SIZE, t[i].flags, t[i].ref, (domid_t)t[i].dom, 0, 0, 0
        };
        assert_int_equal(guest_op(dom[t[i].by]->vcpu[0], hypercall_grant_table_op, GNTTABOP_map_grant_ref, &op), 0);
        if (op.status != t[i].status)
            fail_msg("%s: %d instead of %d", t[i].name, op.status, t[i].status);
        assert_int_equal(dom[t[i].by]->grants->maptrack_used, 0);
    }
    for (uint32_t ref = 7; ref <= 12; ref++)
        assert_int_equal(entry(0, ref)->flags & (GTF_reading | GTF_writing), 0);
}

static void copies(void **state)
{
    start();
    memset(mfn_to_virt(frame[0][1]), 'x', PAGE_SIZE);
    grant(0, 5, 1, 1, GTF_readonly);
    grant(0, 6, 1, 2, 0);
    struct gnttab_copy c = { .source = { { .ref = 5 }, 1, 100 },
                             .dest = { { .gmfn = frame[1][0].nr }, DOMID_SELF, 200 },
                             .len = 50,
                             .flags = GNTCOPY_source_gref };
    assert_int_equal(copy(1, &c), GNTST_okay);
    const char *to = mfn_to_virt(frame[1][0]);
    assert_int_equal(to[199], 0);
    assert_int_equal(to[200], 'x');
    assert_int_equal(to[249], 'x');
    assert_int_equal(to[250], 0);
    assert_int_equal(entry(0, 5)->flags, GTF_permit_access | GTF_readonly);

    struct gnttab_copy w = { .source = { { .gmfn = frame[1][0].nr }, DOMID_SELF, 0 },
                             .dest = { { .ref = 6 }, 1, 0 },
                             .len = PAGE_SIZE,
                             .flags = GNTCOPY_dest_gref };
    assert_int_equal(copy(1, &w), GNTST_okay);
    w.dest.u.ref = 5;
    assert_int_equal(copy(1, &w), GNTST_general_error);
    w.dest.u.ref = 6;
    w.dest.offset = 1;
    assert_int_equal(copy(1, &w), GNTST_bad_copy_arg);
    w.dest.offset = 0;
    w.source.domid = 1;
    assert_int_equal(copy(1, &w), GNTST_permission_denied);
    w.source.domid = 77;
    assert_int_equal(copy(1, &w), GNTST_bad_domain);
    w.source.domid = DOMID_SELF;
    w.source.u.gmfn = frame[0][0].nr;
    assert_int_equal(copy(1, &w), GNTST_bad_page);
    assert_int_equal(frame_refs(mfn_to_frame(frame[0][1])), 1);
    assert_int_equal(frame_refs(mfn_to_frame(frame[1][0])), 1);
}

/* Operations of one list that name the same share what they hold; each is judged by itself all the same. */
static void copies_in_a_list(void **state)
{
    start();
    memset(mfn_to_virt(frame[0][1]), 'x', PAGE_SIZE);
    memset(mfn_to_virt(frame[0][2]), 'y', PAGE_SIZE);
    grant(0, 5, 1, 1, GTF_readonly);
    grant(0, 6, 1, 2, 0);
    static const struct { uint32_t ref; uint16_t from, to, len, flags; int status; } t[] = {
        { 5, 0, 0, 8, GNTCOPY_source_gref, GNTST_okay },
        { 5, 4000, 8, 8, GNTCOPY_source_gref, GNTST_okay },
        { 5, 4090, 16, 8, GNTCOPY_source_gref, GNTST_bad_copy_arg },
        { 5, 0, 16, 8, GNTCOPY_source_gref, GNTST_okay },
        { 7, 0, 24, 8, GNTCOPY_source_gref, GNTST_general_error },
        { 6, 0, 24, 8, GNTCOPY_source_gref, GNTST_okay },
        { 5, 0, 32, 8, 0, GNTST_permission_denied }, /* the same word, but not as a grant */
        { 5, 0, 32, 8, GNTCOPY_source_gref, GNTST_okay },
        { 6, 0, 40, 8, GNTCOPY_source_gref, GNTST_okay },
    };
    struct gnttab_copy *list = (void *)box;
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
        list[i] = (struct gnttab_copy){ .source = { { .ref = t[i].ref }, 1, t[i].from }, .len = t[i].len,
                                        .dest = { { .gmfn = frame[1][0].nr }, DOMID_SELF, t[i].to },
                                        .flags = t[i].flags };
    assert_int_equal(guest_call(dom[1]->vcpu[0], hypercall_grant_table_op, GNTTABOP_copy, BOX, ARRAY_SIZE(t)), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
        if (list[i].status != t[i].status)
            fail_msg("operation %u: %d", i, list[i].status);
    assert_memory_equal(mfn_to_virt(frame[1][0]), "xxxxxxxxxxxxxxxxxxxxxxxxyyyyyyyyxxxxxxxxyyyyyyyy\0", 49);
    for (uint32_t ref = 5; ref <= 6; ref++)
        assert_int_equal(entry(0, ref)->flags & (GTF_reading | GTF_writing), 0);
    assert_int_equal(frame_refs(mfn_to_frame(frame[0][1])), 1);
    assert_int_equal(frame_refs(mfn_to_frame(frame[0][2])), 1);
    assert_int_equal(frame_refs(mfn_to_frame(frame[1][0])), 1);
    /* A list that ends with an address that cannot be read gives everything back as well. */
    assert_int_equal(guest_call(dom[1]->vcpu[0], hypercall_grant_table_op, GNTTABOP_copy,
                                BOX + sizeof(box) - sizeof(*list), 2), -EFAULT);
    assert_int_equal(frame_refs(mfn_to_frame(frame[1][0])), 1);
}

static void versions(void **state)
{
    start();
    struct vcpu *v = dom[0]->vcpu[0];
    grant(0, GNTTAB_RESERVED_XENSTORE, 1, 4, 0);
    grant(0, 20, 1, 5, 0);
    struct gnttab_set_version sv = { .version = 3 };
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_set_version, &sv), -EINVAL);
    struct gnttab_map_grant_ref m = map(1, 0, 20, 0, GNTMAP_host_map);
    sv.version = 2;
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_set_version, &sv), -EBUSY);
    assert_int_equal(sv.version, 1);
    assert_int_equal(unmap(1, m.handle, m.host_addr, 0), GNTST_okay);
    sv.version = 2;
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_set_version, &sv), 0);

    union grant_entry_v2 *e = dom[0]->grants->shared[0];
    assert_int_equal(e[1].full_page.frame, frame[0][4].nr); /* the reserved entry came along, the other did not */
    assert_int_equal(e[20].hdr.flags, 0);
    e[30].sub_page.hdr = (grant_entry_header_t){ GTF_permit_access | GTF_sub_page, 2 };
    e[30].sub_page.frame = frame[0][6].nr;
    e[30].sub_page.page_off = 64;
    e[30].sub_page.length = 64;
    m = map(1, 0, 30, 0, GNTMAP_host_map);
    assert_int_equal(m.status, GNTST_general_error);
    struct gnttab_copy c = { .source = { { .ref = 30 }, 1, 64 },
                             .dest = { { .gmfn = frame[1][0].nr }, DOMID_SELF, 0 },
                             .len = 64,
                             .flags = GNTCOPY_source_gref };
    assert_int_equal(copy(1, &c), GNTST_okay);
    c.len = 65;
    assert_int_equal(copy(1, &c), GNTST_general_error);
    c.source.offset = 63;
    assert_int_equal(copy(1, &c), GNTST_general_error);
    m = map(1, 0, 1, 0, GNTMAP_host_map);
    assert_int_equal(m.status, GNTST_okay);
    assert_int_equal(dom[0]->grants->status[0][1], GTF_reading | GTF_writing);
    assert_int_equal(unmap(1, m.handle, m.host_addr, 0), GNTST_okay);
    assert_int_equal(dom[0]->grants->status[0][1], 0);
    assert_int_equal(dom[0]->grants->status[0][30], 0);
    sv.version = 1;
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_set_version, &sv), 0);
    assert_int_equal(entry(0, 1)->frame, frame[0][4].nr);
}

static void sizes(void **state)
{
    start();
    struct vcpu *v = dom[0]->vcpu[0];
    uint64_t *list = (uint64_t *)(box + 1024);
    struct gnttab_setup_table st = { .dom = DOMID_SELF, .nr_frames = 4, .frame_list = { (void *)list } };
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_setup_table, &st), 0);
    assert_int_equal(st.status, GNTST_okay);
    for (unsigned int i = 0; i < 4; i++)
        assert_int_equal(frame_owner_id(mfn_to_frame(mfn(list[i]))), 1);
    st.nr_frames = 5;
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_setup_table, &st), 0);
    assert_int_equal(st.status, GNTST_general_error);
    st.dom = 2;
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_setup_table, &st), 0);
    assert_int_equal(st.status, GNTST_permission_denied);
    struct gnttab_query_size q = { .dom = DOMID_SELF };
    assert_int_equal(guest_op(v, hypercall_grant_table_op, GNTTABOP_query_size, &q), 0);
    assert_int_equal(q.nr_frames, 4);
    assert_int_equal(q.max_nr_frames, 4);
    assert_int_equal(guest_call(v, hypercall_grant_table_op, GNTTABOP_query_size, BOX, 2), -EINVAL);
    assert_int_equal(guest_call(v, hypercall_grant_table_op, 99, BOX, 1), -ENOSYS);
    assert_int_equal(guest_call(v, hypercall_grant_table_op, GNTTABOP_copy, BOX, 0x80000000), -EINVAL);

    uint64_t mfns[4];
    assert_int_equal(grant_table_acquire(dom[1], 0, 2, 2, mfns), 0);
    assert_int_equal(dom[1]->grants->nr_frames, 4);
    assert_int_equal(grant_table_acquire(dom[1], 0, 3, 2, mfns), -EINVAL);
    assert_int_equal(grant_table_acquire(dom[1], 1, 0, 1, mfns), -EINVAL); /* version 1 has no status */
    assert_int_equal(grant_table_acquire(dom[1], 2, 0, 1, mfns), -EINVAL);
}

/* --- Random lives --- */

static void check_law(void)
{
    static uint32_t pins[DOMAINS][ENTRIES_V1][2];
    memset(pins, 0, sizeof(pins));
    for (unsigned int d = 0; d < DOMAINS; d++) {
        struct grant_table *gt = dom[d] ? dom[d]->grants : NULL;
        uint32_t used = 0;
        for (uint32_t h = 0; gt && h < gt->maptrack_frames * MAPTRACK_PER_PAGE; h++) {
            const struct maptrack_entry *e = &gt->maptrack[h / MAPTRACK_PER_PAGE][h % MAPTRACK_PER_PAGE];
            if (!e->flags)
                continue;
            used++;
            assert_int_equal(e->flags & MAPTRACK_BUSY, 0);
            uint32_t kinds = !!(e->flags & GNTMAP_host_map) + !!(e->flags & GNTMAP_device_map);
            pins[e->domid - 1][e->ref][!(e->flags & GNTMAP_readonly)] += kinds;
        }
        if (gt)
            assert_int_equal(used, gt->maptrack_used);
    }
    for (unsigned int d = 0; d < DOMAINS; d++) {
        for (uint32_t ref = 0; dom[d] && ref < 32; ref++) {
            const struct grant_active *a = grant_active_of(dom[d]->grants, ref);
            assert_int_equal(a->readers, pins[d][ref][0]);
            assert_int_equal(a->writers, pins[d][ref][1]);
            bool used = a->readers || a->writers;
            assert_int_equal(!!a->frame, used);
            if (used)
                assert_int_equal(frame_owner_id(a->frame), d + 1);
        }
    }
}

static void random_step(uint64_t *r, struct gnttab_map_grant_ref *last)
{
    unsigned int i = sim_random(r) % DOMAINS, j = sim_random(r) % DOMAINS;
    uint32_t ref = 8 + sim_random(r) % 8;
    if (!dom[i] || !dom[j])
        return;
    switch (sim_random(r) % 8) {
    case 0: case 1: /* rewriting an entry in use changes nothing for those who use it */
        grant(i, ref, j, sim_random(r) % FRAMES, sim_random(r) % 3 ? 0 : GTF_readonly);
        break;
    case 2: case 3: {
        uint32_t flags = sim_random(r) % 8;
        unsigned int at = sim_random(r) % SLOTS;
        if (guest_tables_entry(dom[j], SLOT_BASE + at * PAGE_SIZE))
            break; /* what it overwrites it could not unmap any more */
        struct gnttab_map_grant_ref m = map(j, i, ref, at, flags);
        if (m.status == GNTST_okay)
            last[j] = m;
        break;
    }
    case 4:
        unmap(j, last[j].handle, last[j].host_addr, sim_random(r) % 2 ? last[j].dev_bus_addr : 0);
        break;
    case 5: { /* any handle, any address */
        uint64_t at = SLOT_BASE + sim_random(r) % SLOTS * PAGE_SIZE;
        unmap(j, sim_random(r) % 70, sim_random(r) % 3 ? at : 0,
              sim_random(r) % 2 ? mfn_to_paddr(frame[i][sim_random(r) % FRAMES]) : 0);
        break;
    }
    case 6: {
        struct gnttab_copy c = { .source = { { .ref = ref }, (domid_t)(i + 1), sim_random(r) % 4096 },
                                 .dest = { { .ref = 8 + sim_random(r) % 8 }, (domid_t)(i + 1), sim_random(r) % 4096 },
                                 .len = sim_random(r) % 64, .flags = GNTCOPY_source_gref | GNTCOPY_dest_gref };
        copy(j, &c);
        break;
    }
    case 7:
        *(uint64_t *)entry(i, ref) = sim_random(r);
        break;
    }
}

/* Lets go of what @j has of dead @i, by every handle and address that there is. */
static void let_go(unsigned int j, unsigned int i)
{
    struct grant_table *gt = dom[j]->grants;
    for (uint32_t h = 0; h < gt->maptrack_frames * MAPTRACK_PER_PAGE; h++) {
        const struct maptrack_entry *e = &gt->maptrack[0][h];
        if (!e->flags || e->domid != i + 1)
            continue;
        uint64_t bus = mfn_to_paddr(frame_to_mfn(grant_active_of(dom[i]->grants, e->ref)->frame));
        for (unsigned int s = 0; s < SLOTS && e->flags; s++)
            unmap(j, h, SLOT_BASE + s * PAGE_SIZE, bus);
    }
}

/* While others have its frames mapped, a dead domain stays; then it goes. */
static void die_mapped(unsigned int i)
{
    uint32_t id = dom[i]->id;
    guest_kill_stages(dom[i]);
    domain_put(dom[i]);
    sim_settle();
    for (unsigned int j = 0; j < DOMAINS; j++)
        if (dom[j] && j != i)
            let_go(j, i);
    dom[i] = NULL;
    sim_settle();
    assert_null(domain_get_by_id((domid_t)id));
}

static void random_lives(void **state)
{
    enum { STEPS = 100000 };
    start();
    uint64_t r = 5;
    for (unsigned int i = 0; i < DOMAINS; i++)
        death(i);
    uint64_t before = heap_free_frames();
    struct gnttab_map_grant_ref last[DOMAINS] = { 0 };
    for (unsigned int step = 0; step < STEPS; step++) {
        unsigned int i = sim_random(&r) % DOMAINS;
        if (!dom[i])
            birth(i);
        else if (sim_random(&r) % 1000 == 0)
            die_mapped(i);
        random_step(&r, last);
        check_law();
    }
    for (unsigned int i = 0; i < DOMAINS; i++)
        if (dom[i])
            die_mapped(i);
    assert_int_equal(heap_free_frames(), before);
}

SIM_TESTS(cmocka_unit_test(map_and_unmap), cmocka_unit_test(host_and_device),
          cmocka_unit_test(halves_in_one_list), cmocka_unit_test(map_errors),
          cmocka_unit_test(copies), cmocka_unit_test(copies_in_a_list), cmocka_unit_test(versions),
          cmocka_unit_test(sizes), cmocka_unit_test(random_lives))
