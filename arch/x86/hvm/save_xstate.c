/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of extended state beyond x87 and SSE, and of MSRs that few guests write. Of guests that use them. */
#include "cpu/xstate_boot.h"
#include "cpu/xstate_image.h"
#include "hvm/hvm.h"
#include "hvm/save.h"
#include "public.h"
#include "x86/cpu/control_bits.h"
#include "x86/msr/index.h"

#define XSAVE_HEAD offsetof(struct hvm_hw_cpu_xsave, save_area)
#define XCR0_RESET 1u
_Static_assert(XSAVE_HEAD == 8 + sizeof(struct xstate_image_head), "a word that is ignored, then the head");

static uint32_t xsave_max(const struct domain *d) { return 8 + xstate_image_size(xstate_active.xcr0); }

static uint32_t xsave_save(struct vcpu *v, void *out)
{
    bool in_use = v->arch.hvm.cr4 & (CR4_OSXSAVE | CR4_PKE) || v->arch.xcr0 & ~(uint64_t)XCR0_RESET;
    uint64_t mask = xstate_active.xcr0;
    uint32_t size = xstate_image_size(v->arch.xcr0_accum);

    if (READ_ONCE(v->pause_flags) & VPF_DOWN || !mask || !in_use)
        return 0;
    memcpy(out, &mask, sizeof(mask));
    return xstate_image_make(v, (uint8_t *)out + 8, size) ? 0 : 8 + size;
}

static const char *xsave_check(const struct vcpu *v, const void *in, uint32_t length)
{
    static const char *const named = "see the line before";
    const uint8_t *bytes = in;
    struct xstate_image_head head;

    memcpy(&head, bytes + 8, sizeof(head));
    if (xstate_head_check(v->domain, &head))
        return named;
    if (length != 8 + xstate_image_size(head.xcr0_accum | XSTATE_LEGACY))
        return "the length is not that of its components";
    return xstate_image_check(v->domain, &head, bytes + XSAVE_HEAD, length - XSAVE_HEAD) ? named : NULL;
}

/* The stream is a copy of ours, so what changes in it is nobody else's. */
static void xsave_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    uint8_t *bytes = (uint8_t *)(uintptr_t)in;
    struct xstate_image_head head;

    memcpy(&head, bytes + 8, sizeof(head));
    (void)xstate_image_take(v, &head, bytes + XSAVE_HEAD, length - XSAVE_HEAD);
    hvm_fpu_widen(v);
}

const struct hvm_record hvm_record_xsave = {
    CPU_XSAVE_CODE, "extended state", true, XSAVE_HEAD, .size_max = xsave_max, .save = xsave_save,
    .check = xsave_check, .load = xsave_load,
};

/* MSRs: of those that the ABI names, what a container of ours can have written. */
#define MSRS_OWN 1u

static uint32_t msr_max(const struct domain *d)
{
    return (uint32_t)(offsetof(struct hvm_msr, msr) + MSRS_OWN * sizeof(struct hvm_one_msr));
}

static uint32_t msr_save(struct vcpu *v, void *out)
{
    struct hvm_msr *m = out;

    if (!v->arch.msr_misc_features)
        return 0;
    m->count = MSRS_OWN;
    m->msr[0] = (struct hvm_one_msr){ .index = MSR_MISC_FEATURES, .val = v->arch.msr_misc_features };
    return msr_max(v->domain);
}

static const char *msr_check(const struct vcpu *v, const void *in, uint32_t length)
{
    const struct hvm_msr *m = in;

    if (length < offsetof(struct hvm_msr, msr) ||
        (length - offsetof(struct hvm_msr, msr)) / sizeof(struct hvm_one_msr) < m->count)
        return "fewer MSRs than it says";
    for (uint32_t i = 0; i < m->count; i++) {
        const struct hvm_one_msr *msr = &m->msr[i];

        if (msr->_rsvd)
            return "a reserved field is set";
        if (msr->val && (msr->index != MSR_MISC_FEATURES || msr->val != 1))
            return "an MSR has a value that this domain cannot be given";
    }
    return NULL;
}

static void msr_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    const struct hvm_msr *m = in;

    for (uint32_t i = 0; i < m->count; i++)
        if (m->msr[i].index == MSR_MISC_FEATURES)
            v->arch.msr_misc_features = m->msr[i].val;
}

const struct hvm_record hvm_record_msr = {
    CPU_MSR_CODE, "MSRs", true, 4, .size_max = msr_max, .save = msr_save, .check = msr_check, .load = msr_load,
};
