/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * get_domain_state: what a domain's life has come to, with a number that no other domain ever has. Asked about nobody,
 * it names a domain that has changed since the one who asks was told; only the one who hears VIRQ_DOM_EXC may ask so.
 */
#include "hv/guest_access.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <toolstack_handlers.h>

/* No headers in reach name these yet. */
enum { STATE_EXISTS = 1, STATE_SHUT_DOWN = 2, STATE_DYING = 4, STATE_DEAD = 8 };
enum { CAPS_CONTROL = 1, CAPS_HARDWARE = 2, CAPS_XENSTORE = 4 };

static void state_fill(const struct domain *d, struct layout_domain_state *s)
{
    s->state = (uint16_t)(STATE_EXISTS | (d->is_shut_down ? STATE_SHUT_DOWN : 0) |
                          (d->life == DOMAIN_DYING ? STATE_DYING : 0) | (d->life == DOMAIN_DEAD ? STATE_DEAD : 0));
    s->caps = (uint16_t)((d->is_privileged ? CAPS_CONTROL : 0) | (d->is_hardware ? CAPS_HARDWARE : 0) |
                         (d->is_xenstore ? CAPS_XENSTORE : 0));
    s->unique_id = d->unique_id;
}

/* Reported once: so the caller's memory must take the answer, before it counts as reported. */
static long state_changed(struct domctl_call *c)
{
    if (!virq_is_heard(VIRQ_DOM_EXC, current_vcpu()->domain))
        return -EACCES;
    if (copy_to_guest_va(c->arg, &c->op))
        return -EFAULT;
    return domain_changed_take(&c->op.domain) ? 0 : -ENOENT;
}

long domctl_get_domain_state(struct domctl_call *c)
{
    struct layout_domain_state s;
    bool any = c->op.domain == DOMID_INVALID;

    domain_state_decode(&c->op.u, &s);
    if (s.pad)
        return -EINVAL;
    long rc = any ? state_changed(c) : 0;
    if (rc)
        return rc;
    struct domain *d = domain_get_by_id(c->op.domain);
    if (!d && !any)
        return -ESRCH;
    s = (struct layout_domain_state){ 0 };
    if (d) {
        state_fill(d, &s);
        domain_put(d);
    }
    domain_state_encode(&s, &c->op.u);
    c->copy_back = true;
    return 0;
}
