/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels. Tables of calls with the errors that the ABI names; a model of an honest guest that consumes FIFO
 * queues and must not lose an event; a hostile one; and random lives of several domains, after each step of which the
 * links must be symmetric.
 */
#include "sim_test.h"

#include "core/domain/domain.h"
#include "guest.h"
#include "hv/heap.h"
#include "hv/softirq.h"

static struct domain *a, *b;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    a = sim_domain(1, 2);
    b = sim_domain(2, 2);
    sim_settle();
}

static bool pending(struct domain *d, uint32_t port) { return evtchn_port_pending(d, port); }
static void clear(struct domain *d, uint32_t port)
{
    d->shared_info->evtchn_pending[port / 64] &= ~(1UL << port % 64);
    d->vcpu[0]->info->evtchn_pending_sel = 0;
    d->vcpu[0]->info->evtchn_upcall_pending = 0;
}

static void interdomain(void **state)
{
    start();
    int pa = evtchn_alloc_unbound(a, b->id);
    assert_int_equal(pa, 1);
    assert_int_equal(evtchn_send(a, 1), 0);
    assert_int_equal(evtchn_bind_interdomain(a, a, 1), -EINVAL); /* meant for b */
    int pb = evtchn_bind_interdomain(b, a, 1);
    assert_int_equal(pb, 1);
    assert_true(pending(b, 1)); /* what was sent before is announced */
    assert_false(pending(a, 1));
    assert_int_equal(evtchn_bind_interdomain(b, a, 1), -EINVAL);

    clear(b, 1);
    assert_int_equal(evtchn_send(a, 1), 0);
    assert_true(pending(b, 1));
    assert_int_equal(b->vcpu[0]->info->evtchn_upcall_pending, 1);
    assert_int_equal(b->vcpu[0]->info->evtchn_pending_sel, 1);

    struct evtchn_status s = { 0 };
    assert_int_equal(evtchn_status(a, 1, &s), 0);
    assert_int_equal(s.status, EVTCHNSTAT_interdomain);
    assert_int_equal(s.u.interdomain.dom, b->id);
    assert_int_equal(evtchn_close(b, 1), 0);
    assert_false(pending(b, 1));
    assert_int_equal(evtchn_status(a, 1, &s), 0);
    assert_int_equal(s.status, EVTCHNSTAT_unbound);
    assert_int_equal(s.u.unbound.dom, b->id);
    assert_int_equal(evtchn_close(b, 1), -EINVAL);
}

static void two_levels(void **state)
{
    start();
    int p = evtchn_bind_ipi(a, 1);
    struct vcpu *v = a->vcpu[1];
    a->shared_info->evtchn_mask[0] |= 1UL << p;
    assert_int_equal(evtchn_send(a, p), 0);
    assert_true(pending(a, p));
    assert_int_equal(v->info->evtchn_upcall_pending, 0); /* masked: nobody is told */
    assert_int_equal(evtchn_unmask(a, p), 0);
    assert_int_equal(v->info->evtchn_upcall_pending, 1);
    assert_int_equal(v->info->evtchn_pending_sel, 1);
    assert_int_equal(a->vcpu[0]->info->evtchn_upcall_pending, 0);
}

static void errors(void **state)
{
    start();
    static const struct {
        const char *name;
        uint32_t cmd;
        union {
            uint64_t w[4];
            struct evtchn_status s;
        } op;
        int rc;
    } t[] = {
        { "no such operation", 14, { { 0 } }, -ENOSYS },
        { "a number far off", 0x80000000, { { 0 } }, -ENOSYS },
        { "send: port 0", EVTCHNOP_send, { { 0 } }, -EINVAL },
        { "send: no such port", EVTCHNOP_send, { { 999999 } }, -EINVAL },
        { "close: port 0", EVTCHNOP_close, { { 0 } }, -EINVAL },
        { "close: free port", EVTCHNOP_close, { { 77 } }, -EINVAL },
        { "unmask: port 0", EVTCHNOP_unmask, { { 0 } }, 0 },
        { "virq: number", EVTCHNOP_bind_virq, { { 24 } }, -EINVAL },
        { "virq: no such vCPU", EVTCHNOP_bind_virq, { { VIRQ_TIMER | 9ULL << 32 } }, -ENOENT },
        { "virq: global, vCPU 1", EVTCHNOP_bind_virq, { { VIRQ_CONSOLE | 1ULL << 32 } }, -EINVAL },
        { "ipi: no such vCPU", EVTCHNOP_bind_ipi, { { 2 } }, -ENOENT },
        { "bind_vcpu: no such vCPU", EVTCHNOP_bind_vcpu, { { 1 | 9ULL << 32 } }, -ENOENT },
        { "bind_vcpu: free port", EVTCHNOP_bind_vcpu, { { 5 } }, -EINVAL },
        { "interdomain: no such domain", EVTCHNOP_bind_interdomain, { { 99 | 1ULL << 32 } }, -ESRCH },
        { "interdomain: no such port", EVTCHNOP_bind_interdomain, { { 2 | 1ULL << 32 } }, -EINVAL },
        { "interdomain: port 0", EVTCHNOP_bind_interdomain, { { 2 } }, -EINVAL },
        { "alloc for another", EVTCHNOP_alloc_unbound, { { 2 } }, -EPERM },
        { "alloc for nobody", EVTCHNOP_alloc_unbound, { { 99 } }, -ESRCH },
        { "status of another", EVTCHNOP_status, { { 2 } }, -EPERM },
        { "reset of another", EVTCHNOP_reset, { { 2 } }, -EPERM },
        { "expand without FIFO", EVTCHNOP_expand_array, { { ~0ULL } }, -EOPNOTSUPP },
        { "priority without FIFO", EVTCHNOP_set_priority, { { 1 } }, -ENOSYS },
        { "control: no such vCPU", EVTCHNOP_init_control, { { 5, 7ULL << 32 } }, -ENOENT },
        { "control: crosses the page", EVTCHNOP_init_control, { { 5, 4096 - 71 } }, -EINVAL },
        { "control: not aligned", EVTCHNOP_init_control, { { 5, 4 } }, -EINVAL },
        { "control: not the domain's", EVTCHNOP_init_control, { { 5, 8 } }, -EINVAL },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        memcpy(box, &t[i].op, sizeof(t[i].op));
        long rc = guest_call(a->vcpu[0], hypercall_event_channel_op, t[i].cmd, BOX, 0);
        if (rc != t[i].rc)
            fail_msg("%s: %ld instead of %d", t[i].name, rc, t[i].rc);
    }
    assert_int_equal(guest_call(a->vcpu[0], hypercall_event_channel_op, EVTCHNOP_send, 0x1000, 0), -EFAULT);
    assert_int_equal(a->events.active, 0);
}

static void virqs(void **state)
{
    start();
    int p = evtchn_bind_virq(a, VIRQ_TIMER, 1);
    assert_true(p > 0);
    assert_int_equal(evtchn_bind_virq(a, VIRQ_TIMER, 1), -EEXIST);
    assert_int_equal(evtchn_bind_vcpu(a, p, 0), -EINVAL);
    assert_int_equal(evtchn_send(a, p), -EINVAL);
    virq_raise_vcpu(a->vcpu[0], VIRQ_TIMER);
    assert_false(pending(a, p));
    virq_raise_vcpu(a->vcpu[1], VIRQ_TIMER);
    assert_true(pending(a, p));

    int g = evtchn_bind_virq(a, VIRQ_DOM_EXC, 0), h = evtchn_bind_virq(b, VIRQ_DOM_EXC, 0);
    hardware_domain = a;
    virq_raise_global(VIRQ_DOM_EXC);
    assert_true(pending(a, g));
    assert_int_equal(virq_set_handler(VIRQ_DOM_EXC, b), 0);
    virq_raise_global(VIRQ_DOM_EXC);
    assert_true(pending(b, h));
    uint32_t refs = b->refs;
    assert_int_equal(virq_set_handler(VIRQ_DOM_EXC, NULL), 0);
    assert_int_equal(b->refs, refs - 1);
    assert_int_equal(virq_set_handler(VIRQ_TIMER, b), -EINVAL);
    assert_int_equal(evtchn_close(a, p), 0);
    virq_raise_vcpu(a->vcpu[1], VIRQ_TIMER);
    assert_int_equal(evtchn_bind_virq(a, VIRQ_TIMER, 1), p);
    hardware_domain = NULL;
}

/* Ports run out where the toolstack said, and closing gives them back lowest first. */
static void limits(void **state)
{
    start();
    int n = 0, p;
    while ((p = evtchn_alloc_unbound(a, 2)) > 0)
        n++;
    assert_int_equal(p, -ENOSPC);
    assert_int_equal(n, 1023);
    assert_int_equal(evtchn_close(a, 500), 0);
    assert_int_equal(evtchn_close(a, 400), 0);
    assert_int_equal(evtchn_alloc_unbound(a, 2), 400);
    assert_int_equal(evtchn_alloc_unbound(a, 2), 500);
    assert_int_equal(evtchn_reset(a), 0);
    assert_int_equal(a->events.active, 0);
    assert_int_equal(evtchn_alloc_unbound(a, 2), 1);
}

/* --- FIFO --- */

static mfn_t control_page[2], array_page;
static event_word_t *words(void) { return mfn_to_virt(array_page); }
static evtchn_fifo_control_block_t *control(unsigned int v) { return mfn_to_virt(control_page[v]); }

static void fifo_setup(struct domain *d)
{
    for (unsigned int v = 0; v < 2; v++) {
        control_page[v] = domain_alloc_frames(d, 0, HEAP_ZERO);
        const uint32_t beyond = PAGE_SIZE - sizeof(evtchn_fifo_control_block_t) + 8;
        assert_int_equal(evtchn_fifo_init_control(d, control_page[v].nr, beyond, v), -EINVAL);
        assert_int_equal(evtchn_fifo_init_control(d, control_page[v].nr, ~7u, v), -EINVAL);
        assert_int_equal(evtchn_fifo_init_control(d, control_page[v].nr, 4, v), -EINVAL);
        assert_int_equal(evtchn_fifo_init_control(d, control_page[v].nr, 0, v), 0);
        assert_int_equal(evtchn_fifo_init_control(d, control_page[v].nr, 0, v), -EINVAL);
    }
    array_page = domain_alloc_frames(d, 0, HEAP_ZERO);
}

/* What an honest kernel does on an upcall of vCPU @v: highest priority first, from the head on. Counts what it gets. */
static unsigned int fifo_consume(unsigned int v, unsigned int *got, unsigned int limit)
{
    unsigned int n = 0;
    struct vcpu *vc = a->vcpu[v];
    vc->info->evtchn_upcall_pending = 0;
    static uint32_t head[2][16];
    uint32_t ready = control(v)->ready;
    control(v)->ready = 0;
    for (unsigned int q = 0; q < 16; q++) {
        if (!(ready & 1u << q))
            continue;
        if (!head[v][q])
            head[v][q] = control(v)->head[q];
        while (head[v][q] && n < limit) {
            uint32_t port = head[v][q], w = words()[port];
            words()[port] = w & ~(1u << EVTCHN_FIFO_LINKED | (uint32_t)EVTCHN_FIFO_LINK_MASK);
            head[v][q] = w & EVTCHN_FIFO_LINK_MASK;
            if ((w & 1u << EVTCHN_FIFO_PENDING) && !(w & 1u << EVTCHN_FIFO_MASKED)) {
                words()[port] &= ~(1u << EVTCHN_FIFO_PENDING);
                got[port]++;
                n++;
            }
        }
        if (head[v][q])
            control(v)->ready |= 1u << q;
    }
    return n;
}

static void fifo_order(void **state)
{
    start();
    int early = evtchn_bind_ipi(a, 0);
    evtchn_send(a, early);
    fifo_setup(a);
    assert_non_null(a->events.fifo);
    assert_int_equal(evtchn_fifo_expand(a, array_page.nr), 0);
    unsigned int got[1024] = { 0 };
    assert_int_equal(fifo_consume(0, got, 100), 1); /* what was pending in the old layout came along */
    assert_int_equal(got[early], 1);

    int p[6];
    for (unsigned int i = 0; i < 6; i++)
        p[i] = evtchn_bind_ipi(a, 0);
    assert_int_equal(evtchn_set_priority(a, p[5], 0), 0);
    assert_int_equal(evtchn_set_priority(a, p[5], 16), -EINVAL);
    for (unsigned int i = 0; i < 6; i++)
        assert_int_equal(evtchn_send(a, p[i]), 0);
    for (unsigned int i = 0; i < 6; i++) /* coalesced */
        assert_int_equal(evtchn_send(a, p[i]), 0);
    memset(got, 0, sizeof(got));
    assert_int_equal(fifo_consume(0, got, 1), 1);
    assert_int_equal(got[p[5]], 1); /* the urgent one first */
    for (unsigned int i = 0; i < 5; i++) {
        assert_int_equal(fifo_consume(0, got, 1), 1);
        assert_int_equal(got[p[i]], 1); /* then in order */
    }
    assert_int_equal(fifo_consume(0, got, 1), 0);
}

/*
 * Random sends, masks, priorities, moves between vCPUs, and an honest consumer: nothing is lost, nothing comes twice.
 */
static void fifo_model(void **state)
{
    enum { PORTS = 40, STEPS = 200000 };
    start();
    fifo_setup(a);
    assert_int_equal(evtchn_fifo_expand(a, array_page.nr), 0);
    int port[PORTS];
    for (unsigned int i = 0; i < PORTS; i++) {
        int remote = evtchn_alloc_unbound(b, a->id);
        port[i] = evtchn_bind_interdomain(a, b, (uint32_t)remote);
        assert_int_equal(port[i], remote);
    }
    unsigned int got[1024] = { 0 };
    bool sent[1024] = { 0 };
    for (unsigned int i = 0; i < PORTS; i++)
        sent[port[i]] = true; /* the announcement at binding */
    uint64_t r = 42;
    for (unsigned int step = 0; step < STEPS; step++) {
        int p = port[sim_random(&r) % PORTS];
        switch (sim_random(&r) % 8) {
        case 0: case 1: case 2:
            assert_int_equal(evtchn_send(b, p), 0);
            sent[p] = true;
            break;
        case 3:
            words()[p] |= 1u << EVTCHN_FIFO_MASKED;
            break;
        case 4:
            assert_int_equal(evtchn_unmask(a, p), 0);
            break;
        case 5:
            assert_int_equal(evtchn_bind_vcpu(a, p, sim_random(&r) % 2), 0);
            break;
        case 6:
            assert_int_equal(evtchn_set_priority(a, p, sim_random(&r) % 16), 0);
            break;
        case 7:
            fifo_consume(sim_random(&r) % 2, got, sim_random(&r) % 10);
            break;
        }
        for (unsigned int i = 0; i < PORTS; i++) {
            bool pend = pending(a, port[i]);
            if (got[port[i]]) {
                assert_true(sent[port[i]]);
                assert_int_equal(got[port[i]], 1);
                got[port[i]] = 0;
                sent[port[i]] = pend;
            }
            assert_int_equal(pend, sent[port[i]]);
        }
    }
    for (unsigned int i = 0; i < PORTS; i++)
        evtchn_unmask(a, port[i]);
    for (unsigned int i = 0; i < 100; i++)
        fifo_consume(i % 2, got, 1000);
    for (unsigned int i = 0; i < PORTS; i++)
        assert_int_equal(got[port[i]], sent[port[i]]);
    assert_false(a->is_shut_down);
}

/* A guest that writes anything anywhere in what it shares loses events, nothing else. */
static void fifo_hostile(void **state)
{
    enum { PORTS = 30, STEPS = 200000 };
    start();
    uint64_t frames = a->tot_pages;
    fifo_setup(a);
    assert_int_equal(evtchn_fifo_expand(a, array_page.nr), 0);
    for (unsigned int i = 0; i < PORTS; i++)
        assert_true(evtchn_bind_ipi(a, i % 2) > 0);
    uint64_t r = 7;
    for (unsigned int step = 0; step < STEPS; step++) {
        uint32_t p = 1 + sim_random(&r) % PORTS;
        switch (sim_random(&r) % 6) {
        case 0: case 1:
            evtchn_send(a, p);
            break;
        case 2:
            words()[sim_random(&r) % 64] = (uint32_t)sim_random(&r);
            break;
        case 3:
            ((uint32_t *)control(0))[sim_random(&r) % 18] = (uint32_t)sim_random(&r);
            break;
        case 4:
            evtchn_unmask(a, p);
            break;
        case 5:
            if (evtchn_close(a, p) == 0)
                evtchn_bind_ipi(a, sim_random(&r) % 2);
            break;
        }
    }
    assert_int_equal(evtchn_reset(a), 0);
    assert_null(a->events.fifo);
    assert_int_equal(a->tot_pages, frames + 3);
    for (struct frame *f = frame_list_first(&a->frames); f; f = frame_list_next(f))
        assert_int_equal(frame_refs(f), 1);
}

/* The guest gave the pages up; the last reference goes with the layout. */
static void fifo_last_reference(void **state)
{
    start();
    uint64_t frames = a->tot_pages;
    fifo_setup(a);
    assert_int_equal(evtchn_fifo_expand(a, array_page.nr), 0);
    const mfn_t pages[] = { control_page[0], control_page[1], array_page };
    for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
        assert_true(frame_clear_allocated(mfn_to_frame(pages[i])));
        frame_put(mfn_to_frame(pages[i]));
    }
    assert_int_equal(a->tot_pages, frames + 3);
    assert_int_equal(evtchn_reset(a), 0);
    assert_int_equal(a->tot_pages, frames);
}

/* --- The end of a life that was interrupted --- */

/* Nobody in the machine names a domain that is gone: it was freed, and its memory may be anybody's. */
static void check_names_nobody_gone(struct domain *d)
{
    for (uint32_t port = 1; port < d->events.valid; port++) {
        const struct evtchn *e = &d->events.bucket[port / EVTCHN_BUCKET][port % EVTCHN_BUCKET];
        if (e->state == EVTCHN_INTERDOMAIN && e->interdomain.domain != a && e->interdomain.domain != b)
            fail_msg("d%u port %u names a domain that is gone", d->id, port);
    }
}

/* One part of a reset that has something better to do at once; whether there was more to do. */
static bool reset_part(struct domain *d)
{
    struct evtchn_reset op = { .dom = DOMID_SELF };
    struct hypercall call = { .arg = { EVTCHNOP_reset, BOX } };
    memcpy(box, &op, sizeof(op));
    softirq_raise(SOFTIRQ_RCU);
    struct vcpu *before = sim_this->current;
    sim_this->current = d->vcpu[0];
    long rc = hypercall_event_channel_op(&call);
    sim_this->current = before;
    sim_settle();
    return rc == -ERESTART;
}

/*
 * A guest abandons EVTCHNOP_reset in the middle, binds again what was closed, and ends. Its ports are closed all the
 * same: those below where the reset stopped, too.
 */
static void reset_abandoned(void **state)
{
    start();
    assert_int_equal(evtchn_alloc_unbound(b, a->id), 1);
    assert_int_equal(evtchn_bind_interdomain(a, b, 1), 1);
    for (unsigned int i = 0; i < 200; i++)
        assert_true(evtchn_bind_ipi(a, 0) > 0);
    assert_true(reset_part(a));
    assert_int_equal(evtchn_bind_interdomain(a, b, 1), 1);
    guest_kill(a);
    a = NULL;
    check_names_nobody_gone(b);
    struct evtchn_status s = { 0 };
    assert_int_equal(evtchn_status(b, 1, &s), 0);
    assert_int_equal(s.status, EVTCHNSTAT_unbound);
    assert_int_equal(evtchn_send(b, 1), 0);
    assert_int_equal(evtchn_close(b, 1), 0);
}

/* A reset that follows an abandoned one (a new kernel after kexec) closes what was bound in between. */
static void reset_again(void **state)
{
    start();
    for (unsigned int i = 0; i < 200; i++)
        assert_true(evtchn_bind_ipi(a, 0) > 0);
    assert_true(reset_part(a));
    assert_int_equal(evtchn_bind_ipi(a, 0), 1);
    while (reset_part(a))
        ;
    assert_int_equal(a->events.active, 0);
    assert_int_equal(evtchn_bind_ipi(a, 0), 1);
}

/* The other end of a channel is never freed, even if its end were declared with the channel bound. */
static void peer_is_referenced(void **state)
{
    start();
    uint32_t refs_a = a->refs, refs_b = b->refs;
    for (uint32_t port = 1; port <= 3; port++) {
        assert_int_equal(evtchn_alloc_unbound(b, a->id), port);
        assert_int_equal(evtchn_bind_interdomain(a, b, port), port);
    }
    assert_int_equal(evtchn_alloc_unbound(a, a->id), 4); /* a channel to itself */
    assert_int_equal(evtchn_bind_interdomain(a, a, 4), 5);
    assert_int_equal(a->refs, refs_a + 3 + 2);
    assert_int_equal(b->refs, refs_b + 3);
    assert_int_equal(evtchn_close(b, 2), 0);
    assert_int_equal(a->refs, refs_a + 2 + 2);
    assert_int_equal(b->refs, refs_b + 2);
    assert_int_equal(evtchn_close(a, 5), 0);
    assert_int_equal(a->refs, refs_a + 2);
    guest_kill(a); /* they name each other, and either can go */
    assert_int_equal(b->refs, refs_b);
    guest_kill(b);
    assert_null(domain_get_by_id(1));
    assert_null(domain_get_by_id(2));
    a = b = NULL;
}

/* To an end that is dying nobody binds any more: its ports are being closed. */
static void nobody_binds_to_the_dying(void **state)
{
    start();
    assert_int_equal(evtchn_alloc_unbound(b, a->id), 1);
    b->life = DOMAIN_DYING;
    assert_int_equal(evtchn_bind_interdomain(a, b, 1), -EINVAL);
    assert_int_equal(virq_set_handler(VIRQ_DOM_EXC, b), -EINVAL);
}

/* What is said to be gone and is not, is kept, and the machine goes on. */
static void what_still_holds_is_kept(void **state)
{
    start();
    assert_int_equal(evtchn_bind_ipi(a, 0), 1);
    assert_true(sim_panics(domain_gone(a))); /* a debug build stops; before anything is freed */
    assert_ptr_equal(domain_by_owner_id(1), a);
    assert_int_equal(a->events.active, 1);
    assert_non_null(a->vcpu[0]);
    assert_non_null(a->grants);
}

/*
 * A crash is declared with any of the locks held under which an event is raised, of a guest that latched a suspend and
 * whose toolstack subscribed to it. Nobody is told before the lock is free.
 */
static void crash_under_locks(void **state)
{
    start();
    spinlock_t *locks[] = { &a->events.lock, &a->vcpu[0]->virq_lock, &a->events.pirq_lock, &b->events.lock };
    int port = evtchn_bind_ipi(a, 1), exc = evtchn_bind_virq(b, VIRQ_DOM_EXC, 0);
    assert_int_equal(virq_set_handler(VIRQ_DOM_EXC, b), 0);
    for (unsigned int i = 0; i < 2 * ARRAY_SIZE(locks); i++) {
        uint32_t refs = a->refs;
        a->shutdown_code = i % 2 ? SHUTDOWN_suspend : ~0u;
        a->suspend_port = (uint32_t)port;
        irqflags_t flags = spin_lock_irqsave(locks[i / 2]);
        domain_crash(a, "test");
        assert_false(a->shared_info->evtchn_pending[0] & 1UL << port);
        spin_unlock_irqrestore(locks[i / 2], flags);
        assert_true(a->is_shut_down);
        sim_settle();
        assert_int_equal(pending(a, (uint32_t)port), i % 2 == 1);
        assert_int_equal(pending(b, (uint32_t)exc), i % 2 == 0);
        assert_int_equal(a->refs, refs);
        clear(a, (uint32_t)port);
        clear(b, (uint32_t)exc);
        domain_pause(a);
        domain_resume(a);
        domain_unpause(a);
    }
    /* And whoever raises one there is found, whether a lock is held or not. */
    evtchn_forbid();
    assert_true(sim_panics(evtchn_send(a, (uint32_t)port)));
}

/* --- Random lives --- */

/* Where a VIRQ port is recorded: global ones on vCPU 0. */
static unsigned int virq_vcpu(const struct evtchn *e)
{
    return e->virq == VIRQ_TIMER || e->virq == VIRQ_DEBUG ? e->notify_vcpu : 0;
}

static void check_links(struct domain *d)
{
    uint32_t active = 0;
    for (uint32_t port = 1; port < d->events.valid; port++) {
        const struct evtchn *e = &d->events.bucket[port / EVTCHN_BUCKET][port % EVTCHN_BUCKET];
        assert_int_equal(e->port, port);
        active += e->state != EVTCHN_FREE;
        if (e->state == EVTCHN_VIRQ)
            assert_int_equal(d->vcpu[virq_vcpu(e)]->virq_port[e->virq], port);
        if (e->state != EVTCHN_INTERDOMAIN)
            continue;
        struct domain *peer = e->interdomain.domain;
        const struct evtchn *o =
            &peer->events.bucket[e->interdomain.port / EVTCHN_BUCKET][e->interdomain.port % EVTCHN_BUCKET];
        assert_int_equal(o->state, EVTCHN_INTERDOMAIN);
        assert_ptr_equal(o->interdomain.domain, d);
        assert_int_equal(o->interdomain.port, port);
    }
    assert_int_equal(active, d->events.active);
}

static void random_lives(void **state)
{
    enum { DOMAINS = 4, STEPS = 30000, PORT_RANGE = 24 };
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_settle();
    uint64_t before = heap_free_frames(), r = 99;
    struct domain *d[DOMAINS] = { NULL };
    for (unsigned int step = 0; step < STEPS; step++) {
        unsigned int i = sim_random(&r) % DOMAINS, j = sim_random(&r) % DOMAINS;
        uint32_t port = sim_random(&r) % PORT_RANGE, vcpu = sim_random(&r) % 3;
        if (!d[i])
            d[i] = sim_domain((domid_t)(i + 1), 2);
        switch (sim_random(&r) % 64 ? sim_random(&r) % 8 : 8 + sim_random(&r) % 2) {
        case 0: case 1: evtchn_alloc_unbound(d[i], (domid_t)(j + 1)); break;
        case 2: case 3: if (d[j]) evtchn_bind_interdomain(d[i], d[j], port); break;
        case 4: evtchn_send(d[i], port); break;
        case 5: evtchn_close(d[i], port); break;
        case 6: evtchn_bind_virq(d[i], sim_random(&r) % 4, vcpu); break;
        case 7: evtchn_bind_ipi(d[i], vcpu); break;
        case 8: assert_int_equal(evtchn_reset(d[i]), 0); break;
        case 9: guest_kill(d[i]); d[i] = NULL; break;
        }
        for (unsigned int k = 0; k < DOMAINS; k++)
            if (d[k])
                check_links(d[k]);
    }
    for (unsigned int i = 0; i < DOMAINS; i++)
        if (d[i])
            guest_kill(d[i]);
    assert_true(heap_free_frames() + 64 >= before); /* the allocator of small objects keeps some pages */
}

SIM_TESTS(cmocka_unit_test(interdomain), cmocka_unit_test(two_levels), cmocka_unit_test(errors),
          cmocka_unit_test(virqs), cmocka_unit_test(limits), cmocka_unit_test(fifo_order), cmocka_unit_test(fifo_model),
          cmocka_unit_test(fifo_hostile), cmocka_unit_test(fifo_last_reference),
          cmocka_unit_test(reset_abandoned), cmocka_unit_test(reset_again), cmocka_unit_test(peer_is_referenced),
          cmocka_unit_test(nobody_binds_to_the_dying), cmocka_unit_test(what_still_holds_is_kept),
          cmocka_unit_test(crash_under_locks),
          cmocka_unit_test(random_lives))
