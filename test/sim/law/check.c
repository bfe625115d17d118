/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law: the hypervisor's books agree with each other and with what the domains were told.
 *
 *   frames    every frame is free, the hypervisor's, or on the list of the one domain that owns it; the counts are
 *             those of the lists; a frame has exactly the references that somebody can be named for; what is free is
 *             clean or marked to be scrubbed; what a domain was given it still has, with its signature in it
 *   grants    pins are the mappings of all maptracks; the flags in the tables say so
 *   events    both ends of a channel name each other; counts, VIRQs, pirqs and what the guests were told agree
 *   vCPUs     who polls is listed, queues and timers name vCPUs and domains that live, and none of the dead
 *   claims    the sum is the sum, and never more than what is free
 *   lives     a domain has the references that can be explained, and none that is dead stays without one
 */
#include "check.h"

#include "base/bitmap.h"
#include "core/event/fifo.h"
#include "core/event/layout.h"
#include "core/grant/grant.h"
#include "core/sched/runq.h"
#include "hv/claim.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "pv/mm/types.h"
#include "steps.h"

#define LAW(cond, ...) do { if (!(cond)) panic("the law is broken: " __VA_ARGS__); } while (0)

static uint16_t due[RAM];               /* references that a frame must have */
static uint32_t named[IDS];             /* ports of others, and its own, that are bound to a domain's */
static struct { uint32_t read, write; } pins[IDS][REFS];
static const uint64_t free_count_mask = ~(uint64_t)(FRAME_FREE | FRAME_DIRTY);

static void due_frame(const struct frame *f) { due[frame_to_mfn(f).nr]++; }

/* --- Grants --- */

static void law_handle(const struct domain *d, const struct maptrack_entry *e)
{
    LAW(!(e->flags & MAPTRACK_BUSY), "d%u: a handle of d%u entry %u stayed busy", d->id, e->domid, e->ref);
    LAW(e->domid < IDS && e->ref < REFS, "d%u: a handle names d%u, entry %u", d->id, e->domid, e->ref);
    uint32_t kinds = !!(e->flags & GNTMAP_host_map) + !!(e->flags & GNTMAP_device_map);
    if (grant_holds_device(e->flags))
        due_frame(grant_active_of(domain_by_owner_id(e->domid)->grants, e->ref)->frame);
    *(e->flags & GNTMAP_readonly ? &pins[e->domid][e->ref].read : &pins[e->domid][e->ref].write) += kinds;
}

static void law_maptrack(const struct domain *d)
{
    const struct grant_table *gt = d->grants;
    uint32_t used = 0, listed = 0;
    for (uint32_t page = 0; page < gt->maptrack_frames; page++)
        for (const struct maptrack_entry *e = gt->maptrack[page]; e < gt->maptrack[page] + MAPTRACK_PER_PAGE; e++)
            if (e->flags) {
                used++;
                law_handle(d, e);
            }
    LAW(used == gt->maptrack_used, "d%u: %u handles in use, %u counted", d->id, used, gt->maptrack_used);
    LAW(gt->maptrack_frames <= gt->maptrack_max && gt->nr_frames <= gt->max_frames, "d%u: tables above limits", d->id);
    for (uint32_t i = 0; i < d->max_vcpus; i++)
        for (uint32_t h = gt->lists[i].first; h != MAPTRACK_NONE; listed++) {
            LAW(h < gt->maptrack_frames * MAPTRACK_PER_PAGE && listed < 4096, "d%u: list of free handles", d->id);
            h = gt->maptrack[h / MAPTRACK_PER_PAGE][h % MAPTRACK_PER_PAGE].next_free;
        }
    LAW(used + listed == gt->maptrack_frames * MAPTRACK_PER_PAGE, "d%u: a handle is lost", d->id);
}

static uint16_t entry_flags(const struct grant_table *gt, uint32_t ref)
{
    if (gt->version == 1)
        return ((const struct grant_entry_v1 *)gt->shared[0])[ref].flags;
    return gt->status[0][ref];
}

static void law_entry(const struct being *b, uint32_t ref)
{
    struct grant_table *gt = b->d->grants;
    const struct grant_active *a = grant_active_of(gt, ref);
    uint32_t r = pins[b->d->id][ref].read, w = pins[b->d->id][ref].write;
    LAW(a->readers == r && a->writers == w, "d%u entry %u: pins %u/%u, mappings %u/%u", b->d->id, ref, a->readers,
        a->writers, r, w);
    LAW(!a->frame == !(r || w), "d%u entry %u: frame without pins or pins without frame", b->d->id, ref);
    if (a->frame) {
        LAW(frame_owner_id(a->frame) == b->d->id, "d%u entry %u: a frame of d%u", b->d->id, ref,
            frame_owner_id(a->frame));
        due_frame(a->frame);
    }
    uint16_t in_use = (uint16_t)(w ? GTF_reading | GTF_writing : r ? GTF_reading : 0);
    uint16_t flags = entry_flags(gt, ref) & (GTF_reading | GTF_writing);
    LAW(b->overwritten || (gt->version == 1 && b->scribbled[ref]) || flags == in_use,
        "d%u entry %u: flags %#x, due %#x", b->d->id, ref, flags, in_use);
}

/* --- Events --- */

static void law_port(const struct being *b, uint32_t port, struct evtchn *e, uint32_t *active)
{
    const struct port_model *m = &b->port[port];
    *active += e->state != EVTCHN_FREE;
    LAW(bitmap_test(b->d->events.used, port) == (e->state != EVTCHN_FREE), "d%u port %u: free or not", b->d->id, port);
    LAW(e->state == m->state, "d%u port %u: state %u, told %u", b->d->id, port, e->state, m->state);
    if (e->state == EVTCHN_UNBOUND)
        LAW(e->unbound_remote == m->remote, "d%u port %u: for d%u, told d%u", b->d->id, port, e->unbound_remote,
            m->remote);
    if (e->state == EVTCHN_VIRQ) {
        const struct vcpu *v = b->d->vcpu[virq_is_global(e->virq) ? 0 : e->notify_vcpu];
        LAW(e->virq == m->port && v->virq_port[e->virq] == port, "d%u port %u: VIRQ", b->d->id, port);
    }
    if (e->state == EVTCHN_PIRQ)
        LAW(e->pirq == m->port && b->d->events.pirq_port[e->pirq] == port, "d%u port %u: pirq", b->d->id, port);
    if (e->state != EVTCHN_INTERDOMAIN)
        return;
    const struct being *other = being_of(e->interdomain.domain);
    LAW(other, "d%u port %u names a domain that is gone", b->d->id, port);
    named[other->d->id]++;
    const struct evtchn *peer = evtchn_find(e->interdomain.domain, e->interdomain.port);
    LAW(peer && peer->state == EVTCHN_INTERDOMAIN && peer->interdomain.domain == b->d && peer->interdomain.port == port,
        "d%u port %u: the other end does not know", b->d->id, port);
    LAW(e->interdomain.domain->id == m->remote && e->interdomain.port == m->port, "d%u port %u: bound to d%u port %u",
        b->d->id, port, e->interdomain.domain->id, e->interdomain.port);
}

static void law_events(const struct being *b)
{
    struct domain *d = b->d;
    struct vcpu *v;
    uint32_t active = 0, bound = 0, models = 0, pirqs = 0;
    for (uint32_t port = 1; port < MIN((uint32_t)PORTS, d->events.valid); port++) {
        law_port(b, port, evtchn_find(d, port), &active);
        models += b->port[port].state == EVTCHN_VIRQ;
        pirqs += b->port[port].state == EVTCHN_PIRQ;
    }
    for (uint32_t i = 0; i < d->events.pirq_count; i++)
        pirqs -= d->events.pirq_port[i] != 0;
    LAW(!pirqs, "d%u: a pirq is bound to no port, or a port to none", d->id);
    for (uint32_t port = PORTS; port < d->events.valid; port++)
        LAW(evtchn_find(d, port)->state == EVTCHN_FREE, "d%u port %u is above the limit", d->id, port);
    LAW(active == d->events.active, "d%u: %u ports in use, %u counted", d->id, active, d->events.active);
    for_each_vcpu(d, v) {
        for (unsigned int i = 0; i < VCPU_VIRQS; i++)
            bound += v->virq_port[i] != 0;
        if (!mfn_eq(v->info_mfn, MFN_NONE))
            due_frame(mfn_to_frame(v->info_mfn));
        if (v->fifo)
            due_frame(v->fifo->frame);
    }
    LAW(bound == models, "d%u: a VIRQ is bound to no port", d->id);
    for (uint32_t i = 0; d->events.fifo && i < d->events.fifo->pages; i++)
        due_frame(d->events.fifo->frame[i]);
}

/* --- Frames --- */

static void law_list(const struct being *b)
{
    const struct domain *d = b->d;
    uint64_t nr = 0, allocated = 0;
    uint32_t prev = FRAME_LINK_NONE;
    for (uint32_t i = d->frames.head; i != FRAME_LINK_NONE; prev = i, i = frame_table[i].next, nr++) {
        LAW(i < RAM && nr <= RAM, "d%u: the list of frames leads nowhere", d->id);
        const struct frame *f = &frame_table[i];
        LAW(f->prev == prev, "d%u: the list of frames is torn at %u", d->id, i);
        LAW(frame_owner_id(f) == d->id && frame_refs(f), "d%u lists frame %u of d%u", d->id, i, frame_owner_id(f));
        allocated += !!(f->count & FRAME_ALLOCATED);
    }
    LAW(b->dying || allocated == b->owns + GUEST_TABLES, "d%u has %lu frames, was told of %u", d->id, allocated,
        b->owns);
    LAW(nr == d->tot_pages && nr == d->frames.nr, "d%u: %lu frames listed, %lu counted", d->id, nr, d->tot_pages);
}

static void law_own(const struct being *b)
{
    for (unsigned int i = 0; i < b->owns; i++) {
        const struct frame *f = mfn_to_frame(b->own[i]);
        LAW((f->count & (FRAME_ALLOCATED | FRAME_HV)) == FRAME_ALLOCATED && frame_owner_id(f) == b->d->id,
            "d%u lost frame %lu: %lx", b->d->id, b->own[i].nr, f->count);
        LAW(*stamp_of(b->own[i]) == stamp(b, b->own[i]), "d%u: frame %lu was overwritten", b->d->id, b->own[i].nr);
    }
}

/* A block's frames are nobody's, and say whether they are to be scrubbed. */
static uint64_t law_free_block(uint64_t nr, uint64_t *dirty)
{
    uint64_t size = 1ULL << (frame_table[nr].type & 0xff);
    LAW(nr % size == 0 && nr + size <= RAM, "block %lu of %lu frames", nr, size);
    for (uint64_t i = nr; i < nr + size; i++) {
        uint64_t c = frame_table[i].count;
        LAW(!(c & free_count_mask) && (i == nr || !(c & FRAME_FREE)), "free frame %lu: %lx", i, c);
        LAW((c & FRAME_DIRTY) || !*stamp_of(mfn(i)), "frame %lu is called clean", i);
        *dirty += !!(c & FRAME_DIRTY);
    }
    return size;
}

static void law_frame(uint64_t nr, uint32_t counts[IDS])
{
    const struct frame *f = &frame_table[nr];
    unsigned int owner = frame_owner_id(f);
    if (owner == FRAME_OWNER_NONE) {
        LAW(!frame_refs(f) && !due[nr], "frame %lu of the hypervisor: %lx, due %u", nr, f->count, due[nr]);
        return;
    }
    LAW(owner < IDS, "frame %lu: owner %u", nr, owner);
    due[nr] = (uint16_t)(due[nr] + !!(f->count & FRAME_ALLOCATED));
    LAW(frame_refs(f) == due[nr], "frame %lu of d%u: %u references, due %u", nr, owner, frame_refs(f), due[nr]);
    counts[owner] += !(f->count & FRAME_HV);
}

static void law_frames(void)
{
    static uint32_t counts[IDS];
    uint64_t free = 0, dirty = 0;
    memset(counts, 0, sizeof(counts));
    for (uint64_t nr = 1; nr < RAM;) {
        if (frame_table[nr].count & FRAME_FREE) {
            uint64_t size = law_free_block(nr, &dirty);
            free += size;
            nr += size;
        } else {
            law_frame(nr++, counts);
        }
    }
    LAW(free == heap_free_frames() && dirty == heap_dirty_frames(), "%lu frames free (%lu dirty), %lu (%lu) counted",
        free, dirty, heap_free_frames(), heap_dirty_frames());
    for (domid_t id = 0; id < IDS; id++) {
        struct domain *d = domain_by_owner_id(id);
        LAW(counts[id] == (d ? d->tot_pages : 0), "d%u: owner of %u frames, %lu counted", id, counts[id],
            d ? d->tot_pages : 0);
    }
}

/* --- vCPUs --- */

static bool lives(const struct domain *d)
{
    for (unsigned int i = 0; i < BEINGS + ZOMBIES; i++)
        if ((i < BEINGS ? being[i].d : zombie[i - BEINGS].d) == d)
            return true;
    return false;
}

static void law_vcpus(const struct domain *d)
{
    struct vcpu *v;
    uint32_t polls = 0;
    for_each_vcpu(d, v) {
        bool listed = d->polling[v->id / 64] >> v->id % 64 & 1;
        polls += listed;
        LAW(listed == v->poll_listed, "d%uv%u: polls, or not", d->id, v->id);
        LAW(!listed || (v->pause_flags & VPF_POLLED) || !v->is_running, "d%uv%u has left its poll, but not the list",
            d->id, v->id);
        LAW(listed || !(v->pause_flags & VPF_POLLED), "d%uv%u sleeps in a poll that nobody knows of", d->id, v->id);
        LAW(v->domain == d, "d%uv%u is another's", d->id, v->id);
        if (d->life == DOMAIN_DEAD)
            LAW(!timer_active(&v->periodic) && !timer_active(&v->singleshot) && v->sched.place == SCHED_OFF,
                "d%uv%u is dead and has a timer or a place in a queue", d->id, v->id);
    }
    LAW(polls == d->poll_count, "d%u: %u vCPUs poll, %u counted", d->id, polls, d->poll_count);
}

static void law_queue(unsigned int cpu)
{
    const struct runq *rq = &per_cpu(runq, cpu);
    uint32_t nr = 0;
    for (struct rb_node *n = rq->queue.first; n; n = rb_next(n), nr++) {
        const struct vcpu *v = vcpu_of(sched_of(n));
        LAW(lives(v->domain) && v->processor == cpu, "CPU %u queues a vCPU of nobody, or another's", cpu);
    }
    LAW(nr == rq->queue.nr, "CPU %u: %u vCPUs queued, %u counted", cpu, nr, rq->queue.nr);
    LAW(rq->current == rq->idle || lives(rq->current->domain), "CPU %u runs a vCPU of nobody", cpu);
}

/* --- Lives --- */

static uint32_t handlers(const struct being *b)
{
    uint32_t n = 0;
    for (unsigned int i = 0; i < NR_VIRQS; i++)
        n += virq_handled_by[i] && virq_handled_by[i] == b->serial;
    return n;
}

static void law_life(const struct being *b)
{
    const struct domain *d = b->d;
    law_vcpus(d);
    bool its_own = d->life < DOMAIN_DEAD || d->hv_pages;
    LAW(d->refs == 1u + its_own + !!d->tot_pages + named[d->id] + handlers(b),
        "d%u: %u references, life %u, %lu frames, %u pages of ours, %u ports", d->id, d->refs, d->life, d->tot_pages,
        d->hv_pages, named[d->id]);
    LAW(d->tot_pages <= OWN_MAX, "d%u has %lu frames", d->id, d->tot_pages);
}

/* --- Page tables: what their entries, pins and roots name --- */

static void law_table(struct frame *f)
{
    uint64_t w = ftw_load(f);
    const uint64_t *table = mfn_to_virt(frame_to_mfn(f));
    unsigned int level = ftw_type(w), entries = w & FTW_VALID ? PTE_ENTRIES : ftw_progress(w);
    for (unsigned int i = 0; i < entries; i++)
        if ((table[i] & PTE_P) && (level < 4 || i < HV_FIRST_SLOT || i > HV_LAST_SLOT) && mfn_valid(pte_mfn(table[i])))
            due_frame(mfn_to_frame(pte_mfn(table[i])));
    due[frame_to_mfn(f).nr] = (uint16_t)(due[frame_to_mfn(f).nr] + !!(w & FTW_PINNED) + !!(w & FTW_PARTIAL));
}

static void law_tables(const struct domain *d)
{
    struct vcpu *v;
    for (struct frame *f = frame_list_first(&d->frames); f; f = frame_list_next(f))
        if (is_page_table(f))
            law_table(f);
    for_each_vcpu(d, v)
        if (!mfn_eq(v->arch.pv.guest_table, MFN_NONE))
            due_frame(mfn_to_frame(v->arch.pv.guest_table));
    if (d->teardown.frame)
        due[d->teardown.frame - 1]++;
}

static uint64_t law_being(const struct being *b)
{
    law_tables(b->d);
    for (uint32_t ref = 0; ref < REFS; ref++)
        law_entry(b, ref);
    law_events(b);
    law_list(b);
    if (!b->dying)
        law_own(b);
    return b->d->outstanding_pages;
}

void law_check(void)
{
    uint64_t claimed = 0;
    if (relearn)
        world_relearn();
    memset(due, 0, sizeof(due));
    memset(pins, 0, sizeof(pins));
    memset(named, 0, sizeof(named));
    for (unsigned int i = 0; i < BEINGS + ZOMBIES; i++) {
        const struct being *b = i < BEINGS ? &being[i] : &zombie[i - BEINGS];
        if (b->d)
            law_maptrack(b->d);
    }
    for (unsigned int i = 0; i < BEINGS + ZOMBIES; i++) {
        const struct being *b = i < BEINGS ? &being[i] : &zombie[i - BEINGS];
        if (b->d)
            claimed += law_being(b);
    }
    for (unsigned int i = 0; i < BEINGS + ZOMBIES; i++) {
        const struct being *b = i < BEINGS ? &being[i] : &zombie[i - BEINGS];
        if (b->d)
            law_life(b);
    }
    law_queue(0);
    law_queue(1);
    law_frames();
    LAW(claimed == claim_outstanding(), "%lu frames claimed, %lu counted", claimed, claim_outstanding());
}
