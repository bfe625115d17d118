/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended state (x87, SSE, AVX, ...) of vCPUs. The hypervisor itself never uses these registers, so they hold the
 * state of whichever vCPU was loaded last. Saving and loading are eager; what and how is the xstate plan's decision.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "hv/types.h"

/**
 * Prepares this CPU; nothing is left to do on the boot CPU after xstate_boot_init().
 * -ENODEV: it lacks what the others have; don't use it.
 */
int fpu_init_cpu(void);

/** Allocates @v's area in the initial state. -ENOMEM. */
int fpu_vcpu_init(struct vcpu *v);
void fpu_vcpu_free(struct vcpu *v);
/** Puts the area into the state after reset, with XCR0 as after reset. @v does not run. */
void fpu_vcpu_reset(struct vcpu *v);
/** The same, but XCR0 stays: what the vCPU's kernel has enabled is not its registers' business. */
void fpu_registers_reset(struct vcpu *v);
/** Stores this CPU's extended state in @v, or loads it from there. Interrupts off. CR0.TS is clear afterwards. */
void fpu_save(struct vcpu *v);
void fpu_load(struct vcpu *v);
/** A guest's XSETBV on the current vCPU. -EINVAL: the guest gets #GP(0). */
int fpu_set_xcr0(struct vcpu *v, uint32_t index, uint64_t value);
/** The legacy 512 bytes in FXSAVE's format. Setting forces reserved MXCSR bits to zero. @v does not run. */
void fpu_set_legacy(struct vcpu *v, const void *fxsave_image);
void fpu_get_legacy(const struct vcpu *v, void *fxsave_image);
/**
 * Puts those of x87 and SSE that are not in @present, and so were never written, into their initial state; MXCSR stays.
 */
void fpu_legacy_complete(void *image, uint64_t present);

#endif
