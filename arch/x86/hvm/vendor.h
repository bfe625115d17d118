/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between the processors that run containers. There is one table for each, constant; the one of this
 * machine is chosen at start, or none. What a vCPU's registers are is in the vendor's control block while hvm/ sees
 * them as struct hvm_state.
 */
#ifndef HVM_VENDOR_H
#define HVM_VENDOR_H

#include "hv/compiler.h"
#include "hv/domain.h"
#include "x86/emulate/emulate.h"
#include "x86/guest_walk/guest_walk.h"

/* The first six are enum emulate_segment's. */
enum hvm_segment { HVM_LDTR = EMU_SEGMENTS, HVM_TR, HVM_SEGMENTS };

/** All registers of a vCPU but the general ones, RIP, RSP and RFLAGS (struct cpu_user_regs), and the extended state. */
struct hvm_state {
    uint64_t cr0, cr2, cr3, cr4, efer, dr6, dr7;
    struct emulate_seg seg[HVM_SEGMENTS];
    struct { uint64_t base; uint32_t limit; } gdt, idt;
    uint64_t star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip;
    bool shadow; /* interrupts are held back for one instruction */
};

struct hvm_vendor {
    const char *name;
    /** Ready this CPU for the first container; interrupts off. False: it refuses. */
    bool (*cpu_on)(void);
    int (*vcpu_create)(struct vcpu *v);
    void (*vcpu_destroy)(struct vcpu *v);

    /* @v is current, or does not run. */
    void (*state_get)(const struct vcpu *v, struct hvm_state *s);
    void (*state_put)(struct vcpu *v, const struct hvm_state *s);
    void (*paging_get)(const struct vcpu *v, struct guest_paging *p);
    /** CR0, CR4 or EFER of v->arch.hvm has changed. */
    void (*control_changed)(struct vcpu *v);
    void (*cr_write)(struct vcpu *v, unsigned int number, uint64_t value); /* 2, 3 */
    void (*dr7_write)(struct vcpu *v, uint64_t dr6, uint64_t dr7);
    uint8_t (*cpl)(const struct vcpu *v);
    bool (*in_64bit)(const struct vcpu *v); /* 64-bit code runs */
    /** The TSC offset, or whether RDTSC is intercepted, has changed. */
    void (*tsc_changed)(struct vcpu *v);
    bool (*msr_get)(const struct vcpu *v, uint32_t msr, uint64_t *value); /* those that the control block has */
    bool (*msr_put)(struct vcpu *v, uint32_t msr, uint64_t value);

    /* At entry; interrupts off. */
    bool (*interruptible)(const struct vcpu *v, const struct cpu_user_regs *regs);
    bool (*shadowed)(const struct vcpu *v);
    void (*shadow_set)(struct vcpu *v, bool on);
    void (*inject)(struct vcpu *v, const struct hvm_event *e);
    /** Come back when an interrupt of @vector can be taken; @by_apic: when the task priority allows it, too. */
    void (*window)(struct vcpu *v, uint8_t vector, bool by_apic);
    /** Come back when the guest writes CR8. */
    void (*tpr_watch)(struct vcpu *v);
    void (*nmi_watch)(struct vcpu *v, bool on); /* exit at the next IRET */
    void (*tpr_load)(struct vcpu *v, uint8_t cr8);
    uint8_t (*tpr_get)(const struct vcpu *v);
    /** Runs the guest until something happens; interrupts are on when it returns. */
    void (*run)(struct vcpu *v, struct cpu_user_regs *regs);
    /** Does what the guest stopped for. */
    void (*exit)(struct vcpu *v, struct cpu_user_regs *regs);
    /** Extended state that the guest can reach without being seen. */
    bool (*xcr0_unseen)(void);
    /** In a word or two, what the last exit was, and what came with it, for logs. */
    const char *(*exit_text)(const struct vcpu *v, uint64_t info[3]);
};

/** This machine's; NULL: it runs no containers. */
extern const struct hvm_vendor *hvm_vendor;
extern const struct hvm_vendor hvm_svm;
/** Each sets hvm_vendor if it finds what it needs, and says so. Boot. */
__init void hvm_svm_detect(void);

#endif
