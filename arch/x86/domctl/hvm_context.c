/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of containers, between hvm/save.h and a toolstack. */
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "hvm/save.h"

#include <toolstack_handlers.h>

#define STREAM_SLACK 65536u /* what a stream may have more than ours would: records of devices, to be refused by name */

static long context_give(struct domctl_call *c, void *buffer)
{
    struct xen_domctl_hvmcontext *op = &c->op.u.hvmcontext;

    domain_pause(c->d);
    uint32_t length = hvm_context_get(c->d, buffer);
    domain_unpause(c->d);
    if (op->size < length)
        return -ENOSPC;
    if (copy_array_to_guest(guest_handle_va(op->buffer), (uint8_t *)buffer, length))
        return -EFAULT;
    op->size = length;
    c->copy_back = true;
    return 0;
}

long domctl_gethvmcontext(struct domctl_call *c)
{
    struct xen_domctl_hvmcontext *op = &c->op.u.hvmcontext;

    if (c->d->type != DOMAIN_HVM || !domain_vcpu(c->d, 0))
        return -EINVAL;
    if (guest_handle_null(op->buffer)) {
        op->size = hvm_context_size(c->d);
        c->copy_back = true;
        return 0;
    }
    void *buffer = hv_zalloc(hvm_context_size(c->d));
    if (!buffer)
        return -ENOMEM;
    long rc = context_give(c, buffer);
    hv_free(buffer);
    return rc;
}

static long context_take(struct domain *d, const struct xen_domctl_hvmcontext *op, uint8_t *buffer)
{
    if (copy_array_from_guest(buffer, guest_handle_va(op->buffer), op->size))
        return -EFAULT;
    domain_pause(d);
    int rc = hvm_context_set(d, buffer, op->size);
    domain_unpause(d);
    return rc;
}

long domctl_sethvmcontext(struct domctl_call *c)
{
    const struct xen_domctl_hvmcontext *op = &c->op.u.hvmcontext;

    if (c->d->type != DOMAIN_HVM || c->d->life >= DOMAIN_DYING)
        return -EINVAL;
    if (!op->size || op->size > hvm_context_size(c->d) + STREAM_SLACK) {
        guest_log(current_vcpu(), LOG_WARNING, "sethvmcontext of d%u: %u bytes, wanted 1 to %u", c->d->id, op->size,
                  hvm_context_size(c->d) + STREAM_SLACK);
        return -EINVAL;
    }
    uint8_t *buffer = hv_zalloc(op->size);
    if (!buffer)
        return -ENOMEM;
    long rc = context_take(c->d, op, buffer);
    hv_free(buffer);
    return rc;
}

static long record_give(struct domctl_call *c, uint8_t *buffer)
{
    struct xen_domctl_hvmcontext_partial *op = &c->op.u.hvmcontext_partial;
    uint32_t length;

    domain_pause(c->d);
    int rc = hvm_context_get_one(c->d, (uint16_t)op->type, (uint16_t)op->instance, buffer, &length);
    domain_unpause(c->d);
    if (rc)
        return rc;
    if (!guest_handle_null(op->buffer)) {
        if (op->bufsz < length)
            return -ENOBUFS;
        if (copy_array_to_guest(guest_handle_va(op->buffer), buffer, length))
            return -EFAULT;
    }
    op->bufsz = length;
    c->copy_back = true;
    return 0;
}

long domctl_gethvmcontext_partial(struct domctl_call *c)
{
    const struct xen_domctl_hvmcontext_partial *op = &c->op.u.hvmcontext_partial;

    if (c->d->type != DOMAIN_HVM || op->type > HVM_SAVE_CODE_MAX || c->d->life >= DOMAIN_DYING)
        return -EINVAL;
    if (op->instance > 0xffff)
        return -ENOENT;
    uint8_t *buffer = hv_zalloc(hvm_context_size(c->d));
    if (!buffer)
        return -ENOMEM;
    long rc = record_give(c, buffer);
    hv_free(buffer);
    return rc;
}
