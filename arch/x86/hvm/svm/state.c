/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers between the control block and struct hvm_state. */
#include "hv/percpu.h"
#include "hvm/svm/svm.h"
#include "hw/native/cpu.h"
#include "x86/cpu/segment.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/index.h"


static struct emulate_seg segment_get(const struct vmcb_segment *s)
{
    return (struct emulate_seg){ .base = s->base, .limit = s->limit, .selector = s->selector, .attr = s->attr };
}

static struct vmcb_segment segment_make(const struct emulate_seg *s)
{
    return (struct vmcb_segment){ .base = s->base, .limit = s->limit, .selector = s->selector,
                                  .attr = s->attr & 0xfff };
}

/* Where each segment is in a control block. */
static const uint16_t segment_at[HVM_SEGMENTS] = {
    [EMU_ES] = offsetof(struct vmcb, es), [EMU_CS] = offsetof(struct vmcb, cs), [EMU_SS] = offsetof(struct vmcb, ss),
    [EMU_DS] = offsetof(struct vmcb, ds), [EMU_FS] = offsetof(struct vmcb, fs), [EMU_GS] = offsetof(struct vmcb, gs),
    [HVM_LDTR] = offsetof(struct vmcb, ldtr), [HVM_TR] = offsetof(struct vmcb, tr),
};

static struct vmcb_segment *segment(const struct vmcb *b, unsigned int i)
{
    return (struct vmcb_segment *)((char *)b + segment_at[i]);
}

void svm_state_get(const struct vcpu *v, struct hvm_state *s)
{
    const struct hvm_vcpu *h = &v->arch.hvm;
    const struct vmcb *b = h->svm.vmcb;

    *s = (struct hvm_state){
        .cr0 = h->cr0, .cr2 = b->cr2, .cr3 = b->cr3, .cr4 = h->cr4, .efer = h->efer, .dr6 = b->dr6, .dr7 = b->dr7,
        .gdt = { b->gdtr.base, b->gdtr.limit }, .idt = { b->idtr.base, b->idtr.limit }, .star = b->star,
        .lstar = b->lstar, .cstar = b->cstar, .sfmask = b->sfmask, .kernel_gs_base = b->kernel_gs_base,
        .sysenter_cs = b->sysenter_cs, .sysenter_esp = b->sysenter_esp, .sysenter_eip = b->sysenter_eip,
        .shadow = svm_shadowed(v),
    };
    for (unsigned int i = 0; i < HVM_SEGMENTS; i++)
        s->seg[i] = segment_get(segment(b, i));
}

void svm_state_put(struct vcpu *v, const struct hvm_state *s)
{
    struct hvm_vcpu *h = &v->arch.hvm;
    struct vmcb *b = h->svm.vmcb;

    h->cr0 = s->cr0;
    h->cr4 = s->cr4;
    h->efer = s->efer;
    b->cr2 = s->cr2;
    b->cr3 = s->cr3;
    b->dr6 = s->dr6;
    b->dr7 = s->dr7;
    for (unsigned int i = 0; i < HVM_SEGMENTS; i++)
        *segment(b, i) = segment_make(&s->seg[i]);
    b->cpl = SEG_DPL(s->seg[EMU_SS].attr);
    b->gdtr = (struct vmcb_segment){ .base = s->gdt.base, .limit = s->gdt.limit };
    b->idtr = (struct vmcb_segment){ .base = s->idt.base, .limit = s->idt.limit };
    b->star = s->star;
    b->lstar = s->lstar;
    b->cstar = s->cstar;
    b->sfmask = s->sfmask;
    b->kernel_gs_base = s->kernel_gs_base;
    b->sysenter_cs = s->sysenter_cs;
    b->sysenter_esp = s->sysenter_esp;
    b->sysenter_eip = s->sysenter_eip;
    svm_shadow_set(v, s->shadow);
    svm_control_changed(v);
    svm_dirty(v, SVM_CLEAN_ALL);
}

/* In this CPU's register while the vCPU is current, to be read only with CR4.PKE. Others' walks need none. */
static uint32_t keys(const struct vcpu *v)
{
    uint32_t value;

    if (!(v->arch.hvm.cr4 & CR4_PKE) || v != current_vcpu())
        return 0;
    irqflags_t flags = irq_save();
    uint64_t cr4 = read_cr4();
    write_cr4(cr4 | CR4_PKE);
    value = rdpkru();
    write_cr4(cr4);
    irq_restore(flags);
    return value;
}

void svm_paging_get(const struct vcpu *v, struct guest_paging *p)
{
    const struct hvm_vcpu *h = &v->arch.hvm;
    const struct cpuid_policy *policy = v->domain->arch.policy;

    *p = (struct guest_paging){
        .cr0 = h->cr0, .cr3 = h->svm.vmcb->cr3, .cr4 = h->cr4, .efer = h->efer,
        .phys_bits = (uint8_t)MIN(MAX(policy->extd[8].a & 0xff, 32u), 52u),
        .pages_1g = cpuid_policy_has(policy, CPUFEAT_PAGE1GB), .user = h->svm.vmcb->cpl == 3, .pkru = keys(v),
    };
}

void svm_cr_write(struct vcpu *v, unsigned int number, uint64_t value)
{
    struct vmcb *b = svm_vmcb(v);

    if (number == 2) {
        b->cr2 = value;
        svm_dirty(v, SVM_CLEAN_CR2);
    } else {
        b->cr3 = value;
        v->arch.hvm.flush = true;
        svm_dirty(v, SVM_CLEAN_CR);
    }
}

void svm_dr7_write(struct vcpu *v, uint64_t dr6, uint64_t dr7)
{
    struct vmcb *b = svm_vmcb(v);

    b->dr6 = dr6;
    b->dr7 = dr7;
    svm_dirty(v, SVM_CLEAN_DR);
}

/* The registers that the control block has. */
static uint64_t *msr_place(const struct vcpu *v, uint32_t msr)
{
    struct vmcb *b = svm_vmcb(v);

    switch (msr) {
    case MSR_SYSENTER_CS: return &b->sysenter_cs;
    case MSR_SYSENTER_ESP: return &b->sysenter_esp;
    case MSR_SYSENTER_EIP: return &b->sysenter_eip;
    case MSR_STAR: return &b->star;
    case MSR_LSTAR: return &b->lstar;
    case MSR_CSTAR: return &b->cstar;
    case MSR_SYSCALL_MASK: return &b->sfmask;
    case MSR_FS_BASE: return &b->fs.base;
    case MSR_GS_BASE: return &b->gs.base;
    case MSR_KERNEL_GS_BASE: return &b->kernel_gs_base;
    default: return NULL;
    }
}

bool svm_msr_get(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
    const uint64_t *at = msr_place(v, msr);

    if (msr == MSR_PAT)
        *value = svm_vmcb(v)->g_pat; /* its only place, whether or not the processor makes use of it */
    else if (at)
        *value = *at;
    return at || msr == MSR_PAT;
}

bool svm_msr_put(struct vcpu *v, uint32_t msr, uint64_t value)
{
    uint64_t *at = msr_place(v, msr);

    if (msr == MSR_PAT) {
        svm_vmcb(v)->g_pat = value;
        svm_dirty(v, SVM_CLEAN_NESTED);
    } else if (at) {
        *at = value;
    }
    return at || msr == MSR_PAT;
}
