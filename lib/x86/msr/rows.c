/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up a row, and what both kinds of guests may write: see rows.h. */
#include "x86/msr/rows.h"

#include "x86/msr/index.h"

static bool has(const struct cpuid_policy *policy, unsigned int feature) { return cpuid_policy_has(policy, feature); }

bool msr_policy_is_amd(const struct cpuid_policy *policy)
{
    enum cpuid_vendor vendor = cpuid_policy_vendor(policy);

    return vendor == CPUID_VENDOR_AMD || vendor == CPUID_VENDOR_HYGON;
}

static bool holds(enum msr_condition condition, const struct cpuid_policy *p, bool hardware_domain)
{
    switch (condition) {
    case ALWAYS: return true;
    case INTEL: return cpuid_policy_vendor(p) == CPUID_VENDOR_INTEL;
    case AMD: return msr_policy_is_amd(p);
    case AMD_HWDOM: return msr_policy_is_amd(p) && hardware_domain;
    case HAS_SPEC_CTRL:
        return has(p, CPUFEAT_IBRSB) || has(p, CPUFEAT_IBRS) || has(p, CPUFEAT_AMD_STIBP) || has(p, CPUFEAT_AMD_SSBD);
    case HAS_PRED_CMD: return has(p, CPUFEAT_IBRSB) || has(p, CPUFEAT_IBPB) || has(p, CPUFEAT_SBPB);
    case HAS_FLUSH_CMD: return has(p, CPUFEAT_L1D_FLUSH);
    case HAS_ARCH_CAPS: return has(p, CPUFEAT_ARCH_CAPS);
    case HAS_TSC_AUX: return has(p, CPUFEAT_RDTSCP) || has(p, CPUFEAT_RDPID);
    case HAS_XSAVES: return has(p, CPUFEAT_XSAVES);
    case HAS_MTRR: return has(p, CPUFEAT_MTRR);
    case HAS_VIRT_SSBD: return has(p, CPUFEAT_VIRT_SSBD);
    }
    return false;
}

static bool is_in(const struct msr_row *row, uint32_t msr) { return msr >= row->first && msr <= row->last; }

const struct msr_row *msr_row_find(const struct msr_row *rows, size_t nr, uint32_t msr,
                                   const struct cpuid_policy *policy, bool hardware_domain)
{
    for (size_t i = 0; i < nr; i++)
        if (is_in(&rows[i], msr) && holds(rows[i].condition, policy, hardware_domain))
            return &rows[i];
    return NULL;
}

bool msr_rows_name(const struct msr_row *rows, size_t nr, uint32_t msr)
{
    for (size_t i = 0; i < nr; i++)
        if (is_in(&rows[i], msr))
            return true;
    return false;
}

uint64_t msr_spec_ctrl_valid(const struct cpuid_policy *p)
{
    bool ibrs = has(p, CPUFEAT_IBRSB) || has(p, CPUFEAT_IBRS);
    bool ssbd = has(p, CPUFEAT_SSBD) || has(p, CPUFEAT_AMD_SSBD);
    bool stibp = has(p, CPUFEAT_STIBP) || has(p, CPUFEAT_AMD_STIBP) || has(p, CPUFEAT_IBRSB);
    bool psfd = has(p, CPUFEAT_PSFD) || has(p, CPUFEAT_INTEL_PSFD);

    return (ibrs ? SPEC_CTRL_IBRS : 0) | (stibp ? SPEC_CTRL_STIBP : 0) | (ssbd ? SPEC_CTRL_SSBD : 0) |
           (psfd ? SPEC_CTRL_PSFD : 0);
}

uint64_t msr_pred_cmd_valid(const struct cpuid_policy *p)
{
    return PRED_CMD_IBPB | (has(p, CPUFEAT_SBPB) ? PRED_CMD_SBPB : 0);
}
