/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds after each interleaving (docs/laws.md has the reasons, and what each cannot see). */
#include "arch/sim/explore.h"
#include "core/event/layout.h"
#include "hv/heap.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "world.h"

#include <string.h>

#define LAW(cond, ...) do { if (!(cond)) panic("the law is broken: " __VA_ARGS__); } while (0)

static bool is_known(const struct domain *d) { return d == control || d == guest || d == peer; }

/* ends-agree: both ends of a channel name each other, and nobody who is gone. */
static void law_port(struct domain *d, uint32_t port, const struct evtchn *e)
{
    if (e->state != EVTCHN_INTERDOMAIN)
        return;
    LAW(is_known(e->interdomain.domain), "ends-agree: d%u port %u names a domain that is gone", d->id, port);
    const struct evtchn *other = evtchn_find(e->interdomain.domain, e->interdomain.port);
    LAW(other && other->state == EVTCHN_INTERDOMAIN && other->interdomain.domain == d &&
        other->interdomain.port == port, "ends-agree: d%u port %u: the other end does not know", d->id, port);
}

/* ports-counted: as many are in use as are counted. */
static void law_ports(struct domain *d)
{
    uint32_t active = 0;

    for (uint32_t port = 1; port < d->events.valid; port++) {
        const struct evtchn *e = evtchn_find(d, port);
        active += e->state != EVTCHN_FREE;
        law_port(d, port, e);
    }
    LAW(active == d->events.active, "ports-counted: d%u: %u are in use, %u counted", d->id, active, d->events.active);
}

/* pages-counted: a domain has the pages that lie on its list, and they are its own. */
static void law_pages(const struct domain *d)
{
    uint64_t count = 0;

    for (uint32_t i = d->frames.head; i != FRAME_LINK_NONE; i = frame_table[i].next, count++) {
        LAW(i < frame_table_end && count <= frame_table_end, "pages-counted: d%u: the list leads nowhere", d->id);
        LAW(frame_owner_id(&frame_table[i]) == d->id && frame_refs(&frame_table[i]),
            "pages-counted: frame %u on the list of d%u is not its own", i, d->id);
    }
    LAW(count == d->tot_pages && count == d->frames.nr, "pages-counted: d%u: %lu pages listed, %lu counted", d->id,
        (unsigned long)count, (unsigned long)d->tot_pages);
}

/* nobody-inside: interrupts are on, and no lock is held, once everybody has left. */
static void law_outside(void)
{
    for (unsigned int cpu = 0; cpu < ACTORS; cpu++)
        LAW(sim_cpu(cpu)->irqs_on, "nobody-inside: CPU %u left with interrupts off", cpu);
    struct domain *all[] = { control, guest, peer };
    for (unsigned int i = 0; i < 3; i++)
        LAW(!all[i]->events.lock.holder, "nobody-inside: d%u's event lock is held", all[i]->id);
}

void law_live(void)
{
    law_outside();
    law_ports(control);
    law_ports(guest);
    law_ports(peer);
    law_pages(guest);
    law_pages(peer);
}

/* free-is-clean: what is free holds nothing of who had it, so nobody wrote behind a reference. */
static void law_free(void)
{
    static const char zero[PAGE_SIZE];

    for (uint64_t nr = 1; nr < frame_table_end; nr++) {
        const struct frame *f = &frame_table[nr];
        LAW((f->count & ~(uint64_t)FRAME_FREE) || !memcmp(mfn_to_virt(mfn(nr)), zero, PAGE_SIZE),
            "free-is-clean: frame %lu is free and was written to", (unsigned long)nr);
    }
}

void law_end(uint64_t free_frames)
{
    struct domain *gone[] = { domain_get_by_id(GUEST), domain_get_by_id(PEER) };

    LAW(!gone[0] && !gone[1], "all-end: a domain that was ended is still there");
    LAW(!free_frames || heap_free_frames() == free_frames, "all-comes-back: %ld frames are missing",
        (long)(free_frames - heap_free_frames()));
    law_ports(control);
    law_free();
}
