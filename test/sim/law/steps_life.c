/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps: birth and death, time, idle work, and what must be forgotten in the end. */
#include "steps.h"

#include "core/grant/grant.h"
#include "hv/heap.h"
#include "hv/log.h"

#include <hypercall_handlers.h>

static struct xen_domctl *domctl_args(uint32_t cmd, domid_t id)
{
    struct xen_domctl *op = args_op(sizeof(*op));
    *op = (struct xen_domctl){ .cmd = cmd, .interface_version = XEN_DOMCTL_INTERFACE_VERSION, .domain = id };
    return op;
}

static long domctl_call(struct xen_domctl *op)
{
    struct hypercall c = { .arg = { VA(op) } };
    return call_as(&being[0], hypercall_domctl, &c);
}

static bool id_is_zombie(domid_t id)
{
    for (unsigned int i = 0; i < ZOMBIES; i++)
        if (zombie[i].d && zombie[i].d->id == id)
            return true;
    return false;
}

/* Undoes a birth for which there was not enough memory. */
static void kill_now(domid_t id)
{
    struct xen_domctl *op = domctl_args(XEN_DOMCTL_destroydomain, id);
    long rc = domctl_call(op);
    if (rc && rc != -ESRCH)
        panic("destroydomain: %ld", rc);
    sim_run_until(now_ns() + NS_PER_SEC);
}

static struct domain *birth_domain(domid_t id)
{
    uint32_t vcpus = 1 + pick(2);
    struct xen_domctl *op = domctl_args(XEN_DOMCTL_createdomain, id);
    op->u.createdomain = (struct xen_domctl_createdomain){ .max_vcpus = vcpus, .max_evtchn_port = PORTS - 1,
                                                           .max_grant_frames = 1 + (int)pick(3),
                                                           .max_maptrack_frames = 1 + (int)pick(2),
                                                           .grant_opts = 1 + pick(2) };
    long rc = domctl_call(op);
    if (being_with_id(id) || id_is_zombie(id) ? rc != -EEXIST : rc && rc != -ENOMEM)
        panic("createdomain: %ld", rc);
    seen[SEEN_NO_BIRTH] += rc == -ENOMEM;
    if (rc)
        return NULL;
    op = domctl_args(XEN_DOMCTL_max_vcpus, id);
    op->u.max_vcpus.max = vcpus;
    rc = domctl_call(op);
    if (rc) {
        seen[SEEN_NO_BIRTH]++;
        kill_now(id);
        return NULL;
    }
    domctl_call(domctl_args(XEN_DOMCTL_unpausedomain, id));
    return domain_get_by_id(id);
}

/* Somebody else has nearly all memory for a moment: a birth must be able to fail at every allocation. */
static mfn_t hog[RAM];
static unsigned int hogged;

static void hog_memory(uint64_t leave)
{
    while (heap_free_frames() > leave)
        hog[hogged++] = heap_alloc(0, 0);
}

static void hog_gone(void)
{
    while (hogged)
        heap_free(hog[--hogged], 0, false);
}

void step_birth(void)
{
    static uint32_t serials;
    struct being *b = &being[1 + pick(BEINGS - 1)];
    domid_t id = (domid_t)(1 + pick(IDS - 1));
    if (b->d || depth) /* a birth is one thing, and takes several calls */
        return;
    diary_note("birth of d%u", id);
    depth++;
    steady = true;
    if (one_in(4))
        hog_memory(pick(40));
    struct domain *d = birth_domain(id);
    hog_gone();
    if (d)
        d->max_pages = OWN_MAX - 8;
    if (d && !guest_tables_make(d, SLOT_BASE)) {
        domain_put(d);
        kill_now(id);
        d = NULL;
    }
    steady = false;
    depth--;
    if (!d)
        return;
    memset(b, 0, sizeof(*b));
    b->d = d;
    b->serial = ++serials;
    seen[SEEN_BIRTH]++;
}
uint32_t virq_handled_by[NR_VIRQS];

static void handlers_forget(const struct being *b)
{
    for (unsigned int i = 0; i < NR_VIRQS; i++)
        if (virq_handled_by[i] == b->serial)
            virq_handled_by[i] = 0;
}

static struct being *zombie_room(void)
{
    for (unsigned int i = 0; i < ZOMBIES; i++)
        if (!zombie[i].d)
            return &zombie[i];
    return NULL;
}

static void death_is_complete(struct being *b)
{
    struct being *z = zombie_room();
    if (!z)
        panic("too many of the dead are still mapped");
    seen[SEEN_DEATH]++;
    seen[SEEN_MAPPED_DEAD] += b->d->refs > 1;
    memset(b->port, 0, sizeof(b->port)); /* the law sees whether all are closed */
    memcpy(z, b, sizeof(*z));
    memset(b, 0, sizeof(*b));
}

bool death_part(struct being *b)
{
    diary_note("death of d%u, %u parts released", b->d->id, b->d->teardown.released);
    struct xen_domctl *op = domctl_args(XEN_DOMCTL_destroydomain, b->d->id);
    struct hypercall c = { .arg = { VA(op) } };
    long rc = call_part(&being[0], hypercall_domctl, &c);
    if (rc && rc != -ERESTART)
        panic("destroydomain: %ld", rc);
    b->dying = relearn = true;
    handlers_forget(b);
    memset(b->note, 0, sizeof(b->note));
    if (!rc)
        death_is_complete(b);
    return !rc;
}

void die_there(struct being *b)
{
    unsigned int parts = 1 + pick(6);
    while (zombie_room() && parts-- && !death_part(b))
        ;
}

void step_death(void)
{
    struct being *b = &being[1 + pick(BEINGS - 1)];
    if (b->d && !depth && (b->dying || one_in(20)) && zombie_room())
        death_part(b);
}

void bury(void)
{
    for (unsigned int i = 0; i < ZOMBIES; i++) {
        struct being *z = &zombie[i];
        if (!z->d || z->d->refs != 1)
            continue;
        domid_t id = z->d->id;
        domain_put(z->d);
        memset(z, 0, sizeof(*z));
        sim_settle();
        struct domain *d = domain_get_by_id(id);
        if (d)
            panic("d%u is still to be found", id);
    }
}

void step_let_go(void)
{
    struct being *b = someone();
    for (unsigned int i = 0; i < NOTES && !b->dying; i++)
        if (b->note[i].used && id_is_zombie(b->note[i].of))
            unmap_note(b, &b->note[i]);
    if (b != &being[0])
        return; /* it may have ended there */
    const struct grant_table *gt = b->d->grants;
    for (uint32_t h = 0; h < gt->maptrack_frames * MAPTRACK_PER_PAGE; h++) {
        const struct maptrack_entry *e = &gt->maptrack[h / MAPTRACK_PER_PAGE][h % MAPTRACK_PER_PAGE];
        if (e->flags && !(e->flags & MAPTRACK_BUSY) && id_is_zombie(e->domid))
            unmap_by_force(b, h);
    }
    for (unsigned int i = 0; i < SLOTS / 2; i++)
        step_foreign_drop();
}

void step_time(void)
{
    if (depth)
        return;
    sim_run_until(now_ns() + pick(60) * NS_PER_MS);
    bury();
}

/* --- What a domain's vCPUs and the toolstack set up, and somebody must forget --- */

void step_timers(void)
{
    struct being *b = someone_free();
    if (!b || b->dying || depth)
        return;
    uint64_t *op = args_op(16);
    struct hypercall c = { .arg = { VCPUOP_set_periodic_timer, pick(2), VA(op) } };
    op[0] = one_in(3) ? 0 : (1 + pick(90)) * NS_PER_MS;
    if (call_as(b, hypercall_vcpu_op, &c) == CALL_ABANDONED)
        return;
    struct sched_watchdog *dog = args_op(sizeof(*dog));
    *dog = (struct sched_watchdog){ .id = pick(4), .timeout = one_in(2) ? 0 : 1 + pick(100) };
    c = (struct hypercall){ .arg = { SCHEDOP_watchdog, VA(dog) } };
    if (b != &being[0])
        call_as(b, hypercall_sched_op, &c);
}

void step_poll(void)
{
    unsigned int here = this_cpu_id();
    if (depth)
        return;
    sim_on_cpu(pick(2));
    const struct vcpu *v = current_vcpu();
    if (!vcpu_is_idle(v) && vcpu_runnable(v)) {
        evtchn_port_t *list = args_op(4 * sizeof(*list));
        for (unsigned int i = 0; i < 4; i++)
            list[i] = pick(12);
        seen[SEEN_POLL] += !vcpu_poll_current(VA(list), pick(4), one_in(2) ? 0 : now_ns() + pick(40) * NS_PER_MS);
    }
    sim_on_cpu(here);
    sim_settle();
}

void step_subscribe(void)
{
    struct being *b = someone();
    struct xen_domctl *op = domctl_args(XEN_DOMCTL_subscribe, b->d->id);
    op->u.subscribe.port = pick(12);
    if (b == &being[0] || b->dying)
        return;
    domctl_call(op);
    diary_note("shutdown and resume: d%u", b->d->id);
    domain_shutdown(b->d, pick(5));
    sim_settle();
    if (!one_in(3))
        domctl_call(domctl_args(XEN_DOMCTL_resumedomain, b->d->id));
}

void step_handler(void)
{
    struct being *b = someone();
    static const uint32_t handled[] = { VIRQ_DOM_EXC, VIRQ_CONSOLE, VIRQ_PCPU_STATE };
    uint32_t virq = handled[pick(3)];
    struct xen_domctl *op = domctl_args(XEN_DOMCTL_set_virq_handler, b->d->id);
    op->u.set_virq_handler.virq = virq;
    diary_note("set_virq_handler: d%u", b->d->id);
    steady = true;
    long rc = domctl_call(op);
    steady = false;
    if (!rc != !b->dying)
        panic("set_virq_handler of d%u: %ld", b->d->id, rc);
    if (!rc)
        virq_handled_by[virq] = b->serial;
    virq_raise_global(virq);
}

void step_list(void)
{
    struct xen_sysctl *op = args_op(sizeof(args[0].op));
    static xen_domctl_getdomaininfo_t rows[IDS];
    *op = (struct xen_sysctl){ .cmd = XEN_SYSCTL_getdomaininfolist,
                               .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                               .u.getdomaininfolist.max_domains = IDS };
    set_xen_guest_handle(op->u.getdomaininfolist.buffer, rows);
    struct hypercall c = { .arg = { VA(op) } };
    call_as(&being[0], hypercall_sysctl, &c);
}

void step_scrub(void)
{
    heap_scrub_some();
}
