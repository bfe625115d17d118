/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every call of a list, stopped at each of its points (meanwhile.h) for each other one: of another vCPU of the same
 * guest, of a second guest that it shares with, of the control domain, which may end either of them. What the calls
 * answer is not looked at. Afterwards both guests end; then they must be gone, every frame must be back, and what is
 * free must be clean: so nobody kept a reference, and nobody wrote behind one.
 */
#include "grant_world.h"
#include "meanwhile.h"

enum { PAGES = 6, REF = 9 };
enum who { CONTROL, GUEST, PEER };

static struct domain *control, *guest, *peer; /* the guests' ids are 2 and 3 */
static mfn_t page[PAGES], peer_page;
static unsigned int state_nr;

/* What is stopped and what happens there have their arguments in different places. */
static void *args(void) { return box + (within ? 32768 : 0); }
static uint64_t *list(void) { return (uint64_t *)(box + (within ? 49152 : 16384)); }

static long call(enum who who, hypercall_fn fn, uint64_t a, uint64_t b, uint64_t c)
{
    struct domain *by = who == CONTROL ? control : who == GUEST ? guest : peer;
    return guest_call(by->vcpu[within && by->max_vcpus > 1], fn, a, b, c);
}

#define OP(who, fn, cmd, type, ...)                                     \
    ({                                                                  \
        type *op_ = args();                                             \
        *op_ = (type){ __VA_ARGS__ };                                   \
        call(who, fn, cmd, (uint64_t)(uintptr_t)op_, 1);                \
    })
#define EVENT(who, cmd, type, ...) \
    OP(who, hypercall_event_channel_op, EVTCHNOP_##cmd, struct evtchn_##type, __VA_ARGS__)
#define GRANT(who, cmd, type, ...) \
    OP(who, hypercall_grant_table_op, GNTTABOP_##cmd, struct gnttab_##type, __VA_ARGS__)
#define HANDLE(type) ((type){ .p = (void *)list() })

/* --- Memory --- */

static void reservation(enum who who, uint32_t cmd, mfn_t m)
{
    list()[0] = m.nr;
    OP(who, hypercall_memory_op, cmd, struct xen_memory_reservation, .nr_extents = 1,
       .domid = who == CONTROL ? 2 : DOMID_SELF,
       .extent_start = HANDLE(typeof(((struct xen_memory_reservation *)0)->extent_start)));
}
static void populate(void) { reservation(GUEST, XENMEM_populate_physmap, mfn(5)); }
static void decrease(void) { reservation(GUEST, XENMEM_decrease_reservation, page[0]); }
static void control_populate(void) { reservation(CONTROL, XENMEM_populate_physmap, mfn(5)); }
static void control_decrease(void) { reservation(CONTROL, XENMEM_decrease_reservation, page[0]); }

static void exchange(void)
{
    uint64_t *l = list();
    struct xen_memory_exchange *x = args();
    l[0] = page[0].nr;
    l[1] = 7;
    *x = (struct xen_memory_exchange){ .in = { .nr_extents = 1, .domid = DOMID_SELF },
                                       .out = { .nr_extents = 1, .domid = DOMID_SELF } };
    x->in.extent_start.p = (void *)l;
    x->out.extent_start.p = (void *)(l + 1);
    call(GUEST, hypercall_memory_op, XENMEM_exchange, (uint64_t)(uintptr_t)x, 0);
}

/* --- vCPUs --- */

static void area(uint32_t cmd, uint64_t gaddr)
{
    *(uint64_t *)args() = gaddr;
    call(GUEST, hypercall_vcpu_op, cmd, 2, (uint64_t)(uintptr_t)args());
}
static void area_on(void) { area(VCPUOP_register_runstate_phys_area, page[0].nr * PAGE_SIZE); }
static void area_moves(void) { area(VCPUOP_register_runstate_phys_area, page[1].nr * PAGE_SIZE); }
static void area_off(void) { area(VCPUOP_register_runstate_phys_area, ~0ULL); }
static void time_on(void) { area(VCPUOP_register_vcpu_time_phys_area, page[0].nr * PAGE_SIZE); }
static void time_off(void) { area(VCPUOP_register_vcpu_time_phys_area, ~0ULL); }

static void info_moves(void)
{
    struct vcpu_register_vcpu_info *op = args();
    *op = (struct vcpu_register_vcpu_info){ .mfn = page[1].nr };
    call(GUEST, hypercall_vcpu_op, VCPUOP_register_vcpu_info, 2, (uint64_t)(uintptr_t)op);
}
static void down(void) { call(GUEST, hypercall_vcpu_op, VCPUOP_down, 2, 0); }
static void up(void) { call(GUEST, hypercall_vcpu_op, VCPUOP_up, 2, 0); }

/* --- Events --- */

static void unbound(void) { EVENT(GUEST, alloc_unbound, alloc_unbound, .dom = DOMID_SELF, .remote_dom = 3); }
static void ipi(void) { EVENT(GUEST, bind_ipi, bind_ipi, .vcpu = 2); }
static void virq(void) { EVENT(GUEST, bind_virq, bind_virq, .virq = VIRQ_TIMER, .vcpu = 2); }
static void bind(void) { EVENT(GUEST, bind_interdomain, bind_interdomain, .remote_dom = 3, .remote_port = 1); }
static void bind_self(void) { EVENT(GUEST, bind_interdomain, bind_interdomain, .remote_dom = 2, .remote_port = 2); }
static void close_1(void) { EVENT(GUEST, close, close, .port = 1); }
static void close_2(void) { EVENT(GUEST, close, close, .port = 2); }
static void send(void) { EVENT(GUEST, send, send, .port = 1); }
static void reset(void) { EVENT(GUEST, reset, reset, .dom = DOMID_SELF); }
static void fifo(void) { EVENT(GUEST, init_control, init_control, .control_gfn = page[2].nr, .vcpu = 0); }
static void fifo_other(void) { EVENT(GUEST, init_control, init_control, .control_gfn = page[0].nr, .vcpu = 2); }
static void expand(void) { EVENT(GUEST, expand_array, expand_array, .array_gfn = page[3].nr); }
static void peer_bind(void) { EVENT(PEER, bind_interdomain, bind_interdomain, .remote_dom = 2, .remote_port = 1); }
static void peer_close(void) { EVENT(PEER, close, close, .port = 1); }
static void peer_send(void) { EVENT(PEER, send, send, .port = 1); }
static void peer_reset(void) { EVENT(PEER, reset, reset, .dom = DOMID_SELF); }
static void control_unbound(void) { EVENT(CONTROL, alloc_unbound, alloc_unbound, .dom = 2, .remote_dom = 3); }
static void control_reset(void) { EVENT(CONTROL, reset, reset, .dom = 2); }

/* --- Grants --- */

static void version_1(void) { GRANT(GUEST, set_version, set_version, .version = 1); }
static void version_2(void) { GRANT(GUEST, set_version, set_version, .version = 2); }
static void status_list(void)
{
    GRANT(GUEST, get_status_frames, get_status_frames, .nr_frames = 1, .dom = DOMID_SELF, .frame_list.p = list());
}
static void setup(enum who who)
{
    GRANT(who, setup_table, setup_table, .nr_frames = 3, .dom = 2, .frame_list.p = (void *)list());
}
static void setup_own(void) { setup(GUEST); }
static void control_setup(void) { setup(CONTROL); }
static void map_by(enum who who, domid_t of, unsigned int at)
{
    GRANT(who, map_grant_ref, map_grant_ref, .host_addr = SLOT_BASE + at * PAGE_SIZE, .flags = GNTMAP_host_map,
          .ref = REF, .dom = of);
}
static void unmap_by(enum who who, unsigned int at)
{
    GRANT(who, unmap_grant_ref, unmap_grant_ref, .host_addr = SLOT_BASE + at * PAGE_SIZE, .handle = 0);
}
static void map_peers(void) { map_by(GUEST, 3, within); }
static void unmap_peers(void) { unmap_by(GUEST, 0); }
static void peer_map(void) { map_by(PEER, 2, within); }
static void peer_unmap(void) { unmap_by(PEER, 0); }
static void swap(void) { GRANT(GUEST, swap_grant_ref, swap_grant_ref, .ref_a = REF, .ref_b = REF + 1); }
static void copy_peers(void)
{
    GRANT(GUEST, copy, copy, .source = { .u.ref = REF, .domid = 3 },
          .dest = { .u.gmfn = page[0].nr, .domid = DOMID_SELF }, .len = 64, .flags = GNTCOPY_source_gref);
}
static void peer_copy(void)
{
    GRANT(PEER, copy, copy, .source = { .u.gmfn = peer_page.nr, .domid = DOMID_SELF },
          .dest = { .u.ref = REF, .domid = 2 }, .len = 64, .flags = GNTCOPY_dest_gref);
}
static void peer_cache(void)
{
    GRANT(PEER, cache_flush, cache_flush, .a.dev_bus_addr = page[0].nr * PAGE_SIZE, .length = 64,
          .op = GNTTAB_CACHE_CLEAN);
}

/* --- One after the other: what is given up and then used for something else, or by somebody else --- */

static void area_off_gone(void) { area_off(); time_off(); decrease(); }
static void area_moves_gone(void) { area_moves(); decrease(); }
static void reset_fifo(void) { reset(); fifo(); expand(); }
static void version_again(void) { version_1(); version_2(); }
static void close_bind(void) { close_1(); bind_self(); }

/* --- The end --- */

static void end(struct domain *d)
{
    for (unsigned int parts = 0; domain_kill(d) == -ERESTART; parts++)
        assert_true(parts < 100000);
}
static void kill_guest(void) { end(guest); }
static void kill_peer(void) { end(peer); }
static void crash_guest(void) { domain_shutdown(guest, SHUTDOWN_crash); }

static const struct step { enum who who; void (*fn)(void); const char *name; int ends; } steps[] = {
#define STEP(who, fn) { who, fn, #fn, 0 }
    STEP(GUEST, populate), STEP(GUEST, decrease), STEP(GUEST, exchange), STEP(GUEST, area_on), STEP(GUEST, area_moves),
    STEP(GUEST, area_off), STEP(GUEST, time_on), STEP(GUEST, time_off), STEP(GUEST, info_moves), STEP(GUEST, down),
    STEP(GUEST, up), STEP(GUEST, unbound), STEP(GUEST, ipi), STEP(GUEST, virq), STEP(GUEST, bind),
    STEP(GUEST, bind_self), STEP(GUEST, close_1), STEP(GUEST, close_2), STEP(GUEST, send), STEP(GUEST, reset),
    STEP(GUEST, fifo), STEP(GUEST, fifo_other), STEP(GUEST, expand), STEP(GUEST, version_1), STEP(GUEST, version_2),
    STEP(GUEST, status_list), STEP(GUEST, setup_own), STEP(GUEST, map_peers), STEP(GUEST, unmap_peers),
    STEP(GUEST, swap), STEP(GUEST, copy_peers), STEP(PEER, peer_bind), STEP(PEER, peer_close), STEP(PEER, peer_send),
    STEP(PEER, peer_reset), STEP(PEER, peer_map), STEP(PEER, peer_unmap), STEP(PEER, peer_copy), STEP(PEER, peer_cache),
    STEP(CONTROL, control_populate), STEP(CONTROL, control_decrease), STEP(CONTROL, control_unbound),
    STEP(CONTROL, control_reset), STEP(CONTROL, control_setup), STEP(CONTROL, crash_guest),
    STEP(GUEST, area_off_gone), STEP(GUEST, area_moves_gone), STEP(GUEST, reset_fifo),
    STEP(GUEST, version_again), STEP(GUEST, close_bind),
    { CONTROL, kill_guest, "kill_guest", GUEST }, { CONTROL, kill_peer, "kill_peer", PEER },
};

/* Whose vCPU is in the middle of a call is not ended: it is waited for; nor does it call once it is being ended. */
static bool can_meet(const struct step *a, const struct step *b)
{
    return !(a->ends && (int)b->who == a->ends) && !(b->ends && (int)a->who == b->ends) && !(a->ends && a == b);
}

/* --- The world --- */

static void entry_of(struct domain *d, domid_t to, mfn_t m)
{
    struct grant_entry_v1 *v1 = d->grants->shared[0];
    union grant_entry_v2 *v2 = d->grants->shared[0];
    if (d->grants->version == 1) {
        v1[REF] = (struct grant_entry_v1){ GTF_permit_access, to, (uint32_t)m.nr };
        return;
    }
    v2[REF].full_page.frame = m.nr;
    v2[REF].hdr = (grant_entry_header_t){ GTF_permit_access, to };
}

/* Its vCPUs are in no CPU: whoever makes a call in a vCPU's name decides when it has left again. */
static struct domain *domain_make(domid_t id, uint32_t vcpus)
{
    struct domain *d = sim_domain(id, vcpus);
    assert_int_equal(domain_controller_pause_nosync(d), 0);
    sim_settle();
    return d;
}

/* 0: two guests that have offered each other a channel and a frame. 1: all of it in use, and the younger layouts. */
static void world_make(void)
{
    guest = domain_make(2, 3);
    peer = domain_make(3, 2);
    assert_true(guest_tables_make(guest, SLOT_BASE) && guest_tables_make(peer, SLOT_BASE));
    vcpu_down(guest->vcpu[2]);
    for (unsigned int i = 0; i < PAGES; i++)
        page[i] = domain_alloc_frames(guest, 0, HEAP_ZERO);
    peer_page = domain_alloc_frames(peer, 0, HEAP_ZERO);
    unbound();
    EVENT(PEER, alloc_unbound, alloc_unbound, .dom = DOMID_SELF, .remote_dom = 2);
    EVENT(GUEST, alloc_unbound, alloc_unbound, .dom = DOMID_SELF, .remote_dom = 2);
    if (state_nr) {
        version_2();
        fifo();
        expand();
        close_1();
        bind();
        area_on();
    }
    entry_of(guest, 3, page[0]);
    entry_of(peer, 2, peer_page);
    if (state_nr) {
        map_peers();
        peer_map();
    }
}

static void free_is_clean(void)
{
    static const char zero[PAGE_SIZE];
    for (uint64_t nr = 1; nr < frame_table_end; nr++) {
        const struct frame *f = &frame_table[nr];
        if ((f->count & ~(uint64_t)FRAME_FREE) == 0 && memcmp(mfn_to_virt(mfn(nr)), zero, PAGE_SIZE))
            fail_msg("frame %lu is free and was written to", (unsigned long)nr);
    }
}

static void world_ends(void)
{
    end(guest);
    end(peer);
    domain_put(guest);
    domain_put(peer);
    sim_run_until(now_ns() + 300 * NS_PER_MS); /* who had pages of theirs mapped has let go */
    assert_null(domain_get_by_id(2));
    assert_null(domain_get_by_id(3));
    free_is_clean();
}

static uint64_t free_at_first;
static const struct step *first, *second;

static void pair(void)
{
    for (unsigned int at = 1;; at++) {
        world_make();
        other = second->fn;
        countdown = at;
        first->fn();
        bool reached = !countdown;
        countdown = 0;
        world_ends();
        if (heap_free_frames() != free_at_first)
            fail_msg("%ld frames are missing", (long)(free_at_first - heap_free_frames()));
        if (!reached)
            return;
        assert_true(at < 10000);
    }
}

static void all_pairs(unsigned int with_state)
{
    state_nr = with_state;
    sim_start(&(struct sim_config){ .frames = 500, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    control = domain_make(0, 1);
    control->is_privileged = true;
    sim_run_until(10 * NS_PER_MS);
    world_make();
    world_ends();
    free_at_first = heap_free_frames();
    for (first = steps; first < steps + ARRAY_SIZE(steps); first++)
        for (second = steps; second < steps + ARRAY_SIZE(steps); second++) {
            if (!can_meet(first, second))
                continue;
            if (getenv("PAIRS"))
                fprintf(stderr, "%u: %s, %s\n", state_nr, first->name, second->name);
            pair();
        }
}

static void offered(void **state) { all_pairs(0); }
static void in_use(void **state) { all_pairs(1); }

SIM_TESTS(cmocka_unit_test(offered), cmocka_unit_test(in_use))
