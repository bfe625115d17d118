/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of containers: random changes by the guest itself and by its toolstack, through the hypercalls, and after
 * each the law. A CPU is taken to have cached all that it could ever reach since the last flush.
 *
 *   - what a guest reaches, or has cached, is a frame of its own, or of ours that is shared with it, or foreign and
 *     held by the entry; a frame of its own is at one gfn, which the M2P names
 *   - RAM's frames have their allocation reference, and are counted in tot_pages
 *   - log-dirty mode loses no write: whatever the guest, another domain or we wrote since the toolstack read a frame is
 *     in the bits that it reads next, at the latest
 *   - what is populated on demand is cleared, and balances: as many entries as are counted, and each frame that is
 *     counted is on the domain's list or in the cache
 *   - the pool has as many tables as it says, and the domain's end gives everything back
 *
 * A call that gives way is gone on with, at once or after others have acted, or it is left there; then now and then the
 * domain ends there. The end gives way as well, and others try meanwhile what they can.
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/physmap.h"
#include "hvm/dirty.h"
#include "hvm/p2m.h"

enum { GFNS = 4096, BASE = 0x200, LIVES = 64, STEPS = 1200 }; /* the gfns that steps name: 8 times 2 MiB */

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

static uint64_t promised; /* gfns that get a frame when they are touched */

static void check_entry(uint64_t g, uint64_t *ram)
{
    enum p2m_type kind;
    mfn_t m = hvm_p2m_lookup(d, gfn(g), &kind);

    promised += kind == P2M_POD;
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
    assert_int_equal(!!(f->count & FRAME_HV), kind == P2M_SPECIAL);
    assert_true(kind == P2M_SPECIAL || kind == P2M_RAM || kind == P2M_RAM_LOGDIRTY);
    assert_true(f->count & FRAME_ALLOCATED);
    *ram += kind != P2M_SPECIAL;
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

    promised = 0;
    for (uint64_t g = BASE; g < BASE + GFNS; g++)
        check_entry(g, &ram);
    check_cached();
    struct hvm_pod pod;
    assert_int_equal(hvm_pod_target(d, NULL, &pod), 0);
    assert_int_equal(pod.entries, promised);
    assert_int_equal(pod.total, d->frames.nr + pod.cache);
    assert_int_equal(pod.total, d->tot_pages);
    assert_true(ram <= d->frames.nr && d->tot_pages <= d->max_pages);
    assert_true(hvm_pool_get(d) % PAGE_SIZE == 0);
}

/* --- Steps --- */

static uint64_t seed = 1;
static uint64_t any(void) { return sim_random(&seed); }
static uint64_t pick(void) { return BASE + any() % GFNS; }

/* --- Calls that give way --- */

enum { LEFT = -1000, BOX_ARGS = 8192 }; /* a call was left: what it would have said is not known */
enum seen { SEEN_LEFT, SEEN_OTHERS, SEEN_END_THERE, SEEN_END_IN_PARTS, SEEN_READ_LEFT, SEEN_KINDS };

static unsigned int inside; /* calls that have given way and are gone on with */
static bool just_left;
static unsigned long seen[SEEN_KINDS];
static void step(void);

/* Somebody waits for @v's CPU, so long calls give way; or nobody does. Who was there before. */
static struct vcpu *hurry(struct vcpu *v, bool on)
{
    struct vcpu *before = sim_this->current;

    v->info->evtchn_upcall_mask = 0;
    v->info->evtchn_upcall_pending = on;
    sim_this->current = v;
    return before;
}

static void others_act(void)
{
    static char saved[BOX_ARGS];

    memcpy(saved, box, sizeof(saved));
    inside++;
    seen[SEEN_OTHERS]++;
    step();
    inside--;
    memcpy(box, saved, sizeof(saved));
}

/* A memory_op of one structure in @v's name. */
static long memory_call(struct vcpu *v, uint64_t cmd, void *op, size_t size)
{
    struct hypercall call = { .arg = { cmd, BOX, 1 } };
    bool hurried = any() % 2;
    long rc;

    memcpy(box, op, size);
    for (;;) {
        struct vcpu *before = hurry(v, hurried);
        rc = hypercall_memory_op(&call);
        hurry(v, false);
        sim_this->current = before;
        if (rc != -ERESTART)
            break;
        if (any() % 6 == 0) {
            seen[SEEN_LEFT]++;
            just_left = true;
            return LEFT;
        }
        if (!inside && any() % 4 == 0)
            others_act();
    }
    memcpy(op, box, size);
    return rc;
}

#define memory_op(v, cmd, op) memory_call(v, cmd, op, sizeof(*(op)))

static unsigned int pick_order(void)
{
    static const unsigned int orders[] = { 0, 0, 0, 1, 3, 9, 9 };

    return orders[any() % ARRAY_SIZE(orders)];
}

static uint64_t *word_at(uint64_t g)
{
    enum p2m_type kind;
    mfn_t m = hvm_p2m_lookup(d, gfn(g), &kind);

    return p2m_type_is_ram(kind) ? mfn_to_virt(m) : NULL;
}

/* The guest writes: where its CPU may not, the fault comes first. */
static void guest_writes(uint64_t g)
{
    enum p2m_type kind;
    uint64_t *word = word_at(g);

    if (!word)
        return;
    (void)hvm_p2m_lookup(d, gfn(g), &kind);
    if (!p2m_type_is_writable(kind))
        assert_int_equal(hvm_p2m_fault(d->vcpu[0], g << PAGE_SHIFT, HVM_P2M_WRITE), HVM_P2M_RETRY);
    (void)hvm_p2m_lookup(d, gfn(g), &kind);
    assert_true(p2m_type_is_writable(kind));
    *word = any();
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
    for (uint64_t i = 0; cmd == XENMEM_decrease_reservation && i < BIT(order); i++)
        guest_writes(g + i); /* what goes has contents */
    long done = guest_op(by->vcpu[0], hypercall_memory_op, cmd, &r);
    assert_in_range(done, 0, 1);
    if (cmd == XENMEM_populate_physmap && !done)
        assert_true(d->tot_pages <= before);
}

/* Many frames in one call, here and there. */
static void step_many(struct domain *by, uint32_t cmd)
{
    uint64_t list[64], first = pick();
    unsigned int nr = 1 + any() % ARRAY_SIZE(list);
    struct xen_memory_reservation r = { .extent_start.p = (void *)(box + 4096), .nr_extents = nr,
                                        .domid = by == d ? DOMID_SELF : d->id };

    for (unsigned int i = 0; i < nr; i++) {
        list[i] = first + i < BASE + GFNS ? first + i : pick();
        if (cmd == XENMEM_decrease_reservation)
            guest_writes(list[i]);
    }
    memcpy(box + 4096, list, sizeof(list));
    long done = memory_op(by->vcpu[0], cmd, &r);
    assert_true(done == LEFT || (done >= 0 && done <= nr));
}

/* Memory that is not there until it is touched: its toolstack says where, and how much there may be. */
static void step_promise(void)
{
    unsigned int order = any() % 4 ? 9 : 0;
    uint64_t g = ROUND_DOWN(pick(), BIT(order));
    struct xen_memory_reservation r = { .extent_start.p = (void *)(box + 4096), .nr_extents = 1, .extent_order = order,
                                        .mem_flags = XENMEMF_populate_on_demand, .domid = d->id };

    memcpy(box + 4096, &g, sizeof(g));
    assert_in_range(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_populate_physmap, &r), 0, 1);
    r.domid = DOMID_SELF;
    assert_int_equal(guest_op(d->vcpu[0], hypercall_memory_op, XENMEM_populate_physmap, &r), 0);
}

static void step_target(void)
{
    struct xen_pod_target op = { .domid = d->id, .target_pages = any() % 3500 };
    long rc = memory_op(d0->vcpu[0], XENMEM_set_pod_target, &op);

    assert_true(!rc || rc == -ENOMEM || rc == LEFT);
    assert_true(rc || (op.tot_pages == d->tot_pages && op.pod_cache_pages <= op.tot_pages));
    op.domid = DOMID_SELF;
    assert_int_equal(guest_op(d->vcpu[0], hypercall_memory_op, XENMEM_set_pod_target, &op), -EINVAL);
}

static void step_touch(void)
{
    uint64_t g = pick();
    enum p2m_type before, after;
    uint64_t pages = d->tot_pages;

    (void)hvm_p2m_lookup(d, gfn(g), &before);
    enum hvm_p2m_answer answer = hvm_p2m_fault(d->vcpu[0], g << PAGE_SHIFT, 0);
    mfn_t m = hvm_p2m_lookup(d, gfn(g), &after);
    if (before != P2M_POD)
        return;
    assert_int_equal(d->tot_pages, pages);
    assert_true(answer == (after == P2M_RAM ? HVM_P2M_RETRY : HVM_P2M_REFUSED));
    for (unsigned int i = 0; after == P2M_RAM && i < PAGE_SIZE / 8; i++)
        assert_int_equal(((const uint64_t *)mfn_to_virt(m))[i], 0);
}

static void step_add(struct domain *by)
{
    static const unsigned int spaces[] = { XENMAPSPACE_shared_info, XENMAPSPACE_grant_table, XENMAPSPACE_gmfn,
                                           XENMAPSPACE_gmfn, XENMAPSPACE_gmfn_range };
    struct xen_add_to_physmap op = { .domid = by == d ? DOMID_SELF : d->id, .gpfn = pick(), .size = any() % 50,
                                     .space = spaces[any() % ARRAY_SIZE(spaces)] };

    op.idx = op.space == XENMAPSPACE_shared_info ? any() % 8 == 0 :
             op.space == XENMAPSPACE_grant_table ? any() % 5 : pick();
    if (op.gpfn + op.size > BASE + GFNS)
        return;
    long rc = memory_op(by->vcpu[0], XENMEM_add_to_physmap, &op);
    assert_true(!rc || rc == -EINVAL || rc == -ENOMEM || rc == LEFT);
}

static void step_foreign(void)
{
    unsigned int nr = 1 + any() % 8;
    xen_ulong_t idx[8];
    xen_pfn_t at[8];
    int err[8];
    struct xen_add_to_physmap_batch op = { .domid = d->id, .space = XENMAPSPACE_gmfn_foreign, .size = (uint16_t)nr,
                                           .u.foreign_domid = pv->id, .idxs.p = (void *)(box + 4096),
                                           .gpfns.p = (void *)(box + 4352), .errs.p = (void *)(box + 4608) };

    for (unsigned int i = 0; i < nr; i++) {
        idx[i] = foreign[any() % ARRAY_SIZE(foreign)].nr;
        at[i] = pick();
    }
    memcpy(box + 4096, idx, sizeof(idx));
    memcpy(box + 4352, at, sizeof(at));
    long rc = memory_op(d0->vcpu[0], XENMEM_add_to_physmap_batch, &op);
    memcpy(err, box + 4608, sizeof(err));
    assert_true(!rc || rc == LEFT);
    for (unsigned int i = 0; !rc && i < nr; i++)
        assert_true(!err[i] || err[i] == -ENOMEM);
}

static void step_remove(struct domain *by)
{
    struct xen_remove_from_physmap op = { .domid = by == d ? DOMID_SELF : d->id, .gpfn = pick() };
    enum p2m_type kind;

    (void)hvm_p2m_lookup(d, gfn(op.gpfn), &kind);
    long rc = guest_op(by->vcpu[0], hypercall_memory_op, XENMEM_remove_from_physmap, &op);
    assert_true(kind == P2M_ABSENT ? rc == -ENOENT : !rc || rc == -ENOMEM);
}

/* An operation of the toolstack, gone on with or left where it gave way. */
static int toolstack_call(int (*call)(uint64_t arg), uint64_t arg)
{
    bool hurried = any() % 2;
    int rc;

    for (;;) {
        struct vcpu *before = hurry(d0->vcpu[0], hurried);
        rc = call(arg);
        hurry(d0->vcpu[0], false);
        sim_this->current = before;
        if (rc != -ERESTART)
            return rc;
        if (any() % 6 == 0) {
            seen[SEEN_LEFT]++;
            just_left = true;
            return rc;
        }
        if (!inside && any() % 4 == 0)
            others_act();
    }
}

static int pool_set(uint64_t bytes) { return hvm_pool_set(d, bytes); }

static void step_pool(void)
{
    int rc = toolstack_call(pool_set, (8 + any() % 240) * PAGE_SIZE);

    assert_true(!rc || rc == -ENOMEM || rc == -ERESTART);
    assert_int_equal(hvm_pool_set(d, PAGE_SIZE + 1), -EINVAL);
}

/* --- Log-dirty mode: the toolstack's copy, and what it has yet to copy again --- */

static bool logging;
static struct { bool known; uint64_t value; } copied[GFNS]; /* the first word of each frame, when it was read last */
static struct frame *held[4];                               /* frames that another domain writes to */

static void copy_frame(uint64_t g)
{
    const uint64_t *word = word_at(g);

    copied[g - BASE].known = word;
    copied[g - BASE].value = word ? *word : 0;
}

static bool leaving; /* it was told to end, and nobody waited for that */

static int log_enable(uint64_t arg) { return hvm_dirty_enable(d); }
static int log_disable(uint64_t arg) { return hvm_dirty_disable(d); }

static void step_log_on(void)
{
    if (inside)
        return; /* what one call of the mode left to the next is the next one's */
    int rc = toolstack_call(log_enable, 0);

    assert_true(rc == (logging || leaving ? -EINVAL : 0) || rc == -ENOMEM || (rc == -ERESTART && !leaving));
    if (rc)
        return;
    logging = true;
    for (uint64_t g = BASE; g < BASE + GFNS; g++)
        copy_frame(g);
}

static void step_log_off(void)
{
    if (inside)
        return;
    leaving = toolstack_call(log_disable, 0) == -ERESTART;
    logging = false;
    memset(copied, 0, sizeof(copied));
}

static int log_read(uint64_t gfns)
{
    struct hvm_dirty_read r = { .to = BOX + BOX_ARGS, .gfns = gfns, .clean = true };

    return hvm_dirty_read(d, &r);
}

/* A reading that nobody goes on with: its bits are lost, and so nobody else's reading may begin until it all ends. */
static void read_left(uint64_t gfns)
{
    seen[SEEN_READ_LEFT]++;
    assert_int_equal(log_read(gfns - 1), -EBUSY);
    assert_int_equal(hvm_dirty_enable(d), -EINVAL);
    while (hvm_dirty_disable(d) == -ERESTART)
        ;
    logging = false;
    memset(copied, 0, sizeof(copied));
}

/* What the bits say is copied again; then the copy is the guest's memory, but for what is held. */
static void step_log_read(void)
{
    uint64_t gfns = any() % 2 ? BASE + GFNS : 8 * 4096 * 6;

    if (inside)
        return;
    unsigned long acted = seen[SEEN_OTHERS];
    int rc = toolstack_call(log_read, gfns);
    bool still = acted == seen[SEEN_OTHERS]; /* else some was written behind the reading: that is in the next one */
    if (rc == -ERESTART)
        return read_left(gfns);
    assert_int_equal(rc, logging ? 0 : -EINVAL);
    for (uint64_t g = BASE; logging && g < BASE + GFNS; g++) {
        const uint64_t *word;

        if ((uint8_t)box[BOX_ARGS + g / 8] >> g % 8 & 1)
            copy_frame(g);
        word = word_at(g);
        assert_true(!still || !word || (copied[g - BASE].known && copied[g - BASE].value == *word));
    }
}

/* Another takes a frame for writing, writes for a while, and lets go of it. */
static void step_hold(void)
{
    unsigned int i = any() % ARRAY_SIZE(held);

    if (held[i] && any() % 2) {
        *(uint64_t *)mfn_to_virt(frame_to_mfn(held[i])) = any();
    } else if (held[i]) {
        arch_guest_frame_put(held[i], true);
        held[i] = NULL;
    } else {
        held[i] = arch_guest_frame_get(d, gfn(pick()), true);
    }
}

static void step_logged(void)
{
    switch (any() % 24) {
    case 0:
        step_log_on();
        break;
    case 1:
        step_log_off();
        break;
    case 2: case 3:
        step_log_read();
        break;
    case 4: case 5: case 6: case 7: case 8:
        step_hold();
        break;
    default:
        guest_writes(pick());
    }
}

static void let_go(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(held); i++) {
        if (held[i])
            arch_guest_frame_put(held[i], true);
        held[i] = NULL;
    }
}

static void step(void)
{
    struct domain *by = any() % 2 ? d0 : d;

    switch (any() % 27) {
    case 24: case 25:
        step_many(by, XENMEM_populate_physmap);
        break;
    case 26:
        step_many(by, XENMEM_decrease_reservation);
        break;
    case 20:
        step_promise();
        break;
    case 21:
        step_target();
        break;
    case 22: case 23:
        step_touch();
        break;
    case 10: case 11: case 12: case 13: case 14: case 15: case 16: case 17: case 18: case 19:
        step_logged();
        break;
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

/* A domain begins with memory, or with the promise of it. */
static void beginning(void)
{
    if (any() % 2)
        return;
    struct xen_pod_target op = { .domid = d->id, .target_pages = 700 + any() % 1000 };
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_set_pod_target, &op), 0);
    assert_int_equal(op.pod_cache_pages, op.target_pages);
    for (unsigned int i = 0; i < 5; i++)
        step_promise();
}

/* What others may try with a domain that is dying: whatever they get, the end takes it back. */
static void others_at_the_end(void)
{
    uint64_t list[32];
    struct xen_memory_reservation r = { .extent_start.p = (void *)(box + 4096), .nr_extents = ARRAY_SIZE(list),
                                        .domid = d->id };
    struct xen_pod_target target = { .domid = d->id, .target_pages = any() % 3500 };
    struct xen_add_to_physmap add = { .domid = d->id, .gpfn = pick(), .idx = pick(), .space = XENMAPSPACE_gmfn };

    for (unsigned int i = 0; i < ARRAY_SIZE(list); i++)
        list[i] = pick();
    memcpy(box + 4096, list, sizeof(list));
    switch (any() % 8) {
    case 0: memory_op(d0->vcpu[0], XENMEM_populate_physmap, &r); break;
    case 1: memory_op(d0->vcpu[0], XENMEM_decrease_reservation, &r); break;
    case 2: memory_op(d0->vcpu[0], XENMEM_set_pod_target, &target); break;
    case 3: memory_op(d0->vcpu[0], XENMEM_add_to_physmap, &add); break;
    case 4: (void)hvm_pool_set(d, any() % 300 * PAGE_SIZE); break;
    case 5: (void)hvm_dirty_enable(d); break;
    case 6: (void)hvm_dirty_disable(d); break;
    default: (void)log_read(BASE + GFNS); break;
    }
}

static void end(void)
{
    int rc;

    inside++;
    domain_pause(d); /* it has left its CPU, where dom0 acts now */
    sim_settle();
    do {
        struct vcpu *before = hurry(d0->vcpu[0], any() % 8);
        rc = domain_kill(d);
        hurry(d0->vcpu[0], false);
        sim_this->current = before;
        sim_settle();
        seen[SEEN_END_IN_PARTS] += rc == -ERESTART;
        for (unsigned int i = any() % 3; i && rc == -ERESTART; i--)
            others_at_the_end();
    } while (rc == -ERESTART);
    assert_int_equal(rc, 0);
    inside--;
    domain_put(d);
    sim_settle();
}

static void live(void)
{
    beginning();
    for (unsigned int i = 0; i < STEPS; i++) {
        just_left = false;
        step();
        if (i % 16 == 0 || just_left)
            check();
        if (just_left && any() % 16 == 0) {
            seen[SEEN_END_THERE]++;
            return;
        }
    }
}

static void test_random_life(void **state)
{
    start();
    guest_kill(d);
    uint64_t free = heap_free_frames();

    for (unsigned int life = 0; life < LIVES; life++) {
        d = container(3);
        live();
        let_go();
        end();
        logging = leaving = false;
        memset(copied, 0, sizeof(copied));
        for (unsigned int i = 0; i < ARRAY_SIZE(foreign); i++)
            assert_int_equal(frame_refs(mfn_to_frame(foreign[i])), 1);
        forget(d);
        assert_int_equal(heap_free_frames(), free);
    }
    for (unsigned int i = 0; i < SEEN_KINDS; i++)
        if (!seen[i])
            fail_msg("no life had what kind %u is", i);
}

/* --- Another container has a frame of this one's in its map for a while, and writes to it --- */

static int map_elsewhere(struct domain *other, uint64_t at, uint64_t from)
{
    xen_ulong_t idx = from;
    xen_pfn_t gpfn = at;
    int err = 1;
    struct xen_add_to_physmap_batch op = { .domid = other->id, .space = XENMAPSPACE_gmfn_foreign, .size = 1,
                                           .u.foreign_domid = d->id, .idxs.p = (void *)(box + 4096),
                                           .gpfns.p = (void *)(box + 4104), .errs.p = (void *)(box + 4112) };

    memcpy(box + 4096, &idx, sizeof(idx));
    memcpy(box + 4104, &gpfn, sizeof(gpfn));
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_add_to_physmap_batch, &op), 0);
    memcpy(&err, box + 4112, sizeof(err));
    return err;
}

static void populate_one(uint64_t g)
{
    struct xen_memory_reservation r = { .extent_start.p = (void *)(box + 4096), .nr_extents = 1, .domid = d->id };

    memcpy(box + 4096, &g, sizeof(g));
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_populate_physmap, &r), 1);
}

static void test_mapped_elsewhere(void **state)
{
    struct xen_remove_from_physmap remove = { .gpfn = BASE };

    start();
    struct domain *other = container(4);
    populate_one(BASE + 3);
    populate_one(BASE + 4);
    while (hvm_pool_set(d, 64 * PAGE_SIZE) == -ERESTART || hvm_pool_set(other, 64 * PAGE_SIZE) == -ERESTART)
        ;
    assert_int_equal(hvm_dirty_enable(d), 0);
    logging = true;
    for (uint64_t g = BASE; g < BASE + GFNS; g++)
        copy_frame(g);
    step_log_read();
    enum p2m_type kind;
    struct frame *f = mfn_to_frame(hvm_p2m_lookup(d, gfn(BASE + 3), &kind));
    uint32_t refs = frame_refs(f);

    assert_int_equal(map_elsewhere(other, BASE, BASE + 3), 0);
    assert_int_equal(frame_refs(f), refs + 1);
    *word_at(BASE + 3) += 1;
    remove.domid = other->id;
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_remove_from_physmap, &remove), 0);
    assert_int_equal(frame_refs(f), refs);
    step_log_read();
    assert_true((uint8_t)box[BOX_ARGS + (BASE + 3) / 8] >> (BASE + 3) % 8 & 1);
    assert_false((uint8_t)box[BOX_ARGS + (BASE + 4) / 8] >> (BASE + 4) % 8 & 1);
    assert_int_equal(map_elsewhere(other, BASE, BASE + 5), -EINVAL);
    logging = false;
}

SIM_TESTS(cmocka_unit_test(test_random_life), cmocka_unit_test(test_mapped_elsewhere))
