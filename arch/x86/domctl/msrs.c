/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MSRs that a PV vCPU has of its own. Whether a value is good is decided where a guest's WRMSR is: lib/x86/msr. */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "x86/msr/index.h"
#include "x86/msr/pv.h"

#include <toolstack_handlers.h>

#define MSRS_OWN 3u

static const uint32_t own[MSRS_OWN] = { MSR_SPEC_CTRL, MSR_MISC_FEATURES, MSR_TSC_AUX };

static uint64_t msr_value(const struct vcpu *v, uint32_t index)
{
    return index == MSR_SPEC_CTRL ? v->arch.spec_ctrl :
           index == MSR_MISC_FEATURES ? v->arch.msr_misc_features : v->arch.tsc_aux;
}

long domctl_get_vcpu_msrs(struct domctl_call *c)
{
    struct xen_domctl_vcpu_msrs *op = &c->op.u.vcpu_msrs;
    xen_domctl_vcpu_msr_t out[MSRS_OWN];
    uint32_t nr = 0, room = op->msr_count;
    struct vcpu *v;

    if (domctl_vcpu(c, op->vcpu, &v))
        return -ESRCH;
    if (v == current_vcpu())
        return -EINVAL;
    c->copy_back = true;
    op->msr_count = MSRS_OWN;
    if (guest_handle_null(op->msrs))
        return 0;
    vcpu_pause(v);
    for (unsigned int i = 0; i < MSRS_OWN; i++)
        if (msr_value(v, own[i]))
            out[nr++] = (xen_domctl_vcpu_msr_t){ .index = own[i], .value = msr_value(v, own[i]) };
    vcpu_unpause(v);
    op->msr_count = nr;
    if (nr > room)
        return -ENOBUFS;
    return copy_array_to_guest(guest_handle_va(op->msrs), out, nr);
}

static bool msr_is_own(uint32_t index)
{
    for (unsigned int i = 0; i < MSRS_OWN; i++)
        if (own[i] == index)
            return true;
    return false;
}

static int msr_check(const struct vcpu *v, const xen_domctl_vcpu_msr_t *msr, struct msr_write *w)
{
    const struct msr_pv_context ctx = { .policy = v->domain->arch.policy, .vcpu_id = v->id };

    const char *why = msr->reserved           ? "reserved field is set" :
                      !msr_is_own(msr->index) ? "not one that a PV vCPU has" :
                      msr_pv_write(&ctx, msr->index, msr->value, w) ? "the guest's policy forbids the value" : NULL;

    if (!why)
        return 0;
    guest_log(v, LOG_WARNING, "MSR %#x = %#lx refused: %s", msr->index, (unsigned long)msr->value, why);
    return -EINVAL;
}

static void msr_apply(struct vcpu *v, const struct msr_write *w)
{
    if (w->effect == MSR_EFFECT_SPEC_CTRL)
        v->arch.spec_ctrl = w->value;
    else if (w->effect == MSR_EFFECT_MISC_FEATURES)
        v->arch.msr_misc_features = w->value;
    else if (w->effect == MSR_EFFECT_TSC_AUX)
        v->arch.tsc_aux = (uint32_t)w->value;
}

long domctl_set_vcpu_msrs(struct domctl_call *c)
{
    struct xen_domctl_vcpu_msrs *op = &c->op.u.vcpu_msrs;
    struct msr_write writes[MSRS_OWN];
    struct vcpu *v;
    int rc;

    if (domctl_vcpu(c, op->vcpu, &v))
        return -ESRCH;
    if (op->msr_count > MSRS_OWN)
        return -EINVAL;
    for (uint32_t i = 0; i < op->msr_count; i++) {
        xen_domctl_vcpu_msr_t msr;
        if (copy_from_handle(&msr, op->msrs, i))
            return -EFAULT;
        rc = msr_check(v, &msr, &writes[i]);
        if (rc) {
            op->msr_count = i;
            c->copy_back = true;
            return rc;
        }
    }
    vcpu_pause(v);
    for (uint32_t i = 0; i < op->msr_count; i++)
        msr_apply(v, &writes[i]);
    vcpu_unpause(v);
    return 0;
}
