/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only a control domain may name another domain, and nobody names itself by number (that is what DOMID_SELF is for). An
 * HVM domain's frames are named by guest frame numbers, which PV page tables do not hold: refused until something
 * translates them.
 */
#include "pv/mm/foreign.h"

static int guest_get(const struct domain *me, domid_t id, struct domain **out)
{
    struct domain *d = domain_get_by_id(id);

    if (!d)
        return -ESRCH;
    if (me->is_privileged && d->type == DOMAIN_PV) {
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
    return guest_get(me, id, out);
}

int foreign_get_tables(uint32_t id_plus_1, struct domain **out)
{
    struct domain *me = current_vcpu()->domain;

    if (likely(!id_plus_1) || id_plus_1 - 1 == me->id) {
        *out = me;
        return 0;
    }
    return guest_get(me, (domid_t)(id_plus_1 - 1), out);
}

void foreign_put(struct domain *d)
{
    if (d != current_vcpu()->domain && d != domain_io && d != domain_xen)
        domain_put(d);
}
