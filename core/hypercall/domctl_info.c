/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain and its vCPUs are doing. Numbers are a snapshot of things in motion, each consistent in itself. */
#include "hv/cpupool.h"
#include "hv/guest_access.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

static bool vcpu_is_down(const struct vcpu *v) { return READ_ONCE(v->pause_flags) & VPF_DOWN; }

static bool vcpu_is_blocked(const struct vcpu *v)
{
    return READ_ONCE(v->pause_flags) & (VPF_BLOCKED | VPF_POLLED | VPF_BLOCKED_HV);
}

/* A domain counts as blocked if none of its vCPUs that are up has anything to do. */
static uint32_t info_vcpus(const struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    uint32_t flags = XEN_DOMINF_blocked;
    const struct vcpu *v;

    info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
    for_each_vcpu(d, v) {
        info->cpu_time += vcpu_running_ns(v);
        info->max_vcpu_id = v->id;
        if (vcpu_is_down(v))
            continue;
        info->nr_online_vcpus++;
        if (!vcpu_is_blocked(v))
            flags &= ~XEN_DOMINF_blocked;
        if (READ_ONCE(v->is_running))
            flags |= XEN_DOMINF_running;
    }
    return flags;
}

static uint32_t info_flags(const struct domain *d)
{
    return (d->life == DOMAIN_DEAD ? XEN_DOMINF_dying : 0) | (d->type == DOMAIN_HVM ? XEN_DOMINF_hvm_guest : 0) |
           (d->is_shut_down ? XEN_DOMINF_shutdown : 0) | (d->controller_pauses ? XEN_DOMINF_paused : 0) |
           (d->is_xenstore ? XEN_DOMINF_xs_domain : 0) | (d->debugger_attached ? XEN_DOMINF_debugged : 0) |
           (d->is_shut_down ? (d->shutdown_code & XEN_DOMINF_shutdownmask) << XEN_DOMINF_shutdownshift : 0);
}

void domain_info_fill(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    memset(info, 0, sizeof(*info));
    info->domain = d->id;
    info->flags = info_vcpus(d, info) | info_flags(d);
    info->tot_pages = d->tot_pages;
    info->max_pages = d->max_pages;
    info->outstanding_pages = d->outstanding_pages;
    info->shared_info_frame = virt_to_mfn(d->shared_info).nr;
    info->cpupool = cpupool_id_of(d);
    memcpy(info->handle, d->handle, sizeof(info->handle));
    arch_domain_info(d, info);
}

/*
 * With 4.17's number the first domain from the given id on: its tools walk through all of them so. With later ones
 * that domain and no other; those tools don't look whose state they got.
 */
long domctl_getdomaininfo(struct domctl_call *c)
{
    bool walks = c->op.interface_version == 0x15;
    if (walks && c->op.domain >= DOMID_FIRST_RESERVED)
        return -EINVAL;
    struct domain *d = walks ? domain_get_next(c->op.domain) : domain_get_by_id(c->op.domain);
    if (!d)
        return -ESRCH;
    domain_info_fill(d, &c->op.u.getdomaininfo);
    c->op.domain = d->id;
    c->copy_back = true;
    domain_put(d);
    return 0;
}

long domctl_getvcpuinfo(struct domctl_call *c)
{
    struct xen_domctl_getvcpuinfo *info = &c->op.u.getvcpuinfo;
    struct vcpu *v;
    int rc = domctl_vcpu(c, info->vcpu, &v);

    if (rc)
        return rc;
    info->online = !vcpu_is_down(v);
    info->blocked = vcpu_is_blocked(v);
    info->running = READ_ONCE(v->is_running);
    info->cpu_time = vcpu_running_ns(v);
    info->cpu = READ_ONCE(v->processor);
    c->copy_back = true;
    return 0;
}
