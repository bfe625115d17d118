/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a vCPU in a container has of its own. Written by the CPU that runs it, or by anyone while it is paused, but for
 * what is said to be atomic, which anyone may change at any time.
 */
#ifndef ARCH_HVM_VCPU_H
#define ARCH_HVM_VCPU_H

#include "hv/types.h"
#include "x86/compat/compat.h"

struct hvm_lapic;
struct vmcb;

/** Something that is to be delivered at the next entry. */
struct hvm_event {
    bool valid, has_error;
    uint8_t kind;   /* enum hvm_event_kind */
    uint8_t vector;
    uint32_t error;
};
enum hvm_event_kind { HVM_EVENT_INTERRUPT, HVM_EVENT_NMI, HVM_EVENT_FAULT };

struct svm_vcpu {
    struct vmcb *vmcb;
    uint32_t cpu;           /* where it ran last: what that CPU cached of the control block is good there alone */
    uint32_t asid;
    uint64_t asid_round;    /* in which @cpu gave it @asid */
    uint32_t clean;         /* parts of the control block that have not changed since it ran (APM volume 2, 15.15.3) */
};

/* Memory types that the guest chose for ranges: they read back, and have no effect. */
#define HVM_MTRR_VARIABLE 8u
#define HVM_MTRR_FIXED    11u
struct hvm_mtrr {
    uint64_t def_type, fixed[HVM_MTRR_FIXED], variable[HVM_MTRR_VARIABLE][2];
};

/* hvm_vcpu.signals */
#define HVM_SIGNAL_INIT    0x100u
#define HVM_SIGNAL_STARTUP 0x200u /* with the vector in the low byte */
#define HVM_SIGNAL_NMI     0x400u

struct hvm_vcpu {
    uint64_t cr0, cr4, efer; /* as the guest reads them; the CPU's may differ */
    uint64_t tsc_offset;     /* what its TSC is ahead of the domain's clock, modulo 2^64 */
    uint64_t tsc_adjust;     /* the part of it that is the guest's own doing */
    struct hvm_event event;
    uint32_t signals;        /* HVM_SIGNAL_*; atomic */
    bool nmi_blocked;        /* until the guest's IRET */
    bool halted;             /* by HLT, until something can be delivered */
    bool flush;              /* what is cached of its address spaces goes before it runs on */
    uint64_t flushed;        /* the value of hvm_domain.flushes that it has obeyed */
    uint64_t iret_rip;       /* the IRET that ends nmi_blocked, once it was reached; ~0: not yet */
    uint8_t upcall_vector;   /* of events, 0: none (HVMOP_set_evtchn_upcall_vector) */
    struct hvm_lapic *lapic;
    struct hvm_mtrr mtrr;
    struct compat compat;    /* its hypercall under way, if 32-bit code made it */
    struct svm_vcpu svm;
};

#endif
