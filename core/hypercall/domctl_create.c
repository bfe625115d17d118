/* SPDX-License-Identifier: GPL-2.0-or-later */
/* createdomain and max_vcpus: what a domain is, before anything is in it. */
#include "hv/cpupool.h"
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <toolstack_handlers.h>

#define FLAGS_KNOWN (XEN_DOMCTL_CDF_MAX | (XEN_DOMCTL_CDF_MAX - 1))
/*
 * Of these, what nothing here serves: suspend integrity, IOMMU, nested virtualisation, performance counters.
 * What is asked of shadow page tables is true where there are none.
 */
#define FLAGS_ABSENT (XEN_DOMCTL_CDF_s3_integrity | XEN_DOMCTL_CDF_iommu | XEN_DOMCTL_CDF_nested_virt | \
                      XEN_DOMCTL_CDF_vpmu)

static int create_refuse(const char *why, uint32_t value)
{
    guest_log(current_vcpu(), LOG_WARNING, "createdomain: %s (%#x)", why, value);
    return -EINVAL;
}

static int create_check(const struct layout_createdomain *in)
{
    if (in->flags & ~FLAGS_KNOWN)
        return create_refuse("unknown flags", in->flags & ~FLAGS_KNOWN);
    if (in->flags & FLAGS_ABSENT)
        return create_refuse("flags that this hypervisor cannot serve", in->flags & FLAGS_ABSENT);
    if (in->iommu_opts)
        return create_refuse("IOMMU options without an IOMMU", in->iommu_opts);
    if (!in->max_vcpus)
        return create_refuse("no vCPUs", 0);
    if (in->grant_opts != XEN_DOMCTL_GRANT_version(1) && in->grant_opts != XEN_DOMCTL_GRANT_version(2))
        return create_refuse("grant table options other than version 1 or 2", in->grant_opts);
    if (!in->max_grant_frames)
        return create_refuse("no frames for the grant table", 0);
    if (in->altp2m_opts || in->altp2m_views)
        return create_refuse("no alternative address spaces here", in->altp2m_views << 16 | in->altp2m_opts);
    if (in->vmtrace_size)
        return create_refuse("no processor trace here", in->vmtrace_size);
    if (!cpupool_policy(in->cpupool_id))
        return -ESRCH;
    return arch_createdomain_check(in);
}

/* A negative number asks for what the option says. */
static uint32_t limit(int32_t wanted, uint64_t otherwise)
{
    return wanted < 0 ? (uint32_t)otherwise : (uint32_t)wanted;
}

static struct domain_config create_config(const struct layout_createdomain *in)
{
    return (struct domain_config){
        .flags = in->flags,
        .max_vcpus = in->max_vcpus,
        .max_evtchn_port = in->max_evtchn_port,
        .max_grant_frames = limit(in->max_grant_frames, hv_options.gnttab_max_frames),
        .max_maptrack_frames = limit(in->max_maptrack_frames, hv_options.gnttab_max_maptrack_frames),
        .grant_opts = in->grant_opts,
        .arch = { .emulation_flags = in->emulation_flags, .misc_flags = in->misc_flags },
    };
}

static bool id_taken(domid_t id)
{
    struct domain *d = domain_get_by_id(id);

    if (d)
        domain_put(d);
    return d;
}

/* Ids go round, so that a new domain is not soon taken for an old one. Under the domctl lock. */
static int create_any_id(const struct domain_config *config, struct domain **out)
{
    static domid_t last;

    for (unsigned int tries = 1; tries < DOMID_FIRST_RESERVED; tries++) {
        last = last < DOMID_FIRST_RESERVED - 1 ? (domid_t)(last + 1) : 1;
        if (id_taken(last))
            continue;
        int rc = domain_create(last, config, out);
        if (rc != -EEXIST) /* one that is just being freed */
            return rc;
    }
    return -ENOMEM;
}

/* It has nothing yet, so this takes no time to speak of. */
static void create_undo(struct domain *d)
{
    while (domain_kill(d) == -ERESTART)
        ;
    domain_put(d);
}

/* An id that asks for any: until 4.21 zero or one that no domain can have, since then one of these alone. */
static bool wants_any_id(const struct xen_domctl *op)
{
    return op->interface_version >= 0x18 ? op->domain == DOMID_ANY : !op->domain || op->domain >= DOMID_FIRST_RESERVED;
}

static int create_with_id(const struct xen_domctl *op, const struct domain_config *config, struct domain **out)
{
    if (wants_any_id(op))
        return create_any_id(config, out);
    if (op->domain >= DOMID_FIRST_RESERVED)
        return create_refuse("an id that no domain can have", op->domain);
    return id_taken(op->domain) ? -EEXIST : domain_create(op->domain, config, out);
}

long domctl_createdomain(struct domctl_call *c)
{
    struct layout_createdomain decoded;
    const struct layout_createdomain *in = &decoded;
    struct domain *d;

    createdomain_decode(c->op.interface_version, &c->op.u, &decoded);
    int rc = create_check(in);
    if (rc)
        return rc;
    if (copy_to_guest_va(c->arg, &c->op))
        return -EFAULT; /* the id could not be returned */
    const struct domain_config config = create_config(in);
    rc = create_with_id(&c->op, &config, &d);
    if (rc)
        return rc;
    rc = cpupool_join(d, in->cpupool_id);
    if (rc) {
        create_undo(d);
        return rc;
    }
    memcpy(d->handle, in->handle, sizeof(d->handle));
    c->op.domain = d->id;
    c->copy_back = true;
    domain_put(d);
    return 0;
}

long domctl_max_vcpus(struct domctl_call *c)
{
    struct domain *d = c->d;
    long rc = 0;

    if (c->op.u.max_vcpus.max != d->max_vcpus || d->life >= DOMAIN_DYING)
        return -EINVAL;
    for (uint32_t i = 0; i < d->max_vcpus && !rc; i++) {
        if (d->vcpu[i])
            continue;
        if (hypercall_preempt_every(i, 16))
            return -ERESTART;
        spin_lock(&d->lock);
        rc = vcpu_create(d, i) ? 0 : -ENOMEM;
        spin_unlock(&d->lock);
    }
    return rc;
}
