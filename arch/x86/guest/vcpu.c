/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's birth, reset and end: what every kind of guest has, and then its kind's own. */
#include "cpu/fpu.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hvm/hvm.h"
#include "pv/pv.h"
#include "x86/cpu/debugreg.h"

static void state_reset(struct arch_vcpu *a)
{
    memset(&a->regs, 0, sizeof(a->regs));
    memset(a->debugreg, 0, sizeof(a->debugreg));
    a->debugreg[6] = DR6_FIXED;
    a->debugreg[7] = DR7_FIXED;
    a->loaded_cpu = VCPU_LOADED_NOWHERE;
    a->tsc_aux = 0;
    a->spec_ctrl = a->msr_misc_features = 0;
}

int arch_vcpu_create(struct vcpu *v)
{
    int rc;

    state_reset(&v->arch);
    if (vcpu_is_idle(v))
        return 0; /* it never runs guest code */
    rc = fpu_vcpu_init(v);
    if (rc)
        return rc;
    rc = v->domain->type == DOMAIN_HVM ? hvm_vcpu_create(v) : pv_vcpu_create(v);
    if (rc)
        fpu_vcpu_free(v);
    return rc;
}

/* Page tables and descriptor tables went with arch_domain_relinquish(). */
void arch_vcpu_destroy(struct vcpu *v)
{
    arch_sync_vcpu(v);
    if (v->domain->type == DOMAIN_PV)
        pv_vcpu_destroy(v);
    else if (v->domain->type == DOMAIN_HVM)
        hvm_vcpu_destroy(v);
    fpu_vcpu_free(v);
}

int arch_vcpu_reset(struct vcpu *v)
{
    int rc = v->domain->type == DOMAIN_HVM ? hvm_vcpu_reset(v) : pv_vcpu_reset(v);

    if (rc)
        return rc;
    state_reset(&v->arch);
    fpu_vcpu_reset(v);
    return 0;
}

int arch_vcpu_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    return v->domain->type == DOMAIN_HVM ? -EINVAL : pv_vcpu_set_context(v, ctx);
}

int arch_vcpu_initialise(struct vcpu *v, uint64_t arg)
{
    if (v->domain->type == DOMAIN_HVM)
        return hvm_vcpu_initialise(v, arg);
    struct vcpu_guest_context *ctx = hv_zalloc(sizeof(*ctx));

    if (!ctx)
        return -ENOMEM;
    int rc = copy_from_guest_va(ctx, arg) ? -EFAULT : arch_vcpu_set_context(v, ctx);
    hv_free(ctx);
    return rc;
}

long arch_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg)
{
    if (v->domain->type == DOMAIN_HVM)
        return hvm_vcpu_op(cmd, v, arg);
    switch (cmd) {
    case VCPUOP_send_nmi:
        if (arg)
            return -EINVAL;
        pv_nmi_send(v);
        return 0;
    case VCPUOP_get_physid:
        return -EINVAL; /* only where vCPUs are CPUs for good */
    default:
        return -ENOSYS;
    }
}
