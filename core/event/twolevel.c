/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 2-level layout: a bitmap of pending ports and one of masked ports in shared_info, and in each vcpu_info a
 * selector of the words worth looking at. The order is the ABI's: pending bit, selector bit, upcall flag; the guest
 * clears in reverse.
 *
 * A word is 32 bits for 32-bit code of a container: the bits of a map lie as they lie for 64-bit code, but a map is
 * shorter; a bit of the selector is for half as many.
 */
#include "core/event/layout.h"

#include <narrow_layout.h>

/*
 * Ports have a bit for each bit of a word and of the selector. The guest may change its layout at any time: each look
 * is for itself, and a port of either leads to somewhere in the page by either.
 */
static uint32_t twolevel_ports(const struct domain *d) { return READ_ONCE(d->narrow) ? 32 * 32 : EVTCHN_PORTS_2L; }

static uint64_t *twolevel_word(xen_ulong_t *map, uint32_t port, uint64_t *bit)
{
    *bit = 1ULL << (port % 64);
    return (uint64_t *)&map[port / 64];
}

static xen_ulong_t *mask_map(const struct domain *d)
{
    shared_info_t *s = d->shared_info;
    return READ_ONCE(d->narrow) ? (xen_ulong_t *)((char *)s + NARROW_SHARED_INFO_EVTCHN_MASK) : s->evtchn_mask;
}

static void twolevel_select(struct vcpu *v, uint32_t port)
{
    if (READ_ONCE(v->domain->narrow)) {
        uint32_t bit32 = 1u << (port / 32 % 32);
        if (!(__atomic_fetch_or(evtchn_narrow_selector(v), bit32, __ATOMIC_SEQ_CST) & bit32))
            evtchn_upcall(v);
        return;
    }
    uint64_t bit = 1ULL << (port / 64);
    if (!(__atomic_fetch_or(&v->info->evtchn_pending_sel, bit, __ATOMIC_SEQ_CST) & bit))
        evtchn_upcall(v);
}

static void twolevel_set_pending(struct vcpu *v, struct evtchn *e)
{
    shared_info_t *s = v->domain->shared_info;
    if (e->port >= twolevel_ports(v->domain)) /* bound before the layout changed */
        return;
    uint64_t bit, *pending = twolevel_word(s->evtchn_pending, e->port, &bit);
    if (__atomic_fetch_or(pending, bit, __ATOMIC_SEQ_CST) & bit)
        return;
    uint64_t *mask = twolevel_word(mask_map(v->domain), e->port, &bit);
    if (!(__atomic_load_n(mask, __ATOMIC_SEQ_CST) & bit))
        twolevel_select(v, e->port);
}

static void twolevel_clear_pending(struct domain *d, struct evtchn *e)
{
    if (e->port >= twolevel_ports(d))
        return;
    uint64_t bit, *pending = twolevel_word(d->shared_info->evtchn_pending, e->port, &bit);
    __atomic_fetch_and(pending, ~bit, __ATOMIC_SEQ_CST);
}

static bool twolevel_is_pending(struct domain *d, uint32_t port)
{
    if (port >= twolevel_ports(d))
        return false;
    uint64_t bit, *pending = twolevel_word(d->shared_info->evtchn_pending, port, &bit);
    return __atomic_load_n(pending, __ATOMIC_SEQ_CST) & bit;
}

static void twolevel_unmask(struct domain *d, struct evtchn *e)
{
    if (e->port >= twolevel_ports(d))
        return;
    uint64_t bit, *mask = twolevel_word(mask_map(d), e->port, &bit);
    struct vcpu *v = domain_vcpu(d, e->notify_vcpu);
    if (v && (__atomic_fetch_and(mask, ~bit, __ATOMIC_SEQ_CST) & bit) && twolevel_is_pending(d, e->port))
        twolevel_select(v, e->port);
}

static bool twolevel_is_busy(struct domain *d, uint32_t port)
{
    return false;
}

const struct evtchn_layout evtchn_layout_2l = {
    .ports = twolevel_ports,
    .set_pending = twolevel_set_pending,
    .clear_pending = twolevel_clear_pending,
    .unmask = twolevel_unmask,
    .is_pending = twolevel_is_pending,
    .is_busy = twolevel_is_busy,
};
