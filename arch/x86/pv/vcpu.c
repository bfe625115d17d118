/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PV vCPU's birth and end. */
#include "cpu/fpu.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "pv/async.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"

#define DR6_RESET 0xffff0ff0ul
#define DR7_RESET 0x00000400ul

static void state_reset(struct vcpu *v)
{
    struct arch_vcpu *a = &v->arch;

    memset(&a->pv, 0, sizeof(a->pv));
    memset(&a->regs, 0, sizeof(a->regs));
    a->pv.guest_table = a->pv.guest_table_user = MFN_NONE;
    a->pv.debugreg[6] = DR6_RESET;
    a->pv.debugreg[7] = DR7_RESET;
    a->loaded_cpu = VCPU_LOADED_NOWHERE;
    a->tsc_aux = 0;
    a->spec_ctrl = a->msr_misc_features = 0;
}

int arch_vcpu_create(struct vcpu *v)
{
    state_reset(v);
    return v->domain->type == DOMAIN_PV ? fpu_vcpu_init(v) : 0;
}

/* Page tables and descriptor tables went with arch_domain_relinquish(). */
void arch_vcpu_destroy(struct vcpu *v)
{
    arch_sync_vcpu(v);
    fpu_vcpu_free(v);
}

int arch_vcpu_reset(struct vcpu *v)
{
    int rc = pv_mm_release_vcpu(v);

    if (rc)
        return rc;
    state_reset(v);
    fpu_vcpu_reset(v);
    return 0;
}

int arch_vcpu_initialise(struct vcpu *v, uint64_t arg)
{
    struct vcpu_guest_context *ctx = hv_zalloc(sizeof(*ctx));

    if (!ctx)
        return -ENOMEM;
    int rc = copy_from_guest_va(ctx, arg) ? -EFAULT : arch_vcpu_set_context(v, ctx);
    hv_free(ctx);
    return rc;
}

static void nmi_send(struct vcpu *v)
{
    __atomic_store_n(&v->arch.pv.nmi_pending, true, __ATOMIC_SEQ_CST);
    arch_vcpu_events_pending(v);
}

long arch_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg)
{
    switch (cmd) {
    case VCPUOP_send_nmi:
        nmi_send(v);
        return 0;
    case VCPUOP_get_physid:
        return -EINVAL; /* only where vCPUs are CPUs for good */
    default:
        return -ENOSYS;
    }
}
