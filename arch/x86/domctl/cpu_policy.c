/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU policies between us and a toolstack: entries out, and entries in. What a guest gets of a new policy is decided in
 * cpu/cpuid_domain.c, and whether a bit that it does not get is an error.
 */
#include "cpu/cpuid_boot.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

static int leaves_give(const struct cpuid_policy *p, XEN_GUEST_HANDLE(xen_cpuid_leaf_t) to, uint32_t *nr)
{
    uint32_t room = *nr;

    *nr = CPUID_SERIALISED_LEAVES;
    if (guest_handle_null(to))
        return 0;
    if (room < CPUID_SERIALISED_LEAVES)
        return -ENOBUFS;
    for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) {
        xen_cpuid_leaf_t leaf;
        cpuid_policy_get_leaf(p, i, &leaf);
        if (copy_to_handle(to, i, &leaf))
            return -EFAULT;
    }
    return 0;
}

static int msrs_give(const struct cpuid_policy *p, XEN_GUEST_HANDLE(xen_msr_entry_t) to, uint32_t *nr)
{
    uint32_t room = *nr;

    *nr = CPUID_SERIALISED_MSRS;
    if (guest_handle_null(to))
        return 0;
    if (room < CPUID_SERIALISED_MSRS)
        return -ENOBUFS;
    for (unsigned int i = 0; i < CPUID_SERIALISED_MSRS; i++) {
        xen_msr_entry_t msr;
        cpuid_policy_get_msr(p, i, &msr);
        if (copy_to_handle(to, i, &msr))
            return -EFAULT;
    }
    return 0;
}

long domctl_get_cpu_policy(struct domctl_call *c)
{
    struct xen_domctl_cpu_policy *op = &c->op.u.cpu_policy;

    if (!c->d->arch.policy)
        return -EOPNOTSUPP;
    int rc = leaves_give(c->d->arch.policy, op->leaves, &op->nr_leaves);
    rc = rc ? rc : msrs_give(c->d->arch.policy, op->msrs, &op->nr_msrs);
    c->copy_back = !rc;
    return rc;
}

static const struct cpuid_policy *policy_by_index(uint32_t index)
{
    switch (index) {
    case XEN_SYSCTL_cpu_policy_raw:
        return &arch_cpuid_policies.raw;
    case XEN_SYSCTL_cpu_policy_host:
        return &arch_cpuid_policies.host;
    case XEN_SYSCTL_cpu_policy_pv_max:
        return &arch_cpuid_policies.pv_max;
    case XEN_SYSCTL_cpu_policy_hvm_max:
        return &arch_cpuid_policies.hvm_max;
    case XEN_SYSCTL_cpu_policy_hvm_default:
        return &arch_cpuid_policies.hvm_default;
    case XEN_SYSCTL_cpu_policy_pv_default:
        return &arch_cpuid_policies.pv_default;
    }
    return NULL;
}

long sysctl_get_cpu_policy(struct sysctl_call *c)
{
    struct xen_sysctl_cpu_policy *op = &c->op.u.cpu_policy;
    const struct cpuid_policy *p = policy_by_index(op->index);

    if (!p || op->_rsvd)
        return -EINVAL;
    int rc = leaves_give(p, op->leaves, &op->nr_leaves);
    rc = rc ? rc : msrs_give(p, op->msrs, &op->nr_msrs);
    c->copy_back = !rc;
    return rc;
}

static const struct cpuid_policy *featureset_by_index(uint32_t index)
{
    switch (index) {
    case XEN_SYSCTL_cpu_featureset_raw:
        return &arch_cpuid_policies.raw;
    case XEN_SYSCTL_cpu_featureset_host:
        return &arch_cpuid_policies.host;
    case XEN_SYSCTL_cpu_featureset_pv:
        return &arch_cpuid_policies.pv_default;
    case XEN_SYSCTL_cpu_featureset_hvm:
        return &arch_cpuid_policies.hvm_default;
    case XEN_SYSCTL_cpu_featureset_pv_max:
        return &arch_cpuid_policies.pv_max;
    case XEN_SYSCTL_cpu_featureset_hvm_max:
        return &arch_cpuid_policies.hvm_max;
    }
    return NULL;
}

/* With too little room as much as there is room for is given, and -ENOBUFS. */
long sysctl_get_cpu_featureset(struct sysctl_call *c)
{
    struct xen_sysctl_cpu_featureset *op = &c->op.u.cpu_featureset;
    const struct cpuid_policy *p = featureset_by_index(op->index);
    uint32_t features[CPUFEAT_WORDS], nr = MIN(op->nr_features, (uint32_t)CPUFEAT_WORDS);

    if (!p)
        return -EINVAL;
    bool enough = op->nr_features >= CPUFEAT_WORDS || guest_handle_null(op->features);
    cpuid_policy_features(p, features);
    if (!guest_handle_null(op->features) && copy_array_to_guest(guest_handle_va(op->features), features, nr))
        return -EFAULT;
    op->nr_features = guest_handle_null(op->features) ? CPUFEAT_WORDS : nr;
    c->copy_back = true;
    return enough ? 0 : -ENOBUFS;
}

/* Faulting is emulated for kernels by their forced-emulation prefix; hardware masks are not used. */
long sysctl_get_cpu_levelling_caps(struct sysctl_call *c)
{
    bool faulting = arch_cpuid_policies.raw.platform_info & PLATFORM_INFO_CPUID_FAULTING;

    c->op.u.cpu_levelling_caps.caps = faulting ? XEN_SYSCTL_CPU_LEVELCAP_faulting : 0;
    c->copy_back = true;
    return 0;
}

/* An entry that no policy can hold, or whose reserved fields are set. */
static int entry_refuse(const struct domain *d, const char *what, uint32_t index, uint32_t subleaf, int rc)
{
    log_warning("d%u: cpuid: refused: %s %#x, %#x: %s", d->id, what, index, subleaf,
                rc == -ERANGE ? "policies have no such entry" : "reserved bits are set");
    return rc;
}

static int leaves_take(const struct domain *d, struct cpuid_policy *p, const struct xen_domctl_cpu_policy *op,
                       struct cpuid_error *err)
{
    if (op->nr_leaves > CPUID_SERIALISED_LEAVES)
        return -E2BIG;
    for (uint32_t i = 0; i < op->nr_leaves; i++) {
        xen_cpuid_leaf_t leaf;
        if (copy_from_handle(&leaf, op->leaves, i))
            return -EFAULT;
        int rc = cpuid_policy_set_leaf(p, &leaf);
        if (rc) {
            err->leaf = leaf.leaf;
            err->subleaf = leaf.subleaf;
            return entry_refuse(d, "leaf, sub-leaf", leaf.leaf, leaf.subleaf, rc);
        }
    }
    return 0;
}

static int msrs_take(const struct domain *d, struct cpuid_policy *p, const struct xen_domctl_cpu_policy *op,
                     struct cpuid_error *err)
{
    if (op->nr_msrs > CPUID_SERIALISED_MSRS)
        return -E2BIG;
    for (uint32_t i = 0; i < op->nr_msrs; i++) {
        xen_msr_entry_t msr;
        if (copy_from_handle(&msr, op->msrs, i))
            return -EFAULT;
        int rc = cpuid_policy_set_msr(p, &msr);
        if (rc) {
            err->msr = msr.idx;
            return entry_refuse(d, "MSR, flags", msr.idx, msr.flags, rc);
        }
    }
    return 0;
}

static int policy_set(struct domain *d, const struct xen_domctl_cpu_policy *op, struct cpuid_error *err)
{
    struct cpuid_policy *p = hv_zalloc(sizeof(*p));

    if (!p)
        return -ENOMEM;
    *p = *d->arch.policy;
    int rc = leaves_take(d, p, op, err);
    rc = rc ? rc : msrs_take(d, p, op, err);
    rc = rc ? rc : cpuid_domain_set(d, p, err);
    hv_free(p);
    return rc;
}

long domctl_set_cpu_policy(struct domctl_call *c)
{
    struct xen_domctl_cpu_policy *op = &c->op.u.cpu_policy;
    struct cpuid_error err = CPUID_NO_ERROR;

    if (!c->d->arch.policy)
        return -EOPNOTSUPP;
    if (c->d->life != DOMAIN_BUILDING)
        return -EEXIST; /* it runs, or has run, with the one that it has */
    int rc = policy_set(c->d, op, &err);
    op->err_leaf = err.leaf;
    op->err_subleaf = err.subleaf;
    op->err_msr = err.msr;
    c->copy_back = true;
    return rc;
}
