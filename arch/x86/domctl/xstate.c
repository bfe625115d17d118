/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended state in the toolstack's form: XCR0, what was ever enabled, then an image in XSAVE's standard format, whatever format
 * our own area has. An image is checked by lib/x86/xstate before a byte of the vCPU changes.
 */
#include "cpu/xstate_boot.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "x86/cpuid/policy.h"

#include <toolstack_handlers.h>

struct image_head { uint64_t xcr0, xcr0_accum; };

static bool area_is_compact(void) { return xstate_active.insn == XSTATE_XSAVEC || xstate_active.insn == XSTATE_XSAVES; }

static uint32_t image_size(uint64_t mask)
{
    return (uint32_t)sizeof(struct image_head) + (mask ? xstate_size_std(xstate_active.comp, mask | XSTATE_LEGACY) : 0);
}

static struct xstate_header *header_of(void *image)
{
    return (struct xstate_header *)((uint8_t *)image + XSTATE_LEGACY_SIZE);
}

/* An area in standard format has what an earlier owner of the registers left where a component is in its initial state. */
static void clear_absent(uint8_t *image, uint64_t mask)
{
    uint64_t absent = mask & ~header_of(image)->xstate_bv & ~XSTATE_LEGACY;

    for (; absent; absent &= absent - 1) {
        const struct xstate_component *comp = &xstate_active.comp[__builtin_ctzll(absent)];
        memset(image + comp->offset, 0, comp->size);
    }
}

static int image_make(const struct vcpu *v, uint8_t *out, uint32_t size)
{
    const struct image_head head = { v->arch.xcr0, v->arch.xcr0_accum };
    uint8_t *image = out + sizeof(head);

    memcpy(out, &head, sizeof(head));
    if (area_is_compact())
        return xstate_expand(xstate_active.comp, v->arch.xsave_area, xstate_active.area_size, image, size - sizeof(head));
    memcpy(image, v->arch.xsave_area, size - sizeof(head));
    clear_absent(image, head.xcr0_accum);
    return 0;
}

static int image_give(struct vcpu *v, const struct xen_domctl_vcpuextstate *op)
{
    uint8_t *out = hv_zalloc(op->size);

    if (!out)
        return -ENOMEM;
    vcpu_pause(v);
    arch_sync_vcpu(v);
    int rc = op->size == image_size(v->arch.xcr0_accum) ? image_make(v, out, (uint32_t)op->size) : -EINVAL;
    vcpu_unpause(v);
    if (!rc)
        rc = copy_array_to_guest(guest_handle_va(op->buffer), out, op->size);
    hv_free(out);
    return rc;
}

/* With size and mask 0 the caller asks for both. Without XSAVE both stay 0: there is nothing to save. */
long domctl_getvcpuextstate(struct domctl_call *c)
{
    struct xen_domctl_vcpuextstate *op = &c->op.u.vcpuextstate;
    struct vcpu *v;
    int rc = domctl_vcpu(c, op->vcpu, &v);

    if (rc)
        return rc;
    if (v == current_vcpu())
        return -EINVAL;
    if (!op->size && !op->xfeature_mask) {
        op->xfeature_mask = xstate_active.xcr0;
        op->size = xstate_active.xcr0 ? image_size(v->arch.xcr0_accum) : 0;
        c->copy_back = true;
        return 0;
    }
    if (!xstate_active.xcr0 || op->xfeature_mask != xstate_active.xcr0 || op->size > image_size(xstate_active.xcr0))
        return -EINVAL;
    return image_give(v, op);
}

static int image_check(const struct domain *d, const uint8_t *in, uint64_t size, struct image_head *head)
{
    memcpy(head, in, sizeof(*head));
    const struct xstate_image image = {
        .xcr0 = head->xcr0, .xcr0_accum = head->xcr0_accum, .data = in + sizeof(*head), .size = size - sizeof(*head),
    };
    uint64_t allowed = d->arch.policy ? cpuid_policy_xcr0(d->arch.policy) & xstate_active.xcr0 : 0;
    uint32_t mxcsr;

    int rc = xstate_check_image(xstate_active.comp, allowed, &image);
    if (rc)
        return rc;
    if (size != image_size(head->xcr0_accum))
        return -EINVAL;
    memcpy(&mxcsr, in + sizeof(*head) + 24, sizeof(mxcsr)); /* loading reserved bits would fault */
    return mxcsr & ~mxcsr_mask ? -EINVAL : 0;
}

/* Nothing can fail any more but for lack of room, and there is room for all that the plan enables. */
static int image_take(struct vcpu *v, const struct image_head *head, const uint8_t *image, size_t size)
{
    uint8_t *area = v->arch.xsave_area;

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

static int image_set(struct vcpu *v, const uint8_t *in, uint64_t size)
{
    struct image_head head;
    int rc = image_check(v->domain, in, size, &head);

    if (rc)
        return rc;
    vcpu_pause(v);
    arch_sync_vcpu(v);
    rc = image_take(v, &head, in + sizeof(head), size - sizeof(head));
    vcpu_unpause(v);
    return rc;
}

long domctl_setvcpuextstate(struct domctl_call *c)
{
    const struct xen_domctl_vcpuextstate *op = &c->op.u.vcpuextstate;
    struct vcpu *v;
    int rc = domctl_vcpu(c, op->vcpu, &v);

    if (rc)
        return rc;
    if (op->size < sizeof(struct image_head) || op->size > image_size(xstate_active.xcr0))
        return -EINVAL;
    if (op->size == sizeof(struct image_head))
        return 0; /* saved where there is no XSAVE */
    if (op->size < sizeof(struct image_head) + XSTATE_MIN_SIZE)
        return -EINVAL;
    uint8_t *in = hv_zalloc(op->size);
    if (!in)
        return -ENOMEM;
    rc = copy_array_from_guest(in, guest_handle_va(op->buffer), op->size);
    rc = rc ? rc : image_set(v, in, op->size);
    hv_free(in);
    return rc;
}
