/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's local APICs: lib/x86/vlapic with a timer, and with the other vCPUs to send to. */
#ifndef HVM_LAPIC_H
#define HVM_LAPIC_H

#include "hv/domain.h"
#include "x86/vlapic/vlapic.h"

struct hvm_lapic {
    struct vlapic apic;
    struct timer timer;
    uint64_t when;      /* what it is set for */
    bool due;           /* it came to its end: to be looked at by the vCPU; atomic */
};

int hvm_lapic_create(struct vcpu *v);
void hvm_lapic_destroy(struct vcpu *v);
/** As an INIT leaves it; @v is current. */
void hvm_lapic_init_signal(struct vcpu *v);
/** Requests what the timer owes, and arms it for its next end. @v is current, or does not run. */
void hvm_lapic_tick(struct vcpu *v);
/** The registers were set, or the guest's TSC jumped: arms the timer as they say. */
void hvm_lapic_rearm(struct vcpu *v);

/** MSRs 0x1b, 0x6e0, 0x800 to 0x8ff. False: #GP. @v is current. */
bool hvm_lapic_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value);
bool hvm_lapic_msr_write(struct vcpu *v, uint32_t msr, uint64_t value);
/** True: @gpa is in the register page, which is there in xAPIC mode. */
bool hvm_lapic_is_at(const struct vcpu *v, uint64_t gpa);
uint64_t hvm_lapic_read(struct vcpu *v, unsigned int offset, unsigned int bytes);
void hvm_lapic_write(struct vcpu *v, unsigned int offset, unsigned int bytes, uint64_t value);

/** Requests @vector, edge-triggered, and gets @v to look. Any context that may wake a vCPU. */
void hvm_lapic_raise(struct vcpu *v, uint8_t vector);

/* ipi.c */
/** Carries out what the current vCPU @v wrote to its command register. */
void hvm_ipi(struct vcpu *v, const struct vlapic_command *command);
/** Does to the current vCPU what others have signalled. False: it does not run on. */
bool hvm_signals_take(struct vcpu *v);
void hvm_signal_nmi(struct vcpu *v);

#endif
