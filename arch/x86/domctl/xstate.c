/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended state in the toolstack's form: see cpu/xstate_image.h. */
#include "cpu/cpuid_boot.h"
#include "cpu/fpu.h"
#include "cpu/xstate_boot.h"
#include "cpu/xstate_image.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "x86/cpuid/policy.h"

#include <toolstack_handlers.h>

static int image_give(struct vcpu *v, struct xen_domctl_vcpuextstate *op)
{
    uint8_t *out = hv_zalloc(xstate_image_size(xstate_active.xcr0));

    if (!out)
        return -ENOMEM;
    vcpu_pause(v);
    arch_sync_vcpu(v);
    uint32_t size = xstate_image_size(v->arch.xcr0_accum);
    int rc = op->size >= size ? xstate_image_make(v, out, size) : -EINVAL;
    vcpu_unpause(v);
    if (!rc)
        rc = copy_array_to_guest(guest_handle_va(op->buffer), out, size);
    op->size = size;
    hv_free(out);
    return rc;
}

/* Without a buffer the caller asks for size and mask. Without XSAVE both stay 0: there is nothing to save. */
long domctl_getvcpuextstate(struct domctl_call *c)
{
    struct xen_domctl_vcpuextstate *op = &c->op.u.vcpuextstate;
    struct vcpu *v;
    int rc;

    if (domctl_vcpu(c, op->vcpu, &v))
        return -ESRCH;
    if (v == current_vcpu())
        return -EINVAL;
    if (guest_handle_null(op->buffer)) {
        op->xfeature_mask = xstate_active.xcr0;
        op->size = xstate_active.xcr0 ? xstate_image_size(v->arch.xcr0_accum) : 0;
        c->copy_back = true;
        return 0;
    }
    if (!xstate_active.xcr0 || op->xfeature_mask != xstate_active.xcr0)
        return -EINVAL;
    rc = image_give(v, op);
    c->copy_back = !rc;
    return rc;
}

static int image_set(struct vcpu *v, const struct xstate_image_head *head, uint8_t *image, size_t size)
{
    int rc = xstate_image_check(v->domain, head, image, size);

    if (rc)
        return rc;
    vcpu_pause(v);
    arch_sync_vcpu(v);
    rc = xstate_image_take(v, head, image, size);
    vcpu_unpause(v);
    return rc;
}

long domctl_setvcpuextstate(struct domctl_call *c)
{
    const struct xen_domctl_vcpuextstate *op = &c->op.u.vcpuextstate;
    const uint64_t from = guest_handle_va(op->buffer);
    struct xstate_image_head head;
    struct vcpu *v;
    int rc;

    if (domctl_vcpu(c, op->vcpu, &v))
        return -ESRCH;
    if (op->size < sizeof(head))
        return -EINVAL;
    if (op->size == sizeof(head))
        return 0; /* saved where there is no XSAVE */
    rc = copy_array_from_guest((uint8_t *)&head, from, sizeof(head));
    rc = rc ? rc : xstate_head_check(c->d, &head);
    if (rc)
        return rc;
    uint32_t wanted = xstate_image_size(head.xcr0_accum | XSTATE_LEGACY);
    if (op->size != wanted) {
        log_warning("d%u: xstate: refused: %lu bytes for components %#lx, wanted %u", c->d->id, (unsigned long)op->size,
                    (unsigned long)head.xcr0_accum, wanted);
        return -EINVAL;
    }
    size_t size = op->size - sizeof(head);
    uint8_t *image = hv_zalloc(size);
    if (!image)
        return -ENOMEM;
    rc = copy_array_from_guest(image, from + sizeof(head), size);
    rc = rc ? rc : image_set(v, &head, image, size);
    hv_free(image);
    return rc;
}
