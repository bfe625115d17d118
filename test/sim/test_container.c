/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of containers: random changes by the guest itself and by its toolstack, through the hypercalls, and after
 * each the law. A CPU is taken to have cached all that it could ever reach since the last flush.
 *
 *   - what a guest reaches, or has cached, is a frame of its own, or of ours that is shared with it, or foreign and
 *     held by the entry; a frame of its own is at one gfn, which the M2P names
 *   - RAM's frames have their allocation reference, and are counted in tot_pages
 *   - the pool has as many tables as it says, and the domain's end gives everything back
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/physmap.h"
#include "hvm/p2m.h"

enum { GFNS = 4096, BASE = 0x200, STEPS = 30000 }; /* the gfns that steps name: 8 times 2 MiB */

static struct domain *d0, *pv, *d;
static mfn_t foreign[4];
static uint64_t cached[GFNS]; /* mfn + 1; 0: nothing */

static void forget(struct domain *which)
{
    if (which == d)
        memset(cached, 0, sizeof(cached));
}

static struct domain *container(domid_t id)
{
    const struct domain_config config = { .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap, .max_vcpus = 1,
                                          .max_evtchn_port = 1023, .max_grant_frames = 4, .max_maptrack_frames = 4 };
    struct domain *c;

    assert_int_equal(domain_create(id, &config, &c), 0);
    c->max_pages = 3000;
    struct vcpu *v = vcpu_create(c, 0);
    vcpu_set_initialised(v, true);
    vcpu_up(v);
    c->controller_pauses = 0;
    domain_unpause(c);
    return c;
}

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 32768, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    d0 = sim_domain(1, 1);
    d0->is_privileged = d0->is_hardware = true;
    pv = sim_domain(2, 1);
    for (unsigned int i = 0; i < ARRAY_SIZE(foreign); i++)
        foreign[i] = domain_alloc_frames(pv, 0, HEAP_ZERO);
    sim_on_container_flush = forget;
    d = container(3);
    sim_settle();
}

/* --- The law --- */

static void check_entry(uint64_t g, uint64_t *ram)
{
    enum p2m_type kind;
    mfn_t m = hvm_p2m_lookup(d, gfn(g), &kind);

    if (mfn_eq(m, MFN_NONE))
        return;
    const struct frame *f = mfn_to_frame(m);
    cached[g - BASE] = m.nr + 1;
    assert_true(frame_refs(f));
    if (kind == P2M_FOREIGN_RW) {
        assert_int_equal(frame_owner_id(f), pv->id);
        return;
    }
    assert_int_equal(frame_owner_id(f), d->id);
    assert_int_equal(m2p_get(m), g);
    assert_int_equal(kind, f->count & FRAME_HV ? P2M_SPECIAL : P2M_RAM);
    assert_true(f->count & FRAME_ALLOCATED);
    *ram += kind == P2M_RAM;
}

static void check_cached(void)
{
    for (unsigned int i = 0; i < GFNS; i++) {
        if (!cached[i])
            continue;
        const struct frame *f = mfn_to_frame(mfn(cached[i] - 1));
        assert_true(frame_refs(f) && (frame_owner_id(f) == d->id || frame_owner_id(f) == pv->id));
    }
}

static void check(void)
{
    uint64_t ram = 0;

    for (uint64_t g = BASE; g < BASE + GFNS; g++)
        check_entry(g, &ram);
    check_cached();
    assert_true(ram <= d->tot_pages && d->tot_pages <= d->max_pages);
    assert_true(hvm_pool_get(d) % PAGE_SIZE == 0);
}

/* --- Steps --- */

static uint64_t seed = 1;
static uint64_t any(void) { return sim_random(&seed); }
static uint64_t pick(void) { return BASE + any() % GFNS; }

static unsigned int pick_order(void)
{
    static const unsigned int orders[] = { 0, 0, 0, 1, 3, 9, 9 };

    return orders[any() % ARRAY_SIZE(orders)];
}

static void step_reservation(struct domain *by, uint32_t cmd)
{
    unsigned int order = pick_order();
    uint64_t g = any() % 8 ? ROUND_DOWN(pick(), BIT(order)) : pick();
    struct xen_memory_reservation r = { .extent_start.p = (void *)(box + 4096), .nr_extents = 1, .extent_order = order,
                                        .domid = by == d ? DOMID_SELF : d->id };

    if (g + BIT(order) > BASE + GFNS)
        return;
    memcpy(box + 4096, &g, sizeof(g));
    uint64_t before = d->tot_pages;
    long done = guest_op(by->vcpu[0], hypercall_memory_op, cmd, &r);
    assert_in_range(done, 0, 1);
    if (cmd == XENMEM_populate_physmap && !done)
        assert_true(d->tot_pages <= before);
}

static void step_add(struct domain *by)
{
    static const unsigned int spaces[] = { XENMAPSPACE_shared_info, XENMAPSPACE_grant_table, XENMAPSPACE_gmfn,
                                           XENMAPSPACE_gmfn, XENMAPSPACE_gmfn_range };
    struct xen_add_to_physmap op = { .domid = by == d ? DOMID_SELF : d->id, .gpfn = pick(), .size = any() % 5,
                                     .space = spaces[any() % ARRAY_SIZE(spaces)] };

    op.idx = op.space == XENMAPSPACE_shared_info ? any() % 8 == 0 :
             op.space == XENMAPSPACE_grant_table ? any() % 5 : pick();
    if (op.gpfn + op.size > BASE + GFNS)
        return;
    long rc = guest_op(by->vcpu[0], hypercall_memory_op, XENMEM_add_to_physmap, &op);
    assert_true(!rc || rc == -EINVAL || rc == -ENOMEM);
}

static void step_foreign(void)
{
    xen_ulong_t idx = foreign[any() % ARRAY_SIZE(foreign)].nr;
    xen_pfn_t at = pick();
    int err = 1;
    struct xen_add_to_physmap_batch op = { .domid = d->id, .space = XENMAPSPACE_gmfn_foreign, .size = 1,
                                           .u.foreign_domid = pv->id, .idxs.p = (void *)(box + 4096),
                                           .gpfns.p = (void *)(box + 4104), .errs.p = (void *)(box + 4112) };

    memcpy(box + 4096, &idx, sizeof(idx));
    memcpy(box + 4104, &at, sizeof(at));
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_add_to_physmap_batch, &op), 0);
    memcpy(&err, box + 4112, sizeof(err));
    assert_true(!err || err == -ENOMEM);
}

static void step_remove(struct domain *by)
{
    struct xen_remove_from_physmap op = { .domid = by == d ? DOMID_SELF : d->id, .gpfn = pick() };
    enum p2m_type kind;

    (void)hvm_p2m_lookup(d, gfn(op.gpfn), &kind);
    long rc = guest_op(by->vcpu[0], hypercall_memory_op, XENMEM_remove_from_physmap, &op);
    assert_true(kind == P2M_ABSENT ? rc == -ENOENT : !rc || rc == -ENOMEM);
}

static void step_pool(void)
{
    int rc;

    while ((rc = hvm_pool_set(d, (8 + any() % 40) * PAGE_SIZE)) == -ERESTART)
        ;
    assert_true(!rc || rc == -ENOMEM);
    assert_int_equal(hvm_pool_set(d, PAGE_SIZE + 1), -EINVAL);
}

static void step(void)
{
    struct domain *by = any() % 2 ? d0 : d;

    switch (any() % 10) {
    case 0: case 1: case 2:
        step_reservation(by, XENMEM_populate_physmap);
        break;
    case 3: case 4:
        step_reservation(by, XENMEM_decrease_reservation);
        break;
    case 5: case 6:
        step_add(by);
        break;
    case 7:
        step_foreign();
        break;
    case 8:
        step_remove(by);
        break;
    default:
        step_pool();
    }
}

static void test_random_life(void **state)
{
    start();
    guest_kill(d);
    uint64_t free = heap_free_frames();

    for (unsigned int life = 0; life < 3; life++) {
        d = container(3);
        for (unsigned int i = 0; i < STEPS; i++) {
            step();
            if (i % 16 == 0 || i < 300)
                check();
            if (d->tot_pages > 2500 && i % 1000 == 0) /* what it removed is nowhere: another begins */
                break;
        }
        guest_kill(d);
        for (unsigned int i = 0; i < ARRAY_SIZE(foreign); i++)
            assert_int_equal(frame_refs(mfn_to_frame(foreign[i])), 1);
        forget(d);
        assert_int_equal(heap_free_frames(), free);
    }
}

SIM_TESTS(cmocka_unit_test(test_random_life))
