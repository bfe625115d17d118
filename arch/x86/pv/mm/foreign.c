/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only a control domain may name another domain. An HVM domain's frames are named by guest frame numbers, which PV page
 * tables do not hold: refused until something translates them.
 */
#include "pv/mm/foreign.h"

int foreign_get(domid_t id, struct domain **out)
{
    struct domain *me = current_vcpu()->domain;

    if (likely(id == DOMID_SELF) || id == me->id) {
        *out = me;
        return 0;
    }
    if (id == DOMID_IO) {
        *out = domain_io;
        return 0;
    }
    if (!me->is_privileged)
        return id < DOMID_FIRST_RESERVED || id == DOMID_XEN ? -EPERM : -ESRCH;
    if (id == DOMID_XEN) {
        *out = domain_xen;
        return 0;
    }
    *out = domain_get_by_id(id);
    if (!*out)
        return -ESRCH;
    if ((*out)->type != DOMAIN_PV) {
        domain_put(*out);
        return -EOPNOTSUPP;
    }
    return 0;
}

int foreign_get_guest(domid_t id, struct domain **out)
{
    return id == DOMID_IO || id == DOMID_XEN ? -EPERM : foreign_get(id, out);
}

void foreign_put(struct domain *d)
{
    if (d != current_vcpu()->domain && d != domain_io && d != domain_xen)
        domain_put(d);
}
