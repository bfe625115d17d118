/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a call, and the whims of who makes it: see calls.h. */
#include "calls.h"

#include "core/event/layout.h"
#include "core/grant/grant.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "pv/mm/types.h"

#include <hypercall_handlers.h>

void (*meanwhile)(void);
void (*kill_there)(struct being *b);
bool relearn, exact, steady;
static unsigned long relearned; /* how often the model was made again */

/* --- The model, made again --- */

static void ports_relearn(struct being *b)
{
    for (uint32_t port = 1; port < PORTS; port++) {
        const struct evtchn *e = evtchn_find(b->d, port);
        struct port_model *m = &b->port[port];
        *m = (struct port_model){ .state = e ? e->state : EVTCHN_FREE };
        if (!e)
            continue;
        if (e->state == EVTCHN_UNBOUND)
            m->remote = e->unbound_remote;
        if (e->state == EVTCHN_VIRQ || e->state == EVTCHN_PIRQ)
            m->port = e->state == EVTCHN_VIRQ ? e->virq : e->pirq;
        if (e->state != EVTCHN_INTERDOMAIN)
            continue;
        const struct being *other = being_of(e->interdomain.domain);
        if (!other)
            panic("d%u port %u names a domain that is gone", b->d->id, port);
        m->remote = other->d->id;
        m->port = e->interdomain.port;
    }
}

/* What is on its list and not signed by it must be as clean as what it is given. */
static void frames_relearn(struct being *b)
{
    b->owns = 0;
    for (struct frame *f = frame_list_first(&b->d->frames); f; f = frame_list_next(f)) {
        mfn_t m = frame_to_mfn(f);
        if (!(f->count & FRAME_ALLOCATED) || is_page_table(f))
            continue;
        if (*stamp_of(m) != stamp(b, m))
            own_add(b, m);
        else
            b->own[b->owns++] = m;
    }
}

void world_relearn(void)
{
    relearn = false;
    relearned++;
    for (unsigned int i = 0; i < BEINGS; i++) {
        struct being *b = &being[i];
        if (!b->d)
            continue;
        ports_relearn(b);
        if (!b->dying && !b->busy)
            frames_relearn(b);
    }
}

/* Of whoever was @serial, and may be dead by now: its call may have changed the version, or swapped entries. */
static void entries_unknown(uint32_t serial)
{
    for (unsigned int i = 0; i < BEINGS + ZOMBIES; i++) {
        struct being *b = i < BEINGS ? &being[i] : &zombie[i - BEINGS];
        if (b->d && b->serial == serial)
            memset(b->scribbled, true, sizeof(b->scribbled));
    }
}

/* --- A call --- */

unsigned long calls;

long call_part(const struct being *b, hypercall_fn fn, struct hypercall *c)
{
    if (one_in(3))
        softirq_raise(SOFTIRQ_RCU);
    struct vcpu *before = sim_this->current;
    sim_this->current = b->d->vcpu[pick(b->d->max_vcpus)];
    calls++;
    struct foreign_maps maps;
    foreign_maps_note(b, &maps);
    long rc = fn(c);
    foreign_maps_check(b, &maps);
    sim_this->current = before;
    sim_settle();
    return rc;
}
static bool is_pointer(uint64_t w) { return w - VA(args) < sizeof(args); }

/* A few low bits of an argument, or of a word of the structure, that is no pointer. @alone: not in a list. */
static void change_arguments(struct hypercall *c, bool alone)
{
    uint64_t *w = alone && one_in(3) ? &c->arg[pick(3)] : &args[depth].op[pick(16)];
    seen[SEEN_CHANGED]++;
    if (!is_pointer(*w))
        *w ^= 1ULL << pick(w >= c->arg && w < c->arg + HYPERCALL_ARGS ? 14 : 6);
}
enum whim { GO_ON, LET_OTHERS, CHANGE, ABANDON, BE_KILLED };

static enum whim pick_whim(const struct being *b)
{
    unsigned int n = pick(16);
    if (steady)
        return GO_ON;
    if (n == 0)
        return ABANDON;
    if (depth)
        return GO_ON; /* whose call was interrupted counts on what is not his own whims' work */
    if (n == 1 && b != &being[0])
        return BE_KILLED;
    return n == 2 ? CHANGE : n < 7 ? LET_OTHERS : GO_ON;
}

static long call_left(uint32_t serial)
{
    entries_unknown(serial);
    relearn = true;
    return CALL_ABANDONED;
}

/*
 * A hypercall, until it is done. CALL_ABANDONED: it was not continued as it was, or its domain ended meanwhile.
 * @what: itself, or the one that matters of a list.
 */
static long call_to_end(struct being *b, hypercall_fn fn, hypercall_fn what, struct hypercall *c)
{
    uint32_t serial = b->serial;
    bool changed = false, alone = fn == what;
    unsigned long before;
    for (;;) {
        long rc = call_part(b, fn, c);
        if (rc != -ERESTART)
            return changed ? call_left(serial) : rc;
        seen[SEEN_RESTART]++;
        switch (pick_whim(b)) {
        case GO_ON:
            continue;
        case LET_OTHERS:
            depth = 1;
            before = relearned;
            if (what == hypercall_event_channel_op)
                world_relearn(); /* some ports of a reset are closed by now, and the others may get them */
            meanwhile();
            /* What this call had done already may be in the model; what a list had not begun may go another way. */
            changed |= !alone || relearned != before;
            depth = 0;
            break;
        case CHANGE:
            if (exact || what == hypercall_domctl)
                break; /* a domctl might become another one, of those that make and end domains */
            change_arguments(c, alone);
            changed = true;
            break;
        case ABANDON:
            seen[SEEN_ABANDONED]++;
            return call_left(serial);
        case BE_KILLED:
            kill_there(b);
            break;
        }
        if (b->serial != serial || b->dying) {
            seen[SEEN_KILLED_THERE]++;
            return call_left(serial);
        }
    }
}

static uint64_t number_of(hypercall_fn fn)
{
    for (unsigned int nr = 0; nr < HYPERCALL_COUNT; nr++)
        if (hypercall_table[HYPERCALLS_PV][nr].fn == fn)
            return nr;
    panic("a hypercall that is in no table");
}

/* As an entry of a multicall, between others that do nothing. */
static long call_in_list(struct being *b, hypercall_fn fn, struct hypercall *c)
{
    unsigned int nr = 1 + pick(3), at = pick(nr), deep = depth;
    struct multicall_entry *list = args[deep].list_of_calls;
    for (unsigned int i = 0; i < nr; i++)
        list[i] = (struct multicall_entry){ .op = __HYPERVISOR_xen_version, .args = { XENVER_version } };
    list[at].op = number_of(fn);
    memcpy(list[at].args, c->arg, sizeof(c->arg));
    struct hypercall m = { .arg = { VA(list), nr } };
    long rc = call_to_end(b, hypercall_multicall, fn, &m);
    memcpy(c->arg, list[at].args, sizeof(c->arg));
    return rc ? rc : (long)list[at].result;
}

long call_as(struct being *b, hypercall_fn fn, struct hypercall *c)
{
    return one_in(8) ? call_in_list(b, fn, c) : call_to_end(b, fn, fn, c);
}

long call_op(struct being *b, hypercall_fn fn, uint64_t cmd, const void *op)
{
    struct hypercall c = { .arg = { cmd, VA(op), 1 } };
    return call_as(b, fn, &c);
}

void *args_op(size_t size)
{
    return memset(args[depth].op, 0, size);
}
