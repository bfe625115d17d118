/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MSRs of PV guests: one row each (rows.h). */
#include "x86/msr/pv.h"

#include "x86/msr/index.h"
#include "x86/msr/rows.h"
#include "x86/pte/pte.h"

typedef const struct msr_pv_context context_t;

enum reading { READ_NEVER, READ_ZERO, READ_TSC, READ_APIC_BASE, READ_FS, READ_GS, READ_GS_USER, READ_EFER, READ_PAT,
               READ_UCODE, READ_PLATFORM_INFO, READ_ARCH_CAPS, READ_MISC_FEATURES, READ_SPEC_CTRL, READ_TSC_AUX,
               READ_XSS, READ_MISC_ENABLE, READ_HOST, READ_HOST_OR_ZERO, READ_DE_CFG, READ_SYSCFG,
               READ_FEATURE_CONTROL, READ_MCG_CAP, READ_MC_BANK };

enum writing { WRITE_NEVER, WRITE_IGNORED, WRITE_SAME, WRITE_FS, WRITE_GS, WRITE_GS_USER, WRITE_MISC_FEATURES,
               WRITE_SPEC_CTRL, WRITE_PRED_CMD, WRITE_FLUSH_CMD, WRITE_TSC_AUX, WRITE_HOST, WRITE_UCODE,
               WRITE_MC_BANK, WRITE_HYPERCALL_PAGE };

static const struct msr_row msr_rows[] = {
    { MSR_FS_BASE, MSR_FS_BASE, ALWAYS, READ_FS, WRITE_FS },
    { MSR_GS_BASE, MSR_GS_BASE, ALWAYS, READ_GS, WRITE_GS },
    { MSR_KERNEL_GS_BASE, MSR_KERNEL_GS_BASE, ALWAYS, READ_GS_USER, WRITE_GS_USER },
    { MSR_TSC_AUX, MSR_TSC_AUX, HAS_TSC_AUX, READ_TSC_AUX, WRITE_TSC_AUX },
    { MSR_EFER, MSR_EFER, ALWAYS, READ_EFER, WRITE_SAME },
    { MSR_TSC, MSR_TSC, ALWAYS, READ_TSC, WRITE_NEVER },
    { MSR_APIC_BASE, MSR_APIC_BASE, ALWAYS, READ_APIC_BASE, WRITE_NEVER },
    { MSR_PAT, MSR_PAT, ALWAYS, READ_PAT, WRITE_NEVER },
    { MSR_SPEC_CTRL, MSR_SPEC_CTRL, HAS_SPEC_CTRL, READ_SPEC_CTRL, WRITE_SPEC_CTRL },
    { MSR_PRED_CMD, MSR_PRED_CMD, HAS_PRED_CMD, READ_NEVER, WRITE_PRED_CMD },
    { MSR_FLUSH_CMD, MSR_FLUSH_CMD, HAS_FLUSH_CMD, READ_NEVER, WRITE_FLUSH_CMD },
    { MSR_ARCH_CAPS, MSR_ARCH_CAPS, HAS_ARCH_CAPS, READ_ARCH_CAPS, WRITE_NEVER },
    { MSR_PLATFORM_INFO, MSR_PLATFORM_INFO, ALWAYS, READ_PLATFORM_INFO, WRITE_NEVER },
    { MSR_MISC_FEATURES, MSR_MISC_FEATURES, ALWAYS, READ_MISC_FEATURES, WRITE_MISC_FEATURES },
    { MSR_PLATFORM_ID, MSR_PLATFORM_ID, INTEL, READ_HOST_OR_ZERO, WRITE_NEVER },
    { MSR_UCODE_REVISION, MSR_UCODE_REVISION, ALWAYS, READ_UCODE, WRITE_UCODE },
    { MSR_MISC_ENABLE, MSR_MISC_ENABLE, ALWAYS, READ_MISC_ENABLE, WRITE_IGNORED },
    { MSR_DEBUGCTL, MSR_DEBUGCTL, ALWAYS, READ_ZERO, WRITE_NEVER },
    { MSR_PERF_CAPS, MSR_PERF_CAPS, ALWAYS, READ_ZERO, WRITE_NEVER },
    { MSR_FEATURE_CONTROL, MSR_FEATURE_CONTROL, INTEL, READ_FEATURE_CONTROL, WRITE_NEVER },
    { MSR_PERF_STATUS, MSR_PERF_STATUS, INTEL, READ_ZERO, WRITE_NEVER },
    { MSR_PERF_CTL, MSR_PERF_CTL, INTEL, READ_ZERO, WRITE_IGNORED },
    { MSR_MPERF, MSR_APERF, ALWAYS, READ_NEVER, WRITE_IGNORED },
    /* Performance counters that count nothing: kernels find that out by writing and reading. */
    { MSR_PMC0, MSR_PMC7, INTEL, READ_ZERO, WRITE_IGNORED },
    { MSR_PERFEVTSEL0, MSR_PERFEVTSEL3, INTEL, READ_ZERO, WRITE_IGNORED },
    { MSR_FIXED_CTR0, MSR_FIXED_CTR2, INTEL, READ_ZERO, WRITE_IGNORED },
    { MSR_FIXED_CTR_CTRL, MSR_GLOBAL_OVF_CTRL, INTEL, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_EVNTSEL0, MSR_AMD_PERFCTR3, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_CORE_EVNTSEL0, MSR_AMD_CORE_PERFCTR5, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_HYPERCALL_PAGE, MSR_HYPERCALL_PAGE, ALWAYS, READ_ZERO, WRITE_HYPERCALL_PAGE },
    { MSR_XSS, MSR_XSS, ALWAYS, READ_XSS, WRITE_SAME },
    /* Machine check: the banks are the hypervisor's; a guest sees two in which nothing ever happens. */
    { MSR_P5_MC_ADDR, MSR_P5_MC_TYPE, ALWAYS, READ_ZERO, WRITE_NEVER },
    { MSR_MCG_CAP, MSR_MCG_CAP, ALWAYS, READ_MCG_CAP, WRITE_IGNORED },
    { MSR_MCG_STATUS, MSR_MCG_CTL, ALWAYS, READ_ZERO, WRITE_IGNORED },
    { MSR_MC0_CTL2, MSR_MC31_CTL2, ALWAYS, READ_ZERO, WRITE_IGNORED },
    { MSR_MC0_CTL, MSR_MC1_MISC, ALWAYS, READ_MC_BANK, WRITE_MC_BANK },
    { MSR_MC1_MISC + 1, MSR_MC31_MISC, ALWAYS, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_HWCR, MSR_AMD_HWCR, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_DE_CFG, MSR_AMD_DE_CFG, AMD, READ_DE_CFG, WRITE_IGNORED },
    { MSR_AMD_SYSCFG, MSR_AMD_SYSCFG, AMD_HWDOM, READ_SYSCFG, WRITE_NEVER },
    { MSR_AMD_IORR_BASE0, MSR_AMD_IORR_MASK1, AMD_HWDOM, READ_HOST, WRITE_NEVER },
    { MSR_AMD_TOM, MSR_AMD_TOM, AMD_HWDOM, READ_HOST, WRITE_NEVER },
    { MSR_AMD_TOM2, MSR_AMD_TOM2, AMD_HWDOM, READ_HOST, WRITE_NEVER },
    { MSR_AMD_TSEG_BASE, MSR_AMD_TSEG_MASK, AMD_HWDOM, READ_HOST, WRITE_NEVER },
    { MSR_AMD_NB_CFG, MSR_AMD_NB_CFG, AMD_HWDOM, READ_HOST, WRITE_HOST },
    { MSR_AMD_NB_CFG, MSR_AMD_NB_CFG, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_FAM10H_MMIO, MSR_AMD_FAM10H_MMIO, AMD_HWDOM, READ_HOST, WRITE_HOST },
    { MSR_AMD_PSTATE_LIMIT, MSR_AMD_PSTATE7, AMD_HWDOM, READ_HOST_OR_ZERO, WRITE_IGNORED },
    { MSR_AMD_PSTATE_LIMIT, MSR_AMD_PSTATE7, AMD, READ_ZERO, WRITE_IGNORED },
};

static bool has(context_t *ctx, unsigned int feature) { return cpuid_policy_has(ctx->policy, feature); }

static const struct msr_row *row_for(context_t *ctx, uint32_t msr)
{
    return msr_row_find(msr_rows, ARRAY_SIZE(msr_rows), msr, ctx->policy, ctx->hardware_domain);
}

static int host_read(context_t *ctx, uint32_t msr, uint64_t *value)
{
    return ctx->host_read && !ctx->host_read(ctx->opaque, msr, value) ? 0 : -EPERM;
}

/* CTL: everything is reported; STATUS, ADDR, MISC: nothing has been. */
static bool is_mc_ctl(uint32_t msr)
{
    return msr % 4 == 0;
}

static uint64_t mcg_cap(context_t *ctx)
{
    return MCG_CAP_BANKS | (cpuid_policy_vendor(ctx->policy) == CPUID_VENDOR_INTEL ? MCG_CAP_INTEL : 0);
}

/* As on a machine without performance counters for guests, MWAIT hidden, and CPUID complete. */
static uint64_t guest_misc_enable(uint64_t value)
{
    value &= ~(MISC_ENABLE_PERF | MISC_ENABLE_MONITOR | MISC_ENABLE_LIMIT_CPUID);
    return value | MISC_ENABLE_BTS_UNAVAIL | MISC_ENABLE_PEBS_UNAVAIL | MISC_ENABLE_NO_XTPR;
}

static uint64_t guest_apic_base(context_t *ctx)
{
    return APIC_BASE_DEFAULT | APIC_BASE_ENABLE | (ctx->vcpu_id == 0 ? APIC_BASE_BSP : 0);
}

/* Only whether LFENCE serialises, which a guest needs to know and cannot set. */
static uint64_t guest_de_cfg(context_t *ctx)
{
    uint64_t value;

    if (host_read(ctx, MSR_AMD_DE_CFG, &value))
        value = has(ctx, CPUFEAT_LFENCE_DISPATCH) ? DE_CFG_LFENCE_SERIALISE : 0;
    return value & DE_CFG_LFENCE_SERIALISE;
}

/* No row holds for this guest. The host's value is looked for, not shown; what the table hides stays hidden. */
static int outside(context_t *ctx, uint32_t msr)
{
    uint64_t unseen;

    if (!ctx->relaxed || msr_rows_name(msr_rows, ARRAY_SIZE(msr_rows), msr))
        return -EPERM;
    return host_read(ctx, msr, &unseen);
}

int msr_pv_read(const struct msr_pv_context *ctx, uint32_t msr, uint64_t *value)
{
    const struct msr_row *row = row_for(ctx, msr);

    *value = 0;
    if (!row)
        return outside(ctx, msr);
    switch ((enum reading)row->reading) {
    case READ_NEVER: return -EPERM;
    case READ_ZERO: break;
    case READ_TSC: *value = ctx->guest_tsc; break;
    case READ_APIC_BASE: *value = guest_apic_base(ctx); break;
    case READ_FS: *value = ctx->fs_base; break;
    case READ_GS: *value = ctx->gs_base; break;
    case READ_GS_USER: *value = ctx->gs_base_user; break;
    case READ_EFER: *value = ctx->efer & EFER_GUEST; break;
    case READ_PAT: *value = ctx->pat; break;
    case READ_UCODE: *value = msr_policy_is_amd(ctx->policy) ? ctx->microcode : (uint64_t)ctx->microcode << 32; break;
    case READ_PLATFORM_INFO: *value = ctx->policy->platform_info; break;
    case READ_ARCH_CAPS: *value = ctx->policy->arch_caps; break;
    case READ_MISC_FEATURES: *value = ctx->misc_features; break;
    case READ_SPEC_CTRL: *value = ctx->spec_ctrl; break;
    case READ_TSC_AUX: *value = ctx->tsc_aux; break;
    case READ_XSS:
        if (!has(ctx, CPUFEAT_XSAVES))
            return -EPERM;
        *value = ctx->xss;
        break;
    case READ_MISC_ENABLE:
        if (host_read(ctx, msr, value))
            return -EPERM;
        *value = guest_misc_enable(*value);
        break;
    case READ_DE_CFG: *value = guest_de_cfg(ctx); break;
    case READ_FEATURE_CONTROL: *value = FEATURE_CONTROL_LOCK; break;
    case READ_MCG_CAP: *value = mcg_cap(ctx); break;
    case READ_MC_BANK: *value = is_mc_ctl(msr) ? ~0ULL : 0; break;
    case READ_SYSCFG:
        if (host_read(ctx, msr, value))
            return -EPERM;
        *value &= SYSCFG_GUEST;
        break;
    case READ_HOST_OR_ZERO:
        if (host_read(ctx, msr, value))
            *value = 0;
        break;
    case READ_HOST: return host_read(ctx, msr, value);
    }
    return 0;
}

static int effect_if(bool allowed, enum msr_effect effect, uint64_t value, struct msr_write *out)
{
    *out = (struct msr_write){ allowed ? effect : MSR_EFFECT_NONE, allowed ? value : 0 };
    return allowed ? 0 : -EPERM;
}

/* A write that changes nothing succeeds; any other is refused. */
static int write_same(context_t *ctx, uint32_t msr, uint64_t value, struct msr_write *out)
{
    uint64_t now;
    int rc = msr_pv_read(ctx, msr, &now);

    return rc ? rc : effect_if(now == value, MSR_EFFECT_NONE, 0, out);
}

int msr_pv_write(const struct msr_pv_context *ctx, uint32_t msr, uint64_t value, struct msr_write *out)
{
    const struct msr_row *row = row_for(ctx, msr);
    bool faulting = ctx->policy->platform_info & PLATFORM_INFO_CPUID_FAULTING;

    *out = (struct msr_write){ MSR_EFFECT_NONE, 0 };
    if (!row)
        return outside(ctx, msr);
    switch ((enum writing)row->writing) {
    case WRITE_NEVER:
        return -EPERM;
    case WRITE_IGNORED:
        return 0;
    case WRITE_SAME:
        return write_same(ctx, msr, value, out);
    case WRITE_FS:
        return effect_if(va_is_canonical(value), MSR_EFFECT_FS_BASE, value, out);
    case WRITE_GS:
        return effect_if(va_is_canonical(value), MSR_EFFECT_GS_BASE, value, out);
    case WRITE_GS_USER:
        return effect_if(va_is_canonical(value), MSR_EFFECT_GS_BASE_USER, value, out);
    case WRITE_MISC_FEATURES:
        return effect_if(!(value & ~(faulting ? MISC_FEATURES_CPUID_FAULT : 0)), MSR_EFFECT_MISC_FEATURES, value, out);
    case WRITE_SPEC_CTRL:
        return effect_if(!(value & ~msr_spec_ctrl_valid(ctx->policy)), MSR_EFFECT_SPEC_CTRL, value, out);
    case WRITE_PRED_CMD:
        return effect_if(!(value & ~msr_pred_cmd_valid(ctx->policy)),
                         value ? MSR_EFFECT_PRED_CMD : MSR_EFFECT_NONE, value, out);
    case WRITE_FLUSH_CMD:
        return effect_if(!(value & ~1ULL), value ? MSR_EFFECT_FLUSH_CMD : MSR_EFFECT_NONE, value, out);
    case WRITE_TSC_AUX:
        return effect_if(!(value >> 32), MSR_EFFECT_TSC_AUX, value, out);
    case WRITE_UCODE: /* Intel's way of reading the level begins with a write of 0 */
        return effect_if(!msr_policy_is_amd(ctx->policy) && !value, MSR_EFFECT_NONE, 0, out);
    case WRITE_MC_BANK: /* clearing what was reported */
        return effect_if(is_mc_ctl(msr) || !value, MSR_EFFECT_NONE, 0, out);
    case WRITE_HYPERCALL_PAGE: /* there is one, number 0 */
        return effect_if(!(value & 0xfff), MSR_EFFECT_HYPERCALL_PAGE, value, out);
    case WRITE_HOST:
        return effect_if(ctx->hardware_domain, MSR_EFFECT_HOST, value, out);
    }
    return -EPERM;
}
