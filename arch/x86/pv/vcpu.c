/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a PV vCPU has beyond any other: virtual descriptor tables, page table roots, and a page of trap handlers. */
#include "hv/heap.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"

static void state_reset(struct pv_vcpu *pv)
{
    struct trap_info *trap = pv->trap;

    memset(trap, 0, PV_TRAPS_SIZE);
    *pv = (struct pv_vcpu){ .trap = trap, .guest_table = MFN_NONE, .guest_table_user = MFN_NONE };
}

int pv_vcpu_create(struct vcpu *v)
{
    v->arch.pv.trap = hv_zalloc(PV_TRAPS_SIZE);
    if (!v->arch.pv.trap)
        return -ENOMEM;
    state_reset(&v->arch.pv);
    return 0;
}

void pv_vcpu_destroy(struct vcpu *v)
{
    hv_free(v->arch.pv.trap);
    v->arch.pv.trap = NULL;
}

int pv_vcpu_reset(struct vcpu *v)
{
    int rc = pv_mm_release_vcpu(v);

    if (!rc)
        state_reset(&v->arch.pv);
    return rc;
}

void pv_nmi_send(struct vcpu *v)
{
    __atomic_store_n(&v->arch.pv.nmi_pending, true, __ATOMIC_SEQ_CST);
    vcpu_notify(v);
}
