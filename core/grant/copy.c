/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_copy: bytes from one frame to another; each side is a frame of the caller's or a grant. The direct map
 * reaches both, so nobody's page tables change. The target is also held as writable: bytes never land in a page table.
 * Pins are taken and dropped from the outside in and the inside out: the caller's grant, then the one it stands for.
 */
#include "core/grant/grant.h"

#include <arch/current.h>

struct side {
    struct domain *owner;   /* of the frame or the grant that the caller named; referenced */
    struct frame *frame;    /* held; as writable if it is the target */
    bool pinned, write;
    uint32_t ref;
    struct domain *via;     /* transitive: whose entry it stands for; referenced */
    bool via_pinned;
    uint32_t via_ref;
};

/* The grant stands for a third domain's entry, which must be granted to the owner of the first one. */
static int side_follow(struct side *s, struct grant_pin *pin)
{
    s->via_ref = pin->via_ref;
    if (pin->via == s->owner->id)
        return GNTST_general_error;
    s->via = domain_get_by_id(pin->via);
    if (!s->via)
        return GNTST_general_error;
    int status = grant_pin(s->via->grants, s->via_ref, s->owner->id, !s->write, GRANT_COPY_VIA, pin);
    s->via_pinned = status == GNTST_okay;
    return status;
}

static int side_from_grant(struct side *s, const struct gnttab_copy_ptr *p, uint32_t len)
{
    struct grant_pin pin;
    int status = grant_pin(s->owner->grants, p->u.ref, current_vcpu()->domain->id, !s->write, GRANT_COPY, &pin);
    if (status != GNTST_okay)
        return status;
    s->pinned = true;
    s->ref = p->u.ref;
    if (pin.transitive)
        status = side_follow(s, &pin);
    if (status != GNTST_okay)
        return status;
    if (p->offset < pin.offset || p->offset + len > (uint32_t)pin.offset + pin.length)
        return GNTST_general_error;
    s->frame = arch_guest_frame_get(s->via ? s->via : s->owner, gfn(pin.gfn), s->write);
    return s->frame == pin.frame ? GNTST_okay : GNTST_bad_page;
}

static int side_begin(struct side *s, const struct gnttab_copy_ptr *p, bool grant, uint32_t len)
{
    if (p->offset + len > PAGE_SIZE)
        return GNTST_bad_copy_arg;
    if (!grant && p->domid != DOMID_SELF)
        return GNTST_permission_denied;
    s->owner = domain_get_by_any_id(p->domid);
    if (!s->owner)
        return GNTST_bad_domain;
    if (grant)
        return side_from_grant(s, p, len);
    s->frame = arch_guest_frame_get(s->owner, gfn(p->u.gmfn), s->write);
    return s->frame ? GNTST_okay : GNTST_bad_page;
}

static void side_end(struct side *s)
{
    if (s->frame)
        arch_guest_frame_put(s->frame, s->write);
    if (s->via_pinned)
        grant_unpin(s->via->grants, s->via_ref, !s->write);
    if (s->via)
        domain_put(s->via);
    if (s->pinned)
        grant_unpin(s->owner->grants, s->ref, !s->write);
    if (s->owner)
        domain_put(s->owner);
}

static char *side_bytes(const struct side *s, uint16_t offset)
{
    return (char *)mfn_to_virt(frame_to_mfn(s->frame)) + offset;
}

void grant_op_copy(struct gnttab_copy *op)
{
    struct side from = { .write = false }, to = { .write = true };
    int status = side_begin(&from, &op->source, op->flags & GNTCOPY_source_gref, op->len);
    if (status == GNTST_okay)
        status = side_begin(&to, &op->dest, op->flags & GNTCOPY_dest_gref, op->len);
    if (status == GNTST_okay) /* the two may be one frame */
        memmove(side_bytes(&to, op->dest.offset), side_bytes(&from, op->source.offset), op->len);
    side_end(&to);
    side_end(&from);
    op->status = (int16_t)status;
}
