/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An MSR is the local APIC's, or the processor keeps it for the guest (hvm_vendor->msr_get), or lib/x86/msr/hvm says
 * what it is.
 */
#include "hvm/msr.h"

#include "cpu/guest_msr.h"
#include "hvm/control.h"
#include "hvm/hypercall.h"
#include "hvm/lapic.h"
#include "hvm/time.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "x86/msr/hvm.h"
#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"

_Static_assert(HVM_MTRR_FIXED == MSR_HVM_MTRR_FIXED && HVM_MTRR_VARIABLE == MSR_HVM_MTRR_VARIABLE, "one set of them");

static bool is_lapic(uint32_t msr)
{
    return msr == MSR_APIC_BASE || msr == MSR_TSC_DEADLINE || (msr >= MSR_X2APIC_BASE && msr <= MSR_X2APIC_BASE + 0xff);
}

static uint32_t microcode_level(void)
{
    uint64_t value;

    return rdmsr_safe(MSR_UCODE_REVISION, &value) ? (uint32_t)(value >> 32 ?: value) : 0;
}

static struct msr_hvm_context context(const struct vcpu *v, uint32_t msr)
{
    const struct hvm_vcpu *h = &v->arch.hvm;
    struct msr_hvm_context c = {
        .policy = v->domain->arch.policy, .relaxed = v->domain->arch.msr_relaxed, .tsc_adjust = h->tsc_adjust,
        .efer = h->efer, .misc_features = v->arch.msr_misc_features, .spec_ctrl = v->arch.spec_ctrl,
        .xss = v->arch.xss, .tsc_aux = v->arch.tsc_aux, .mtrr_def_type = h->mtrr.def_type,
        .mtrr_fixed = h->mtrr.fixed, .mtrr_variable = (const uint64_t (*)[2])h->mtrr.variable,
    };

    if (msr == MSR_TSC)
        c.tsc = hvm_tsc(v, now_ns());
    else if (msr == MSR_UCODE_REVISION)
        c.microcode = microcode_level();
    return c;
}

bool hvm_rdmsr(struct vcpu *v, uint32_t msr, uint64_t *value)
{
    if (is_lapic(msr))
        return hvm_lapic_msr_read(v, msr, value);
    if (hvm_vendor->msr_get(v, msr, value))
        return true;
    const struct msr_hvm_context c = context(v, msr);
    return !msr_hvm_read(&c, msr, value);
}

static bool spec_ctrl(struct vcpu *v, uint64_t value)
{
    irqflags_t flags = irq_save();
    bool good = guest_msr_load_spec_ctrl(value);

    if (good)
        v->arch.spec_ctrl = value;
    irq_restore(flags);
    return good;
}

static void tsc_aux(struct vcpu *v, uint32_t value)
{
    irqflags_t flags = irq_save();

    v->arch.tsc_aux = value;
    guest_msr_load_tsc_aux(value);
    irq_restore(flags);
}

static bool carry_out(struct vcpu *v, uint32_t msr, const struct msr_hvm_write *w)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    switch (w->effect) {
    case MSR_HVM_NONE: break;
    case MSR_HVM_TSC: hvm_tsc_write(v, w->value); hvm_lapic_rearm(v); break;
    case MSR_HVM_TSC_ADJUST: hvm_tsc_adjust_write(v, w->value); hvm_lapic_rearm(v); break;
    case MSR_HVM_MISC_FEATURES: v->arch.msr_misc_features = w->value; break;
    case MSR_HVM_SPEC_CTRL: return spec_ctrl(v, w->value);
    case MSR_HVM_PRED_CMD:
    case MSR_HVM_FLUSH_CMD: return wrmsr_safe(msr, w->value);
    case MSR_HVM_TSC_AUX: tsc_aux(v, (uint32_t)w->value); break;
    case MSR_HVM_EFER: return hvm_efer_write(v, w->value);
    case MSR_HVM_MTRR_DEF_TYPE: h->mtrr.def_type = w->value; break;
    case MSR_HVM_MTRR_ONE_FIXED: h->mtrr.fixed[w->index] = w->value; break;
    case MSR_HVM_MTRR_ONE_VARIABLE: h->mtrr.variable[w->index / 2][w->index % 2] = w->value; break;
    case MSR_HVM_HYPERCALL_PAGE: hvm_hypercall_page(v, w->value); break;
    }
    return true;
}

/* What the processor keeps: of most of these an address, of the others any value, is allowed. */
static bool kept_ok(uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_PAT:
        return pat_ok(value);
    case MSR_STAR: case MSR_SYSCALL_MASK: case MSR_SYSENTER_CS:
        return true;
    default:
        return msr_hvm_address_ok(value);
    }
}

bool hvm_wrmsr(struct vcpu *v, uint32_t msr, uint64_t value)
{
    struct msr_hvm_write w;
    uint64_t unused;

    if (is_lapic(msr))
        return hvm_lapic_msr_write(v, msr, value);
    if (hvm_vendor->msr_get(v, msr, &unused))
        return kept_ok(msr, value) && hvm_vendor->msr_put(v, msr, value);
    const struct msr_hvm_context c = context(v, msr);
    return !msr_hvm_write(&c, msr, value, &w) && carry_out(v, msr, &w);
}
