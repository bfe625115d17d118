/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU runs with its own XCR0. State of components that it once enabled and then disabled survives in the registers
 * on bare hardware, so saving and loading go over xcr0_accum, every component that was ever enabled; x87 and SSE always
 * belong to it, because their instructions work whatever XCR0 says.
 *
 * Areas are written by the processor, and by toolstacks through the checks of lib/x86/xstate. Should loading fault all
 * the same, the vCPU starts from the initial state: its own loss, nobody else's.
 */
#include "cpu/fpu.h"

#include "cpu/features.h"
#include "cpu/xstate_boot.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "hw/native/fpu.h"
#include "x86/cpuid/policy.h"

#define FCW_RESET    0x037fu
#define MXCSR_RESET  0x1f80u
#define FCW_OFFSET   0
#define MXCSR_OFFSET 24

static bool plan_is_compact(void)
{
    return xstate_active.insn == XSTATE_XSAVEC || xstate_active.insn == XSTATE_XSAVES;
}

static struct xstate_header *header_of(void *area)
{
    return (struct xstate_header *)((uint8_t *)area + XSTATE_LEGACY_SIZE);
}

static void area_reset(void *area)
{
    const uint16_t fcw = FCW_RESET;
    const uint32_t mxcsr = MXCSR_RESET;

    memset(area, 0, xstate_active.area_size);
    memcpy((uint8_t *)area + FCW_OFFSET, &fcw, sizeof(fcw));
    memcpy((uint8_t *)area + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    if (plan_is_compact())
        header_of(area)->xcomp_bv = XSTATE_COMPACTED | XSTATE_LEGACY; /* must lie within XCR0 when loaded */
}

int fpu_init_cpu(void)
{
    return this_cpu_id() ? xstate_init_cpu() : 0;
}

int fpu_vcpu_init(struct vcpu *v)
{
    v->arch.xsave_area = hv_zalloc(xstate_active.area_size);
    if (!v->arch.xsave_area)
        return -ENOMEM;
    fpu_vcpu_reset(v);
    return 0;
}

void fpu_vcpu_free(struct vcpu *v)
{
    hv_free(v->arch.xsave_area);
    v->arch.xsave_area = NULL;
}

void fpu_vcpu_reset(struct vcpu *v)
{
    v->arch.xcr0 = XSTATE_X87;
    v->arch.xcr0_accum = XSTATE_LEGACY;
    area_reset(v->arch.xsave_area);
}

static void xcr0_load(uint64_t value)
{
    if (xgetbv(0) != value)
        xsetbv(0, value);
}

static void area_save(void *area, uint64_t mask)
{
    switch (xstate_active.insn) {
    case XSTATE_FXSAVE: fxsave(area); break;
    case XSTATE_XSAVE: xsave(area, mask); break;
    case XSTATE_XSAVEOPT: xsaveopt(area, mask); break;
    case XSTATE_XSAVEC: xsavec(area, mask); break;
    case XSTATE_XSAVES: xsaves(area, mask); break;
    }
}

static bool area_load(const void *area, uint64_t mask)
{
    if (xstate_active.insn == XSTATE_FXSAVE)
        return fxrstor_safe(area);
    return xstate_active.insn == XSTATE_XSAVES ? xrstors_safe(area, mask) : xrstor_safe(area, mask);
}

void fpu_save(struct vcpu *v)
{
    clts();
    if (xstate_active.xcr0)
        xcr0_load(v->arch.xcr0_accum);
    area_save(v->arch.xsave_area, v->arch.xcr0_accum);
}

void fpu_load(struct vcpu *v)
{
    clts();
    if (cpu_is_amd)
        x87_clear_pointers(); /* loading leaves them alone unless an exception is pending: another guest's addresses */
    if (xstate_active.xcr0)
        xcr0_load(v->arch.xcr0_accum);
    if (!area_load(v->arch.xsave_area, v->arch.xcr0_accum)) {
        guest_log(v, LOG_WARNING, "extended state could not be loaded: reset");
        area_reset(v->arch.xsave_area);
        area_load(v->arch.xsave_area, v->arch.xcr0_accum);
    }
    if (xstate_active.xcr0)
        xcr0_load(v->arch.xcr0);
}

int fpu_set_xcr0(struct vcpu *v, uint32_t index, uint64_t value)
{
    uint64_t allowed = cpuid_policy_xcr0(v->domain->arch.policy) & xstate_active.xcr0;

    if (!allowed || xstate_check_xsetbv(index, value, allowed))
        return -EINVAL;
    irqflags_t flags = irq_save();
    xcr0_load(value);
    v->arch.xcr0 = value;
    v->arch.xcr0_accum |= value;
    irq_restore(flags);
    return 0;
}

/* A compacted image has its legacy region where every image has it. */
void fpu_set_legacy(struct vcpu *v, const void *fxsave_image)
{
    uint8_t *area = v->arch.xsave_area;
    uint32_t mxcsr;

    area_reset(area);
    memcpy(area, fxsave_image, XSTATE_LEGACY_SIZE);
    memcpy(&mxcsr, area + MXCSR_OFFSET, sizeof(mxcsr));
    mxcsr &= mxcsr_mask;
    memcpy(area + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    if (xstate_active.xcr0)
        header_of(area)->xstate_bv = XSTATE_LEGACY;
}

/* Components in their initial state may not have been written: then the legacy region holds what was there before. */
void fpu_get_legacy(const struct vcpu *v, void *fxsave_image)
{
    const uint8_t *area = v->arch.xsave_area;
    uint64_t present = xstate_active.xcr0 ? header_of(v->arch.xsave_area)->xstate_bv : XSTATE_LEGACY;
    const uint16_t fcw = FCW_RESET;
    const uint32_t mxcsr = MXCSR_RESET;
    uint8_t *out = fxsave_image;

    memcpy(out, area, XSTATE_LEGACY_SIZE);
    if (!(present & XSTATE_X87)) {
        memset(out, 0, MXCSR_OFFSET);
        memset(out + 32, 0, 128);
        memcpy(out, &fcw, sizeof(fcw));
    }
    if (!(present & XSTATE_SSE)) {
        memset(out + 160, 0, 256);
        memcpy(out + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    }
}
