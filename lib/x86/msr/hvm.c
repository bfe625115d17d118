/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MSRs of containers, one row each (rows.h). Memory types of ranges (MTRR): three forms (APM volume 2, 7.7). */
#include "x86/msr/hvm.h"

#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"
#include "x86/msr/rows.h"
#include "x86/pte/pte.h"

typedef const struct msr_hvm_context context_t;

enum reading { READ_NEVER, READ_ZERO, READ_TSC, READ_TSC_ADJUST, READ_UCODE, READ_PLATFORM_INFO, READ_ARCH_CAPS,
               READ_MISC_FEATURES, READ_SPEC_CTRL, READ_TSC_AUX, READ_XSS, READ_EFER, READ_MCG_CAP, READ_MC_BANK,
               READ_DE_CFG, READ_MTRR_CAP, READ_MTRR_DEF, READ_MTRR_FIXED, READ_MTRR_VARIABLE };
enum writing { WRITE_NEVER, WRITE_IGNORED, WRITE_SAME, WRITE_TSC, WRITE_TSC_ADJUST, WRITE_MISC_FEATURES,
               WRITE_SPEC_CTRL, WRITE_PRED_CMD, WRITE_FLUSH_CMD, WRITE_TSC_AUX, WRITE_EFER, WRITE_MC_BANK,
               WRITE_HYPERCALL_PAGE, WRITE_MTRR_DEF, WRITE_MTRR_FIXED, WRITE_MTRR_VARIABLE };


static const struct msr_row msr_rows[] = {
    { MSR_TSC, MSR_TSC, ALWAYS, READ_TSC, WRITE_TSC },
    { MSR_EFER, MSR_EFER, ALWAYS, READ_EFER, WRITE_EFER },
    { MSR_TSC_AUX, MSR_TSC_AUX, HAS_TSC_AUX, READ_TSC_AUX, WRITE_TSC_AUX },
    { MSR_TSC_ADJUST, MSR_TSC_ADJUST, ALWAYS, READ_TSC_ADJUST, WRITE_TSC_ADJUST },
    { MSR_SPEC_CTRL, MSR_SPEC_CTRL, HAS_SPEC_CTRL, READ_SPEC_CTRL, WRITE_SPEC_CTRL },
    { MSR_PRED_CMD, MSR_PRED_CMD, HAS_PRED_CMD, READ_NEVER, WRITE_PRED_CMD },
    { MSR_FLUSH_CMD, MSR_FLUSH_CMD, HAS_FLUSH_CMD, READ_NEVER, WRITE_FLUSH_CMD },
    { MSR_ARCH_CAPS, MSR_ARCH_CAPS, HAS_ARCH_CAPS, READ_ARCH_CAPS, WRITE_NEVER },
    { MSR_UCODE_REVISION, MSR_UCODE_REVISION, ALWAYS, READ_UCODE, WRITE_NEVER },
    { MSR_PLATFORM_INFO, MSR_PLATFORM_INFO, ALWAYS, READ_PLATFORM_INFO, WRITE_NEVER },
    { MSR_MISC_FEATURES, MSR_MISC_FEATURES, ALWAYS, READ_MISC_FEATURES, WRITE_MISC_FEATURES },
    { MSR_XSS, MSR_XSS, HAS_XSAVES, READ_XSS, WRITE_SAME },
    { MSR_HYPERCALL_PAGE, MSR_HYPERCALL_PAGE, ALWAYS, READ_ZERO, WRITE_HYPERCALL_PAGE },
    { MSR_MTRR_CAP, MSR_MTRR_CAP, HAS_MTRR, READ_MTRR_CAP, WRITE_NEVER },
    { MSR_MTRR_BASE0, MSR_MTRR_MASK7, HAS_MTRR, READ_MTRR_VARIABLE, WRITE_MTRR_VARIABLE },
    { MSR_MTRR_FIX64K, MSR_MTRR_FIX64K, HAS_MTRR, READ_MTRR_FIXED, WRITE_MTRR_FIXED },
    { MSR_MTRR_FIX16K_0, MSR_MTRR_FIX16K_1, HAS_MTRR, READ_MTRR_FIXED, WRITE_MTRR_FIXED },
    { MSR_MTRR_FIX4K_0, MSR_MTRR_FIX4K_7, HAS_MTRR, READ_MTRR_FIXED, WRITE_MTRR_FIXED },
    { MSR_MTRR_DEF_TYPE, MSR_MTRR_DEF_TYPE, HAS_MTRR, READ_MTRR_DEF, WRITE_MTRR_DEF },
    { MSR_DEBUGCTL, MSR_DEBUGCTL, ALWAYS, READ_ZERO, WRITE_IGNORED },
    { MSR_LAST_BRANCH_FROM, MSR_LAST_EXCEPTION_TO, ALWAYS, READ_ZERO, WRITE_IGNORED },
    /* Machine check: two banks in which nothing ever happens. */
    { MSR_P5_MC_ADDR, MSR_P5_MC_TYPE, ALWAYS, READ_ZERO, WRITE_NEVER },
    { MSR_MCG_CAP, MSR_MCG_CAP, ALWAYS, READ_MCG_CAP, WRITE_IGNORED },
    { MSR_MCG_STATUS, MSR_MCG_CTL, ALWAYS, READ_ZERO, WRITE_IGNORED },
    { MSR_MC0_CTL, MSR_MC1_MISC, ALWAYS, READ_MC_BANK, WRITE_MC_BANK },
    { MSR_MC1_MISC + 1, MSR_MC31_MISC, ALWAYS, READ_ZERO, WRITE_IGNORED },
    /* What AMD's kernels look at. */
    { MSR_AMD_TSC_RATIO, MSR_AMD_TSC_RATIO, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_EVNTSEL0, MSR_AMD_PERFCTR3, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_CORE_EVNTSEL0, MSR_AMD_CORE_PERFCTR5, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_SYSCFG, MSR_AMD_SYSCFG, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_HWCR, MSR_AMD_HWCR, AMD, READ_ZERO, WRITE_NEVER },
    { MSR_AMD_TOM, MSR_AMD_TOM, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_TOM2, MSR_AMD_TOM2, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_NB_CFG, MSR_AMD_NB_CFG, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_INT_PENDING, MSR_AMD_INT_PENDING, AMD, READ_ZERO, WRITE_NEVER },
    { MSR_VM_CR, MSR_VM_CR, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_VM_HSAVE, MSR_VM_HSAVE, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_VIRT_SPEC_CTRL, MSR_AMD_VIRT_SPEC_CTRL, HAS_VIRT_SSBD, READ_ZERO, WRITE_SAME },
    { MSR_AMD_CU_CFG, MSR_AMD_CU_CFG, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_DE_CFG, MSR_AMD_DE_CFG, AMD, READ_DE_CFG, WRITE_IGNORED },
    { MSR_AMD_BU_CFG2, MSR_AMD_BU_CFG2, AMD, READ_ZERO, WRITE_IGNORED },
    { MSR_AMD_EX_CFG, MSR_AMD_EX_CFG, AMD, READ_ZERO, WRITE_IGNORED },
};

static const struct msr_row *row_for(context_t *ctx, uint32_t msr)
{
    return msr_row_find(msr_rows, ARRAY_SIZE(msr_rows), msr, ctx->policy, false);
}

/* What the table hides from this guest stays hidden. */
static int outside(context_t *ctx, uint32_t msr)
{
    return ctx->relaxed && !msr_rows_name(msr_rows, ARRAY_SIZE(msr_rows), msr) ? 0 : -EPERM;
}

static unsigned int fixed_index(uint32_t msr)
{
    if (msr == MSR_MTRR_FIX64K)
        return 0;
    return msr <= MSR_MTRR_FIX16K_1 ? msr - MSR_MTRR_FIX16K_0 + 1 : msr - MSR_MTRR_FIX4K_0 + 3;
}

int msr_hvm_read(const struct msr_hvm_context *ctx, uint32_t msr, uint64_t *value)
{
    const struct msr_row *row = row_for(ctx, msr);
    unsigned int variable = msr - MSR_MTRR_BASE0;

    *value = 0;
    if (!row)
        return outside(ctx, msr);
    switch ((enum reading)row->reading) {
    case READ_NEVER: return -EPERM;
    case READ_ZERO: break;
    case READ_TSC: *value = ctx->tsc; break;
    case READ_TSC_ADJUST: *value = ctx->tsc_adjust; break;
    case READ_UCODE: *value = msr_policy_is_amd(ctx->policy) ? ctx->microcode : (uint64_t)ctx->microcode << 32; break;
    case READ_PLATFORM_INFO: *value = ctx->policy->platform_info; break;
    case READ_ARCH_CAPS: *value = ctx->policy->arch_caps; break;
    case READ_MISC_FEATURES: *value = ctx->misc_features; break;
    case READ_SPEC_CTRL: *value = ctx->spec_ctrl; break;
    case READ_TSC_AUX: *value = ctx->tsc_aux; break;
    case READ_XSS: *value = ctx->xss; break;
    case READ_EFER: *value = ctx->efer; break;
    case READ_MCG_CAP: *value = MCG_CAP_BANKS; break;
    case READ_MC_BANK: *value = msr % 4 == 0 ? ~0ULL : 0; break;
    case READ_DE_CFG: *value = DE_CFG_LFENCE_SERIALISE; break;
    case READ_MTRR_CAP: *value = MTRR_CAP_GUEST; break;
    case READ_MTRR_DEF: *value = ctx->mtrr_def_type; break;
    case READ_MTRR_FIXED: *value = ctx->mtrr_fixed[fixed_index(msr)]; break;
    case READ_MTRR_VARIABLE: *value = ctx->mtrr_variable[variable / 2][variable % 2]; break;
    }
    return 0;
}

bool msr_hvm_address_ok(uint64_t value) { return va_is_canonical(value); }

/* Base: type, address; mask: the valid bit, address. */
static bool variable_ok(context_t *ctx, unsigned int index, uint64_t value)
{
    unsigned int bits = ctx->policy->extd[8].a & 0xff;
    uint64_t address = BIT(MIN(MAX(bits, 32u), 52u)) - 0x1000;

    if (index % 2)
        return !(value & ~(address | 0x800));
    return !(value & ~(address | 0xff)) && mtrr_type_ok(value & 0xff);
}

static int effect_if(bool allowed, enum msr_hvm_effect effect, unsigned int index, uint64_t value,
                     struct msr_hvm_write *out)
{
    if (allowed)
        *out = (struct msr_hvm_write){ effect, index, value };
    return allowed ? 0 : -EPERM;
}

static int write_same(context_t *ctx, uint32_t msr, uint64_t value, struct msr_hvm_write *out)
{
    uint64_t now;
    int rc = msr_hvm_read(ctx, msr, &now);

    return rc ? rc : effect_if(now == value, MSR_HVM_NONE, 0, 0, out);
}

static int write_mtrr(context_t *ctx, enum writing how, uint32_t msr, uint64_t value, struct msr_hvm_write *out)
{
    unsigned int variable = msr - MSR_MTRR_BASE0;

    if (how == WRITE_MTRR_DEF)
        return effect_if(mtrr_default_ok(value), MSR_HVM_MTRR_DEF_TYPE, 0, value, out);
    if (how == WRITE_MTRR_FIXED)
        return effect_if(mtrr_fixed_ok(value), MSR_HVM_MTRR_ONE_FIXED, fixed_index(msr), value, out);
    return effect_if(variable_ok(ctx, variable, value), MSR_HVM_MTRR_ONE_VARIABLE, variable, value, out);
}

static int write_command(context_t *ctx, enum writing how, uint64_t value, struct msr_hvm_write *out)
{
    uint64_t known = how == WRITE_FLUSH_CMD ? 1 : msr_pred_cmd_valid(ctx->policy);
    enum msr_hvm_effect effect = how == WRITE_FLUSH_CMD ? MSR_HVM_FLUSH_CMD : MSR_HVM_PRED_CMD;

    return effect_if(!(value & ~known), value ? effect : MSR_HVM_NONE, 0, value, out);
}

int msr_hvm_write(const struct msr_hvm_context *ctx, uint32_t msr, uint64_t value, struct msr_hvm_write *out)
{
    const struct msr_row *row = row_for(ctx, msr);
    uint64_t faulting = ctx->policy->platform_info & PLATFORM_INFO_CPUID_FAULTING ? MISC_FEATURES_CPUID_FAULT : 0;

    *out = (struct msr_hvm_write){ MSR_HVM_NONE, 0, 0 };
    if (!row)
        return outside(ctx, msr);
    switch ((enum writing)row->writing) {
    case WRITE_NEVER:
        return -EPERM;
    case WRITE_IGNORED:
        return 0;
    case WRITE_SAME:
        return write_same(ctx, msr, value, out);
    case WRITE_TSC:
        return effect_if(true, MSR_HVM_TSC, 0, value, out);
    case WRITE_TSC_ADJUST:
        return effect_if(true, MSR_HVM_TSC_ADJUST, 0, value, out);
    case WRITE_MISC_FEATURES:
        return effect_if(!(value & ~faulting), MSR_HVM_MISC_FEATURES, 0, value, out);
    case WRITE_SPEC_CTRL:
        return effect_if(!(value & ~msr_spec_ctrl_valid(ctx->policy)), MSR_HVM_SPEC_CTRL, 0, value, out);
    case WRITE_PRED_CMD:
    case WRITE_FLUSH_CMD:
        return write_command(ctx, row->writing, value, out);
    case WRITE_TSC_AUX:
        return effect_if(!(value >> 32), MSR_HVM_TSC_AUX, 0, value, out);
    case WRITE_EFER:
        return effect_if(true, MSR_HVM_EFER, 0, value, out);
    case WRITE_MC_BANK: /* clearing what was reported */
        return effect_if(msr % 4 == 0 || !value, MSR_HVM_NONE, 0, 0, out);
    case WRITE_HYPERCALL_PAGE: /* there is one, number 0 */
        return effect_if(!(value & 0xfff), MSR_HVM_HYPERCALL_PAGE, 0, value, out);
    case WRITE_MTRR_DEF:
    case WRITE_MTRR_FIXED:
    case WRITE_MTRR_VARIABLE:
        return write_mtrr(ctx, row->writing, msr, value, out);
    }
    return -EPERM;
}
