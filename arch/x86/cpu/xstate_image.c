/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended state outside of a vCPU's area: XCR0, what was ever enabled, then an image in XSAVE's standard format,
 * whatever format our own area has. An image is checked by lib/x86/xstate before a byte of the vCPU changes.
 */
#include "cpu/xstate_image.h"

#include "cpu/cpuid_boot.h"
#include "cpu/fpu.h"
#include "cpu/xstate_boot.h"
#include "hv/log.h"
#include "x86/cpuid/policy.h"

static bool area_is_compact(void) { return xstate_active.insn == XSTATE_XSAVEC || xstate_active.insn == XSTATE_XSAVES; }

uint32_t xstate_image_size(uint64_t mask)
{
    const uint32_t head = sizeof(struct xstate_image_head);

    return head + (mask ? xstate_size_std(xstate_active.comp, mask | XSTATE_LEGACY) : 0);
}

static struct xstate_header *header_of(void *image)
{
    return (struct xstate_header *)((uint8_t *)image + XSTATE_LEGACY_SIZE);
}

/*
 * An area in standard format has what an earlier owner of the registers left where a component is in its initial state.
 */
static void clear_absent(uint8_t *image, uint64_t mask)
{
    uint64_t absent = mask & ~header_of(image)->xstate_bv & ~XSTATE_LEGACY;

    for (; absent; absent &= absent - 1) {
        const struct xstate_component *comp = &xstate_active.comp[__builtin_ctzll(absent)];
        memset(image + comp->offset, 0, comp->size);
    }
}

int xstate_image_make(const struct vcpu *v, uint8_t *out, uint32_t size)
{
    const struct xstate_image_head head = { v->arch.xcr0, v->arch.xcr0_accum };
    uint8_t *image = out + sizeof(head);

    memcpy(out, &head, sizeof(head));
    if (area_is_compact())
        return xstate_expand(xstate_active.comp, v->arch.xsave_area, xstate_active.area_size,
                             image, size - sizeof(head));
    memcpy(image, v->arch.xsave_area, size - sizeof(head));
    clear_absent(image, head.xcr0_accum);
    return 0;
}

/* x87 and SSE can be taken anywhere: they are all that is saved of a guest that XSAVE is not advertised to. */
static uint64_t image_allowed(const struct domain *d)
{
    return XSTATE_LEGACY | (d->arch.policy ? cpuid_policy_xcr0(d->arch.policy) & xstate_active.xcr0 : 0);
}

static const char *component_advice(unsigned int component)
{
    const struct cpuid_policy *raw = &arch_cpuid_policies.raw;

    if (xstate_active.xcr0 >> component & 1)
        return "this guest's policy does not allow it; restore it with the policy that it was saved with";
    if (cpuid_policy_has(raw, CPUFEAT_XSAVE) && cpuid_policy_xcr0(raw) >> component & 1)
        return "this processor has it, but the hypervisor does not use it: start it without the option that takes it "
               "away (xsave=0, cpuid=), or see its lines about xstate";
    return "this processor lacks it; use a machine that has it, or build the guest with a cpuid= that hides it";
}

/* Every component in the way is named: what the guest left in it cannot be dropped without harm. */
int xstate_head_check(const struct domain *d, const struct xstate_image_head *head)
{
    uint64_t missing = (head->xcr0 | head->xcr0_accum) & ~image_allowed(d);

    for (uint64_t left = missing; left; left &= left - 1) {
        unsigned int i = (unsigned int)__builtin_ctzll(left);
        log_warning("d%u: xstate: refused: guest uses %s (component %u): %s", d->id, xstate_component_name(i), i,
                    component_advice(i));
    }
    return missing ? -EINVAL : 0;
}

static const char *image_fault(int rc)
{
    return rc == -EOPNOTSUPP ? "compacted, wanted the standard format" :
           rc == -EIO        ? "reserved bytes of its header are set" :
                               "wanted components that XCR0 once had, in a combination that XSETBV takes";
}

static int image_refuse(const struct domain *d, const struct xstate_image_head *head, const uint8_t *in, int rc)
{
    struct xstate_header header;

    memcpy(&header, in + XSTATE_LEGACY_SIZE, sizeof(header));
    log_warning("d%u: xstate: refused: XCR0 %#lx, once %#lx, components %#lx: %s", d->id, (unsigned long)head->xcr0,
                (unsigned long)head->xcr0_accum, (unsigned long)header.xstate_bv, image_fault(rc));
    return rc;
}

int xstate_image_check(const struct domain *d, const struct xstate_image_head *head, const uint8_t *in, size_t size)
{
    const struct xstate_image image = { .xcr0 = head->xcr0, .xcr0_accum = head->xcr0_accum, .data = in, .size = size };
    uint32_t mxcsr;

    int rc = xstate_check_image(xstate_active.comp, image_allowed(d), &image);
    if (rc)
        return image_refuse(d, head, in, rc);
    memcpy(&mxcsr, in + 24, sizeof(mxcsr)); /* loading reserved bits would fault */
    if (!(mxcsr & ~mxcsr_mask))
        return 0;
    log_warning("d%u: xstate: refused: MXCSR %#x, this processor has %#x of it", d->id, mxcsr, mxcsr_mask);
    return -EINVAL;
}

/* Nothing can fail any more but for lack of room, and there is room for all that the plan enables. */
int xstate_image_take(struct vcpu *v, const struct xstate_image_head *head, uint8_t *image, size_t size)
{
    uint8_t *area = v->arch.xsave_area;

    if (!xstate_active.xcr0) {
        fpu_legacy_complete(image, header_of(image)->xstate_bv);
        fpu_set_legacy(v, image);
        return 0;
    }
    if (area_is_compact()) {
        int rc = xstate_compact(xstate_active.comp, head->xcr0_accum, image, size, area, xstate_active.area_size);
        if (rc)
            return rc;
    } else {
        memset(area, 0, xstate_active.area_size);
        memcpy(area, image, size);
    }
    v->arch.xcr0 = head->xcr0;
    v->arch.xcr0_accum = head->xcr0_accum | XSTATE_LEGACY;
    return 0;
}
