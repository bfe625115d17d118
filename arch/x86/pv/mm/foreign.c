/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only a control domain may name another domain, and nobody names itself by number (that is what DOMID_SELF is for). A
 * container's frames are named by guest frame numbers, which page tables do not hold: foreign_frame() finds the frame,
 * with a reference, before the table is locked. It has no page tables of its own that could be changed.
 */
#include "pv/mm/foreign.h"

#include "pv/mm/pte_flags.h"

static int guest_get(const struct domain *me, domid_t id, bool translated, struct domain **out)
{
    struct domain *d = domain_get_by_id(id);

    if (!d)
        return -ESRCH;
    if (me->is_privileged && (d->type == DOMAIN_PV || (translated && domain_is_translated(d)))) {
        *out = d;
        return 0;
    }
    domain_put(d);
    return me->is_privileged ? -EOPNOTSUPP : -EPERM;
}

int foreign_get(domid_t id, struct domain **out)
{
    struct domain *me = current_vcpu()->domain;

    if (likely(id == DOMID_SELF)) {
        *out = me;
        return 0;
    }
    if (id == me->id)
        return -ESRCH;
    if (id == DOMID_IO) {
        *out = domain_io;
        return 0;
    }
    if (id == DOMID_XEN) {
        *out = domain_xen;
        return me->is_privileged ? 0 : -EPERM;
    }
    return guest_get(me, id, true, out);
}

int foreign_get_tables(uint32_t id_plus_1, struct domain **out)
{
    struct domain *me = current_vcpu()->domain;

    if (likely(!id_plus_1) || id_plus_1 - 1 == me->id) {
        *out = me;
        return 0;
    }
    return guest_get(me, (domid_t)(id_plus_1 - 1), false, out);
}

int foreign_frame(struct domain *pg_owner, uint64_t *e, struct frame **held)
{
    *held = NULL;
    if (likely(!domain_is_translated(pg_owner)) || !(*e & PTE_P))
        return 0;
    *held = arch_guest_frame_get(pg_owner, gfn(pte_mfn(*e).nr), *e & PTE_RW);
    if (!*held)
        return -EINVAL;
    *e = (*e & ~PTE_ADDR_MASK) | mfn_to_paddr(frame_to_mfn(*held));
    return 0;
}

void foreign_frame_put(struct frame *held, uint64_t e)
{
    if (unlikely(held))
        arch_guest_frame_put(held, e & PTE_RW);
}

/* By its guest frame: whoever gets it for writing marks it. */
void foreign_frame_written(struct domain *pg_owner, mfn_t m)
{
    struct frame *held = mfn_valid(m) ? arch_guest_frame_get(pg_owner, gfn(m2p_get(m)), true) : NULL;

    if (held)
        arch_guest_frame_put(held, true);
}

void foreign_put(struct domain *d)
{
    if (d != current_vcpu()->domain && d != domain_io && d != domain_xen)
        domain_put(d);
}
