/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies in the toolstack's form. Every slot is always there, also above the policy's own limits, so that xl's cpuid=
 * can name any leaf on any machine; and in ascending order, since libxc looks leaves up by binary search.
 */
#include "x86/cpuid/policy.h"
#include "x86/msr/index.h"

void cpuid_policy_get_leaf(const struct cpuid_policy *p, unsigned int index, xen_cpuid_leaf_t *out)
{
    const union cpuid_leaf *slot;

    cpuid_slot_address(index, &out->leaf, &out->subleaf);
    slot = cpuid_policy_slot((struct cpuid_policy *)p, out->leaf, out->subleaf);
    out->a = slot->a;
    out->b = slot->b;
    out->c = slot->c;
    out->d = slot->d;
}

int cpuid_policy_set_leaf(struct cpuid_policy *p, const xen_cpuid_leaf_t *in)
{
    union cpuid_leaf *slot = cpuid_policy_slot(p, in->leaf, in->subleaf);

    if (!slot)
        return -ERANGE;
    *slot = (union cpuid_leaf){ { in->a, in->b, in->c, in->d } };
    return 0;
}

void cpuid_policy_get_msr(const struct cpuid_policy *p, unsigned int index, xen_msr_entry_t *out)
{
    *out = index == 0 ? (xen_msr_entry_t){ .idx = MSR_PLATFORM_INFO, .val = p->platform_info }
                      : (xen_msr_entry_t){ .idx = MSR_ARCH_CAPS, .val = p->arch_caps };
}

int cpuid_policy_set_msr(struct cpuid_policy *p, const xen_msr_entry_t *in)
{
    if (in->flags)
        return -EINVAL;
    switch (in->idx) {
    case MSR_PLATFORM_INFO:
        if (in->val & ~PLATFORM_INFO_CPUID_FAULTING)
            return -EOVERFLOW;
        p->platform_info = in->val;
        return 0;
    case MSR_ARCH_CAPS:
        p->arch_caps = in->val;
        return 0;
    default:
        return -ERANGE;
    }
}

/* Common to both arrays: how many there are, and whether @nr has room. */
static int room(const void *array, uint32_t *nr, uint32_t count)
{
    bool enough = *nr >= count;

    *nr = count;
    return !array || enough ? 0 : -ENOBUFS;
}

int cpuid_policy_serialise(const struct cpuid_policy *p, xen_cpuid_leaf_t *leaves, uint32_t *nr)
{
    int rc = room(leaves, nr, CPUID_SERIALISED_LEAVES);

    for (unsigned int i = 0; !rc && leaves && i < CPUID_SERIALISED_LEAVES; i++)
        cpuid_policy_get_leaf(p, i, &leaves[i]);
    return rc;
}

int cpuid_policy_serialise_msrs(const struct cpuid_policy *p, xen_msr_entry_t *msrs, uint32_t *nr)
{
    int rc = room(msrs, nr, CPUID_SERIALISED_MSRS);

    for (unsigned int i = 0; !rc && msrs && i < CPUID_SERIALISED_MSRS; i++)
        cpuid_policy_get_msr(p, i, &msrs[i]);
    return rc;
}

int cpuid_policy_deserialise(struct cpuid_policy *p, const xen_cpuid_leaf_t *leaves, uint32_t nr,
                             struct cpuid_error *err)
{
    *err = CPUID_NO_ERROR;
    if (nr > CPUID_SERIALISED_LEAVES)
        return -E2BIG;
    for (uint32_t i = 0; i < nr; i++) {
        int rc = cpuid_policy_set_leaf(p, &leaves[i]);

        if (rc) {
            err->leaf = leaves[i].leaf;
            err->subleaf = leaves[i].subleaf;
            return rc;
        }
    }
    return 0;
}

int cpuid_policy_deserialise_msrs(struct cpuid_policy *p, const xen_msr_entry_t *msrs, uint32_t nr,
                                  struct cpuid_error *err)
{
    *err = CPUID_NO_ERROR;
    if (nr > CPUID_SERIALISED_MSRS)
        return -E2BIG;
    for (uint32_t i = 0; i < nr; i++) {
        int rc = cpuid_policy_set_msr(p, &msrs[i]);

        if (rc) {
            err->msr = msrs[i].idx;
            return rc;
        }
    }
    return 0;
}
