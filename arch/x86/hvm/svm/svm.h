/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside hvm/svm: what this machine's SVM is, and the control block of a vCPU. */
#ifndef SVM_SVM_H
#define SVM_SVM_H

#include "hv/compiler.h"
#include "hvm/vendor.h"
#include "x86/svm/exit.h"
#include "x86/svm/vmcb.h"

/** Constant after the first cpu_on(). */
extern struct svm_features {
    uint32_t asids;          /* 1 to @asids - 1 are guests' */
    bool next_rip;           /* exits say where the next instruction is */
    bool flush_by_asid;
    bool clean_bits;
    bool pat_isolated;       /* a guest has a PAT of its own */
    bool loses_interrupts;   /* of the host, now and then, while it enters a guest */
    bool xsetbv_seen;        /* XSETBV can be intercepted; else guests change the CPU's XCR0 */
    bool repeats_interrupts; /* an interrupt that was injected can come a second time before the next exit */
} svm_features;

/** Finds out by a short guest what CPUID does not tell. This CPU has SVM switched on; interrupts are off. */
void svm_probe(struct svm_features *f);

/** Machine addresses of the maps of I/O ports and MSRs that every container has. */
extern paddr_t svm_iopm, svm_msrpm;
/** The host's own state of this CPU, for VMLOAD. */
paddr_t svm_host_vmcb(void);
bool svm_host_cpu_on(void);

/* Parts of the control block that can be clean (APM volume 2, 15.15.3). */
#define SVM_CLEAN_INTERCEPTS BIT(0)
#define SVM_CLEAN_MAPS       BIT(1)
#define SVM_CLEAN_ASID       BIT(2)
#define SVM_CLEAN_TPR        BIT(3)
#define SVM_CLEAN_NESTED     BIT(4)
#define SVM_CLEAN_CR         BIT(5)
#define SVM_CLEAN_DR         BIT(6)
#define SVM_CLEAN_TABLES     BIT(7)
#define SVM_CLEAN_SEGMENTS   BIT(8)
#define SVM_CLEAN_CR2        BIT(9)
#define SVM_CLEAN_BRANCH     BIT(10)
#define SVM_CLEAN_ALL        0x7ffu

static inline struct vmcb *svm_vmcb(const struct vcpu *v) { return v->arch.hvm.svm.vmcb; }

/** @part of @v's control block is about to change. */
static inline void svm_dirty(struct vcpu *v, uint64_t part) { v->arch.hvm.svm.clean &= ~(uint32_t)part; }

/* vmcb.c */
int svm_vcpu_create(struct vcpu *v);
void svm_vcpu_destroy(struct vcpu *v);
/** Intercepts that follow the vCPU's state: of control registers, RDTSC, PAT. */
void svm_control_changed(struct vcpu *v);
void svm_tsc_changed(struct vcpu *v);

/* state.c */
void svm_state_get(const struct vcpu *v, struct hvm_state *s);
void svm_state_put(struct vcpu *v, const struct hvm_state *s);
void svm_paging_get(const struct vcpu *v, struct guest_paging *p);
void svm_cr_write(struct vcpu *v, unsigned int number, uint64_t value);
void svm_dr7_write(struct vcpu *v, uint64_t dr6, uint64_t dr7);
bool svm_msr_get(const struct vcpu *v, uint32_t msr, uint64_t *value);
bool svm_msr_put(struct vcpu *v, uint32_t msr, uint64_t value);

/* inject.c */
bool svm_interruptible(const struct vcpu *v, const struct cpu_user_regs *regs);
bool svm_shadowed(const struct vcpu *v);
void svm_shadow_set(struct vcpu *v, bool on);
void svm_inject(struct vcpu *v, const struct hvm_event *e);
void svm_window(struct vcpu *v, uint8_t vector, bool by_apic);
void svm_tpr_watch(struct vcpu *v);
void svm_nmi_watch(struct vcpu *v, bool on);
void svm_tpr_load(struct vcpu *v, uint8_t cr8);
uint8_t svm_tpr_get(const struct vcpu *v);
/** An event was on its way when the guest stopped: it is to be delivered again. */
void svm_event_again(struct vcpu *v);

/* run.c */
void svm_run(struct vcpu *v, struct cpu_user_regs *regs);

/* exit.c */
void svm_exit(struct vcpu *v, struct cpu_user_regs *regs);
const char *svm_last_exit(const struct vcpu *v, uint64_t info[3]);

/* enter.S */
void svm_enter(struct cpu_user_regs *regs, paddr_t vmcb, paddr_t host);
extern const char svm_left[]; /* where the host goes on after an exit */
extern const char svm_probe_guest[], svm_probe_xsetbv[], svm_probe_end[];

#endif
