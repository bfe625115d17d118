/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_copy: bytes from one frame to another; each side is a frame of the caller's or a grant. The direct map
 * reaches both, so nobody's page tables change. The target is also held as writable: bytes never land in a page table.
 * Pins are taken and dropped from the outside in and the inside out: the caller's grant, then the one it stands for.
 *
 * Lists often name one grant many times, for the pieces of a packet or of a disk block. A side stays as it is for the
 * next operation of the list that names the same; it is looked at anew in each list.
 */
#include "core/grant/grant.h"

#include <arch/current.h>

/* The grant stands for a third domain's entry, which must be granted to the owner of the first one. */
static int side_follow(struct grant_copy_side *s, struct grant_pin *pin)
{
    s->via_ref = pin->via_ref;
    if (pin->via == s->owner->id)
        return GNTST_general_error;
    s->via = domain_get_by_id(pin->via);
    if (!s->via)
        return GNTST_general_error;
    const struct grant_wish w = { s->owner->id, !s->write, 1, GRANT_COPY_VIA };
    int status = grant_pin(s->via->grants, s->via_ref, &w, pin);
    s->via_pinned = status == GNTST_okay;
    return status;
}

static int side_from_grant(struct grant_copy_side *s, const struct gnttab_copy_ptr *p)
{
    const struct grant_wish w = { current_vcpu()->domain->id, !s->write, 1, GRANT_COPY };
    struct grant_pin pin;
    int status = grant_pin(s->owner->grants, p->u.ref, &w, &pin);
    if (status != GNTST_okay)
        return status;
    s->pinned = true;
    s->ref = p->u.ref;
    if (pin.transitive)
        status = side_follow(s, &pin);
    if (status != GNTST_okay)
        return status;
    s->first = pin.offset;
    s->end = (uint32_t)pin.offset + pin.length;
    s->frame = arch_guest_frame_get(s->via ? s->via : s->owner, gfn(pin.gfn), s->write);
    return s->frame == pin.frame ? GNTST_okay : GNTST_bad_page;
}

static int side_take(struct grant_copy_side *s, const struct gnttab_copy_ptr *p, bool grant)
{
    s->owner = domain_get_by_any_id(p->domid);
    if (!s->owner)
        return GNTST_bad_domain;
    if (grant)
        return side_from_grant(s, p);
    s->end = PAGE_SIZE;
    s->frame = arch_guest_frame_get(s->owner, gfn(p->u.gmfn), s->write);
    return s->frame ? GNTST_okay : GNTST_bad_page;
}

static void side_end(struct grant_copy_side *s)
{
    if (s->frame)
        arch_guest_frame_put(s->frame, s->write);
    if (s->via_pinned)
        grant_unpin(s->via->grants, s->via_ref, !s->write, 1);
    if (s->via)
        domain_put(s->via);
    if (s->pinned)
        grant_unpin(s->owner->grants, s->ref, !s->write, 1);
    if (s->owner)
        domain_put(s->owner);
    *s = (struct grant_copy_side){ .write = s->write };
}

static bool side_is(const struct grant_copy_side *s, const struct gnttab_copy_ptr *p, bool grant)
{
    return s->taken && s->by_grant == grant && s->named.domid == p->domid &&
           (grant ? s->named.u.ref == p->u.ref : s->named.u.gmfn == p->u.gmfn);
}

/* A frame of another domain's cannot be named, if there is such a domain. */
static int not_own(domid_t id)
{
    struct domain *d = domain_get_by_any_id(id);
    if (!d)
        return GNTST_bad_domain;
    domain_put(d);
    return GNTST_permission_denied;
}

/* Afterwards @s is what @p names, or, on error, nothing. */
static int side_begin(struct grant_copy_side *s, const struct gnttab_copy_ptr *p, bool grant, uint32_t len)
{
    if (p->offset + len > PAGE_SIZE)
        return GNTST_bad_copy_arg;
    if (!grant && p->domid != DOMID_SELF)
        return not_own(p->domid);
    if (!side_is(s, p, grant)) {
        side_end(s);
        int status = side_take(s, p, grant);
        if (status != GNTST_okay) {
            side_end(s);
            return status;
        }
        s->taken = true;
        s->by_grant = grant;
        s->named = *p;
    }
    return p->offset < s->first || p->offset + len > s->end ? GNTST_general_error : GNTST_okay;
}

static char *side_bytes(const struct grant_copy_side *s, uint16_t offset)
{
    return (char *)mfn_to_virt(frame_to_mfn(s->frame)) + offset;
}

void grant_copy_begin(struct grant_copying *c)
{
    *c = (struct grant_copying){ .to.write = true };
}

void grant_copy_one(struct grant_copying *c, struct gnttab_copy *op)
{
    int status = side_begin(&c->from, &op->source, op->flags & GNTCOPY_source_gref, op->len);
    if (status == GNTST_okay)
        status = side_begin(&c->to, &op->dest, op->flags & GNTCOPY_dest_gref, op->len);
    if (status == GNTST_okay) /* the two may be one frame */
        memmove(side_bytes(&c->to, op->dest.offset), side_bytes(&c->from, op->source.offset), op->len);
    op->status = (int16_t)status;
}

void grant_copy_end(struct grant_copying *c)
{
    side_end(&c->to);
    side_end(&c->from);
}
