/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting, stopping and ending a domain; its limits and names. */
#include "hv/claim.h"
#include "hv/log.h"
#include "hv/time.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <toolstack_handlers.h>

#define KIB_PER_PAGE (PAGE_SIZE / 1024)

long domctl_destroydomain(struct domctl_call *c)
{
    domain_claim(c->d, 0);
    return domain_kill(c->d);
}

long domctl_pausedomain(struct domctl_call *c)
{
    struct domain *d = c->d;

    if (d->controller_pauses == ~0u)
        return -EOVERFLOW;
    domain_controller_pause(d);
    return 0;
}

long domctl_unpausedomain(struct domctl_call *c) { return domain_controller_unpause(c->d); }

long domctl_resumedomain(struct domctl_call *c)
{
    domain_pause(c->d);
    domain_resume(c->d);
    domain_unpause(c->d);
    return 0;
}

/* Below what the domain has: it keeps that, and gets no more. */
long domctl_max_mem(struct domctl_call *c)
{
    struct domain *d = c->d;

    spin_lock(&d->frames_lock);
    d->max_pages = c->op.u.max_mem.max_memkb / KIB_PER_PAGE;
    spin_unlock(&d->frames_lock);
    return 0;
}

long domctl_setdomainhandle(struct domctl_call *c)
{
    memcpy(c->d->handle, c->op.u.setdomainhandle.handle, sizeof(c->d->handle));
    return 0;
}

long domctl_settimeoffset(struct domctl_call *c)
{
    int64_t ns;

    if (__builtin_mul_overflow(c->op.u.settimeoffset.time_offset_seconds, (int64_t)NS_PER_SEC, &ns))
        return -EINVAL;
    c->d->time_offset_ns = ns;
    domain_update_wallclock(c->d);
    return 0;
}

long domctl_subscribe(struct domctl_call *c)
{
    c->d->suspend_port = c->op.u.subscribe.port;
    return 0;
}

long domctl_set_virq_handler(struct domctl_call *c) { return virq_set_handler(c->op.u.set_virq_handler.virq, c->d); }

/* Who is meant is looked up whatever the trigger is. */
long domctl_sendtrigger(struct domctl_call *c)
{
    struct vcpu *v;

    if (domctl_vcpu(c, c->op.u.sendtrigger.vcpu, &v))
        return -ESRCH;
    switch (c->op.u.sendtrigger.trigger) {
    case XEN_DOMCTL_SENDTRIGGER_NMI:
        return arch_vcpu_op(VCPUOP_send_nmi, v, 0);
    case XEN_DOMCTL_SENDTRIGGER_POWER:
    case XEN_DOMCTL_SENDTRIGGER_SLEEP:
        return -EINVAL; /* buttons of a platform that PV guests don't have */
    }
    return -ENOSYS;
}

/* Tools ask this of every new domain, for no colours at all. */
long domctl_set_llc_colors(struct domctl_call *c)
{
    struct layout_set_llc_colors colors;

    set_llc_colors_decode(&c->op.u, &colors);
    return colors.pad ? -EINVAL : -EOPNOTSUPP;
}

/* The one who would serve an HVM guest as its device model; a PV guest has none. */
long domctl_set_target(struct domctl_call *c)
{
    struct domain *target = domain_get_by_id(c->op.u.set_target.target);

    if (!target)
        return -ESRCH;
    long rc = target == c->d ? -EINVAL : -EOPNOTSUPP;
    domain_put(target);
    return rc;
}
