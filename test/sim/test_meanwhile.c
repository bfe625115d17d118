/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases of what another CPU does at the worst moment: see meanwhile.h. Each point of the first call is tried in turn,
 * until it has no more.
 *
 * Afterwards nothing may have been written to a frame that went back to the heap, and nothing may be held for nobody.
 */
#include "sim_test.h"

#include "grant_world.h"
#include "meanwhile.h"

#include "core/sched/runq.h"

/* @first is stopped at each of its points in turn, for @second. How many it has. */
static unsigned int stop_everywhere(void (*before)(void), void (*first)(void), void (*second)(void),
                                    void (*after)(void))
{
    unsigned int at = 0;
    do {
        before();
        other = second;
        countdown = ++at;
        first();
        bool reached = !countdown;
        countdown = 0;
        after();
        if (!reached)
            return at - 1;
    } while (at < 1000);
    fail_msg("no end of points");
    return 0;
}

/* --- Areas that are told of a vCPU's state, by frame address --- */

static struct domain *d;
static mfn_t area;

static long area_register(struct vcpu *caller, uint32_t id, uint64_t gaddr)
{
    char *at = box + 64 * caller->id; /* each its own argument */
    memcpy(at, &gaddr, sizeof(gaddr));
    return guest_call(caller, hypercall_vcpu_op, VCPUOP_register_runstate_phys_area, id, (uint64_t)(uintptr_t)at);
}

static void area_machine(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    d = sim_domain(2, 3);
    vcpu_down(d->vcpu[2]);
    sim_run_until(10 * NS_PER_MS);
    area = domain_alloc_frames(d, 0, HEAP_ZERO);
}

static void area_register_it(void) { assert_int_equal(area_register(d->vcpu[0], 2, area.nr * PAGE_SIZE), 0); }

/* The guest writes to its page while the hypervisor does: a state from there must not choose where to add. */
static void area_lie(void)
{
    struct vcpu_runstate_info *lie = mfn_to_virt(area);
    lie->state = 400;
    lie->state_entry_time = 1;
}

static void area_page_is_clean(void)
{
    const uint64_t *word = mfn_to_virt(area);
    for (unsigned int i = sizeof(struct vcpu_runstate_info) / 8; i < PAGE_SIZE / 8; i++)
        assert_int_equal(word[i], 0);
}

static void area_lies(void **state)
{
    area_machine();
    stores_only = true;
    assert_true(stop_everywhere(area_page_is_clean, area_register_it, area_lie, area_page_is_clean) > 0);
}

/* Two vCPUs have a third stopped at the same time: one registers, the other takes away, and the frame is freed. */
static void area_prepare(void) { }

static void area_take_away(void)
{
    assert_int_equal(area_register(d->vcpu[1], 2, ~0ULL), 0);
    struct frame *f = mfn_to_frame(area);
    if (frame_refs(f) == 1 && frame_clear_allocated(f))
        frame_put(f);
}

static void area_is_consistent(void)
{
    const uint64_t *word = mfn_to_virt(area);
    struct frame *f = mfn_to_frame(area);
    sim_settle();
    if (frame_refs(f)) { /* it was not free at that moment, or never */
        assert_int_equal(area_register(d->vcpu[1], 2, ~0ULL), 0);
        assert_int_equal(frame_refs(f), 1);
        memset(mfn_to_virt(area), 0, PAGE_SIZE);
        return;
    }
    for (unsigned int i = 0; i < PAGE_SIZE / 8; i++)
        assert_int_equal(word[i], 0);
    area = domain_alloc_frames(d, 0, HEAP_ZERO);
}

static void area_register_or_not(void)
{
    long rc = area_register(d->vcpu[0], 2, area.nr * PAGE_SIZE);
    assert_true(rc == 0 || rc == -EINVAL); /* the frame may be gone when it is asked for */
}

static void area_races(void **state)
{
    area_machine();
    assert_true(stop_everywhere(area_prepare, area_register_or_not, area_take_away, area_is_consistent) > 0);
}

/* --- The list of status frames, while another vCPU gives them up --- */

#define LIST ((uint64_t *)(box + 4096))
static long list_status;

static void version(uint32_t caller, uint32_t to)
{
    struct gnttab_set_version *op = (void *)(box + 64 * caller);
    op->version = to;
    assert_int_equal(guest_call(d->vcpu[caller], hypercall_grant_table_op, GNTTABOP_set_version,
                                (uint64_t)(uintptr_t)op, 1), 0);
}

static void version_2(void) { version(0, 2); }
static void version_1(void) { version(1, 1); }

static void status_list(void)
{
    struct gnttab_get_status_frames *op = (void *)box;
    *op = (struct gnttab_get_status_frames){ .nr_frames = 1, .dom = DOMID_SELF };
    set_xen_guest_handle(op->frame_list, LIST);
    *LIST = 0;
    assert_int_equal(guest_call(d->vcpu[0], hypercall_grant_table_op, GNTTABOP_get_status_frames, BOX, 1), 0);
    list_status = op->status;
}

static void status_list_is_true(void)
{
    assert_true(*LIST < 16384);
    assert_int_equal(*LIST != 0, list_status == GNTST_okay);
}

static void status_given_up(void **state)
{
    area_machine();
    assert_true(stop_everywhere(version_2, status_list, version_1, status_list_is_true) > 0);
}

/* --- A frame that is given back before its owner has been told of it, and goes to another domain --- */

static struct domain *stranger;
static uint64_t strangers;

static long reserve(struct vcpu *v, uint32_t cmd, uint64_t nr)
{
    uint64_t *at = (uint64_t *)(box + 8192 + 256 * (v->id + 4 * v->domain->id));
    struct xen_memory_reservation *op = (void *)(at + 1);
    *at = nr;
    *op = (struct xen_memory_reservation){ .nr_extents = 1, .domid = DOMID_SELF };
    set_xen_guest_handle(op->extent_start, at);
    return guest_call(v, hypercall_memory_op, cmd, (uint64_t)(uintptr_t)op, 0);
}

static void frame_populate(void) { reserve(d->vcpu[0], XENMEM_populate_physmap, 5); }

static void frame_exchange(void)
{
    uint64_t *list = (uint64_t *)box;
    struct xen_memory_exchange *x = (void *)(box + 64);
    list[0] = area.nr;
    list[1] = 5;
    *x = (struct xen_memory_exchange){ .in = { .nr_extents = 1, .domid = DOMID_SELF },
                                       .out = { .nr_extents = 1, .domid = DOMID_SELF } };
    set_xen_guest_handle(x->in.extent_start, list);
    set_xen_guest_handle(x->out.extent_start, list + 1);
    guest_call(d->vcpu[0], hypercall_memory_op, XENMEM_exchange, (uint64_t)(uintptr_t)x, 0);
}

/* Whatever it has: a guest finds out by trying. */
static void give_all(void)
{
    for (const struct frame *f; (f = frame_list_first(&d->frames));)
        reserve(d->vcpu[1], XENMEM_decrease_reservation, frame_to_mfn(f).nr);
}

static void frame_changes_hands(void)
{
    give_all();
    for (unsigned int i = 0; i < 4; i++)
        strangers += (uint64_t)reserve(stranger->vcpu[0], XENMEM_populate_physmap, 77);
}

static void frames_are_told(void)
{
    for (const struct frame *f = frame_list_first(&stranger->frames); f; f = frame_list_next(f))
        assert_int_equal(m2p_get(frame_to_mfn(f)), 77);
    give_all();
}

static void frame_for_exchange(void) { area = domain_alloc_frames(d, 0, HEAP_ZERO); }

static void frame_goes(void **state)
{
    area_machine();
    stranger = sim_domain(3, 1);
    stop_everywhere(area_prepare, frame_populate, frame_changes_hands, frames_are_told);
    stop_everywhere(frame_for_exchange, frame_exchange, frame_changes_hands, frames_are_told);
    assert_true(strangers > 0);
}

/* --- A vCPU wakes, and may not go any more to the CPU that was chosen when it comes to that one's queue --- */

static cpumask_t allowed;
static unsigned int misplaced;
static jmp_buf halfway;

static void count_misplaced(struct vcpu *prev, struct vcpu *next)
{
    misplaced += !vcpu_is_idle(next) && !cpumask_test(&next->cpus, this_cpu_id());
}

static void affinity_machine(void)
{
    const cpumask_t first = { { 1 } };

    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 3 });
    stranger = sim_domain(3, 1); /* keeps CPU 0, so who wakes there goes elsewhere */
    assert_int_equal(vcpu_set_affinity(stranger->vcpu[0], &first, NULL), 0);
    d = sim_domain(2, 1);
    sim_settle();
    sim_switched = count_misplaced;
}

/* Down, and where it was last, CPU 0, is busy. */
static void sleeper_sleeps(void)
{
    cpumask_t all;

    memset(&all, 0xff, sizeof(all));
    vcpu_down(d->vcpu[0]);
    sim_settle();
    assert_int_equal(vcpu_set_affinity(d->vcpu[0], &all, NULL), 0);
    d->vcpu[0]->processor = 0;
    sim_run_until(now_ns() + 50 * NS_PER_MS);
}

static void stop_halfway(void)
{
    at_unlock = NULL;
    longjmp(halfway, 1);
}

/* The toolstack has changed the affinity, and is stopped before it looks where the vCPU goes now. */
static void sleeper_is_pinned(void)
{
    allowed = (cpumask_t){ { d->vcpu[0]->processor == 1 ? 4 : 2 } };
    at_unlock = stop_halfway;
    if (!setjmp(halfway))
        vcpu_set_affinity(d->vcpu[0], &allowed, NULL);
    irq_enable();
}

static void sleeper_wakes(void) { vcpu_up(d->vcpu[0]); }

static void sleeper_obeys(void)
{
    sched_enqueue(d->vcpu[0], false); /* the toolstack's other half */
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_true(d->vcpu[0]->is_running);
    assert_int_equal(misplaced, 0);
}

static void wakes_where_it_may(void **state)
{
    affinity_machine();
    assert_true(stop_everywhere(sleeper_sleeps, sleeper_wakes, sleeper_is_pinned, sleeper_obeys) > 1);
}

SIM_TESTS(cmocka_unit_test(area_lies), cmocka_unit_test(area_races), cmocka_unit_test(status_given_up),
          cmocka_unit_test(frame_goes), cmocka_unit_test(wakes_where_it_may))
