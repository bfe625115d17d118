/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's control block: what is always intercepted, and what while its registers are not what the guest may read. */
#include "hv/heap.h"
#include "hvm/p2m.h"
#include "hvm/svm/svm.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"

#include <arch/page.h>

#define ALWAYS  (VMCB_INTR | VMCB_NMI | VMCB_SMI | VMCB_INIT | VMCB_RDPMC | VMCB_CPUID | VMCB_INVD | VMCB_HLT | \
                 VMCB_INVLPGA | VMCB_IOIO | VMCB_MSR | VMCB_TASK | VMCB_SHUTDOWN)
#define ALWAYS2 (VMCB2_VMRUN | VMCB2_VMMCALL | VMCB2_VMLOAD | VMCB2_VMSAVE | VMCB2_STGI | VMCB2_CLGI | VMCB2_SKINIT | \
                 VMCB2_ICEBP | VMCB2_WBINVD | VMCB2_MONITOR | VMCB2_MWAIT | VMCB2_XSETBV | VMCB2_RDPRU)
#define CR(n) ((uint16_t)(1u << (n)))
/* #DB and #AC: a guest can make each raise the next for ever, so that nothing else comes in between. */
#define EXCEPTIONS (1u << TRAP_DB | 1u << TRAP_AC | 1u << TRAP_MC)

int svm_vcpu_create(struct vcpu *v)
{
    struct vmcb *b = hv_alloc_pages(0);

    if (!b)
        return -ENOMEM;
    b->cr_write = CR(0) | CR(4);
    b->dr_read = b->dr_write = 0xffff;
    b->exceptions = EXCEPTIONS;
    b->intercepts = ALWAYS;
    b->intercepts2 = ALWAYS2;
    b->iopm = svm_iopm;
    b->msrpm = svm_msrpm;
    b->v_interrupt = VMCB_V_MASKING;
    b->nested = VMCB_NESTED_PAGING;
    b->nested_cr3 = hvm_p2m_root(v->domain);
    v->arch.hvm.svm = (struct svm_vcpu){ .vmcb = b, .cpu = VCPU_LOADED_NOWHERE };
    return 0;
}

void svm_vcpu_destroy(struct vcpu *v)
{
    if (svm_vmcb(v))
        hv_free_pages(svm_vmcb(v), 0);
    v->arch.hvm.svm.vmcb = NULL;
}

/*
 * The CPU's CR0 never has CD or NW: a guest has no devices, so nobody but it could see its caches. CR4.MCE is always
 * set: a machine check is ours. While the guest is to read something else, reads exit. One emulator knows no intercept
 * of reads but CR0's, which is then that of all.
 */
void svm_control_changed(struct vcpu *v)
{
    struct hvm_vcpu *h = &v->arch.hvm;
    struct vmcb *b = h->svm.vmcb;

    b->cr0 = h->cr0 & ~(CR0_CD | CR0_NW);
    b->cr4 = h->cr4 | CR4_MCE;
    b->efer = h->efer | EFER_SVME;
    b->cr_read = b->cr0 != h->cr0 || b->cr4 != h->cr4 ? CR(0) | CR(4) : 0;
    h->flush = true;
    svm_dirty(v, SVM_CLEAN_CR | SVM_CLEAN_INTERCEPTS);
}

void svm_tsc_changed(struct vcpu *v)
{
    struct vmcb *b = svm_vmcb(v);
    bool emulated = v->domain->arch.vtsc.emulated;

    b->tsc_offset = emulated ? 0 : v->arch.hvm.tsc_offset;
    b->intercepts = emulated ? b->intercepts | VMCB_RDTSC : b->intercepts & ~(uint32_t)VMCB_RDTSC;
    b->intercepts2 = emulated ? b->intercepts2 | VMCB2_RDTSCP : b->intercepts2 & ~(uint32_t)VMCB2_RDTSCP;
    svm_dirty(v, SVM_CLEAN_INTERCEPTS);
}
