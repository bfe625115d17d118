/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's registers, for building, saving and looking at a guest. The vCPU does not run meanwhile. */
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "hvm/hvm.h"
#include "mm/va.h"
#include "pv/pv.h"

#include <toolstack_handlers.h>

static int context_reset(struct vcpu *v)
{
    int rc = arch_vcpu_reset(v);

    if (rc)
        return rc;
    vcpu_down(v);
    vcpu_set_initialised(v, false);
    return 0;
}

static int context_set(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    int rc = arch_vcpu_set_context(v, ctx);

    if (rc)
        return rc;
    vcpu_set_initialised(v, true);
    if (ctx->flags & VGCF_online)
        vcpu_up(v);
    else
        vcpu_down(v);
    return 0;
}

long domctl_setvcpucontext(struct domctl_call *c)
{
    const struct xen_domctl_vcpucontext *op = &c->op.u.vcpucontext;
    struct vcpu_guest_context *ctx = NULL;
    struct vcpu *v;

    if (domctl_vcpu(c, op->vcpu, &v) || c->d->type != DOMAIN_PV || c->d->life >= DOMAIN_DYING)
        return -EINVAL;
    if (!guest_handle_null(op->ctxt)) {
        ctx = hv_zalloc(sizeof(*ctx));
        if (!ctx)
            return -ENOMEM;
        if (copy_from_handle(ctx, op->ctxt, 0)) {
            hv_free(ctx);
            return -EFAULT;
        }
    }
    domain_pause(c->d);
    int rc = ctx ? context_set(v, ctx) : context_reset(v);
    domain_unpause(c->d);
    hv_free(ctx);
    return rc;
}

long domctl_getvcpucontext(struct domctl_call *c)
{
    const struct xen_domctl_vcpucontext *op = &c->op.u.vcpucontext;
    struct vcpu *v;
    int rc = domctl_other_vcpu(c, op->vcpu, &v);

    if (rc)
        return rc;
    if (!v->is_initialised)
        return -ENODATA;
    struct vcpu_guest_context *ctx = hv_zalloc(sizeof(*ctx));
    if (!ctx)
        return -ENOMEM;
    vcpu_pause(v);
    arch_sync_vcpu(v);
    if (c->d->type == DOMAIN_HVM)
        hvm_vcpu_get_context(v, ctx);
    else
        pv_vcpu_get_context(v, ctx);
    vcpu_unpause(v);
    rc = copy_to_handle(op->ctxt, 0, ctx);
    hv_free(ctx);
    return rc;
}

/* Of MCG_CAP: the number of banks, MCG_CTL_P, and Intel's TES_P, SER_P and LMCE_P (SDM vol. 3, 16.3.1.1). */
#define MCG_CAP_KNOWN (0x1ffull | 1ull << 11 | 1ull << 24 | 1ull << 27)
#define MCG_CAP_END   (offsetof(struct xen_domctl_ext_vcpucontext, mcg_cap) + sizeof(uint64_t))

/*
 * Entry points of 32-bit code in a 64-bit guest. They are entered with the flat kernel code segment,
 * whatever is asked for. Older tools have a structure that ends before what concerns machine checks.
 */
static int entry_check(const struct vcpu *v, const char *name, uint64_t address)
{
    if (va_is_canonical(address))
        return 0;
    guest_log(v, LOG_WARNING, "extended context refused: %s callback %#lx, wanted a canonical address", name,
              (unsigned long)address);
    return -EINVAL;
}

static int ext_check(const struct vcpu *v, const struct xen_domctl_ext_vcpucontext *op)
{
    const uint32_t least = offsetof(struct xen_domctl_ext_vcpucontext, mcg_cap);
    int rc;

    if (op->size < least) {
        guest_log(v, LOG_WARNING, "extended context refused: size %u, wanted at least %u", op->size, least);
        return -EINVAL;
    }
    if (op->size >= MCG_CAP_END && op->mcg_cap & ~MCG_CAP_KNOWN) {
        guest_log(v, LOG_WARNING, "extended context refused: MCG_CAP %#lx, wanted bits of %#lx",
                  (unsigned long)op->mcg_cap, (unsigned long)MCG_CAP_KNOWN);
        return -EINVAL;
    }
    rc = entry_check(v, "32-bit SYSCALL", op->syscall32_callback_eip);
    return rc ? rc : entry_check(v, "SYSENTER", op->sysenter_callback_eip);
}

long domctl_set_ext_vcpucontext(struct domctl_call *c)
{
    const struct xen_domctl_ext_vcpucontext *op = &c->op.u.ext_vcpucontext;
    struct vcpu *v;
    int rc;

    if (domctl_vcpu(c, op->vcpu, &v) || v == current_vcpu())
        return -ESRCH;
    if (c->d->type != DOMAIN_PV)
        return -EINVAL;
    rc = ext_check(v, op);
    if (rc)
        return rc;
    vcpu_pause(v);
    v->arch.pv.syscall32 = (struct pv_callback){ op->syscall32_callback_eip, op->syscall32_disables_events };
    v->arch.pv.sysenter = (struct pv_callback){ op->sysenter_callback_eip, op->sysenter_disables_events };
    vcpu_unpause(v);
    return 0;
}

long domctl_get_ext_vcpucontext(struct domctl_call *c)
{
    struct xen_domctl_ext_vcpucontext *op = &c->op.u.ext_vcpucontext;
    uint32_t id = op->vcpu;
    struct vcpu *v;

    if (domctl_vcpu(c, id, &v) || v == current_vcpu())
        return -ESRCH;
    if (c->d->type != DOMAIN_PV)
        return -EINVAL;
    memset(op, 0, sizeof(*op));
    op->vcpu = id;
    op->size = sizeof(*op);
    op->syscall32_callback_eip = v->arch.pv.syscall32.address;
    op->sysenter_callback_eip = v->arch.pv.sysenter.address;
    op->syscall32_callback_cs = op->sysenter_callback_cs = FLAT_KERNEL_CS;
    op->syscall32_disables_events = v->arch.pv.syscall32.mask_events;
    op->sysenter_disables_events = v->arch.pv.sysenter.mask_events;
    c->copy_back = true;
    return 0;
}
