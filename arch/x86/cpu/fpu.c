/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU runs with its own XCR0. State of components that it once enabled and then disabled survives in the registers
 * on bare hardware, so saving and loading go over xcr0_accum, every component that was ever enabled. State whose
 * instructions do not ask XCR0 always belongs to it: x87 and SSE; and PKRU (CR4.PKE alone decides) of every container
 * that may set CR4.PKE, by hvm_fpu_widen(). PV guests run with our CR4, which never has PKE, so theirs needs no PKRU.
 *
 * Registers of components outside xcr0_accum hold what some other vCPU left there. They cannot be reached until the
 * vCPU enables the component, and at that moment they are put into their initial state.
 *
 * Invariant: while a vCPU is loaded, this CPU's XCR0 is the vCPU's own, outside of this file's functions.
 *
 * Areas are written by the processor, and by toolstacks through the checks of lib/x86/xstate. Should loading fault all
 * the same, the vCPU starts from the initial state: its own loss, nobody else's.
 */
#include "cpu/fpu.h"

#include "cpu/features.h"
#include "cpu/xstate_area.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "x86/cpuid/policy.h"

#define FCW_RESET   0x037fu
#define MXCSR_RESET 0x1f80u
#define FCW_OFFSET  0
#define MXCSR_OFFSET 24

/*
 * AMD: loading leaves the x87 pointers alone unless an exception is pending,
 * which would show another guest's addresses.
 */
static bool loading_leaks_pointers __ro_after_init;

void xstate_area_reset(void *area)
{
    const uint16_t fcw = FCW_RESET;
    const uint32_t mxcsr = MXCSR_RESET;

    memset(area, 0, xstate_active.area_size);
    memcpy((uint8_t *)area + FCW_OFFSET, &fcw, sizeof(fcw));
    memcpy((uint8_t *)area + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    if (xstate_area_is_compact())
        xstate_area_header(area)->xcomp_bv = XSTATE_COMPACTED | XSTATE_LEGACY; /* must lie within XCR0 when loaded */
}

/* CPUID 0x80000008 EBX bit 2: the pointers are loaded always (APM vol. 3, appendix E). */
static bool restores_pointers(void)
{
    struct cpuid_regs r;

    hw_cpuid(0x80000000, 0, &r);
    if (r.eax < 0x80000008)
        return false;
    hw_cpuid(0x80000008, 0, &r);
    return r.ebx & 4;
}

int fpu_init_cpu(void)
{
    if (this_cpu_id())
        return xstate_init_cpu();
    loading_leaks_pointers = cpu_is_amd && !restores_pointers();
    return 0;
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

void fpu_registers_reset(struct vcpu *v)
{
    xstate_area_reset(v->arch.xsave_area);
}

void fpu_vcpu_reset(struct vcpu *v)
{
    v->arch.xcr0 = XSTATE_X87;
    v->arch.xcr0_accum = XSTATE_LEGACY;
    fpu_registers_reset(v);
}

static void xcr0_load(uint64_t value)
{
    if (xgetbv(0) != value)
        xsetbv(0, value);
}

void fpu_save(struct vcpu *v)
{
    uint64_t accum = v->arch.xcr0_accum;

    clts();
    if (!xstate_active.xcr0) {
        fxsave(v->arch.xsave_area);
        return;
    }
    if (accum != v->arch.xcr0)
        xsetbv(0, accum);
    xstate_area_save(v->arch.xsave_area, accum);
    if (accum != v->arch.xcr0)
        xsetbv(0, v->arch.xcr0); /* it may go on here without being loaded again */
}

/* XCR0 covers all that @v ever enabled. */
static void load_or_reset(struct vcpu *v)
{
    if (xstate_area_load(v->arch.xsave_area, v->arch.xcr0_accum))
        return;
    guest_log(v, LOG_WARNING, "extended state could not be loaded: reset");
    xstate_area_reset(v->arch.xsave_area);
    xstate_area_load(v->arch.xsave_area, v->arch.xcr0_accum);
}

void fpu_load(struct vcpu *v)
{
    clts();
    if (loading_leaks_pointers)
        x87_clear_pointers();
    if (xstate_active.xcr0)
        xcr0_load(v->arch.xcr0_accum);
    load_or_reset(v);
    if (xstate_active.xcr0 && v->arch.xcr0 != v->arch.xcr0_accum)
        xsetbv(0, v->arch.xcr0);
}

/*
 * The initial state for components @fresh, which are enabled and not x87 or SSE. XRSTOR of YMM also loads MXCSR, so the
 * area has the guest's. Its header is all zero: every component that is asked for gets its initial state.
 */
static void components_reset(uint64_t fresh)
{
    uint8_t area[XSTATE_MIN_SIZE] __aligned_to(64) = { 0 };
    uint64_t cr0 = read_cr0();

    clts();
    stmxcsr(area + MXCSR_OFFSET);
    xrstor(area, fresh);
    if (cr0 & CR0_TS)
        write_cr0(cr0);
}

int fpu_set_xcr0(struct vcpu *v, uint32_t index, uint64_t value)
{
    uint64_t allowed = cpuid_policy_xcr0(v->domain->arch.policy) & xstate_active.xcr0;

    if (!allowed || xstate_check_xsetbv(index, value, allowed))
        return -EINVAL;
    irqflags_t flags = irq_save();
    uint64_t fresh = value & ~v->arch.xcr0_accum;

    xsetbv(0, value);
    v->arch.xcr0 = value;
    v->arch.xcr0_accum |= value;
    if (fresh)
        components_reset(fresh);
    irq_restore(flags);
    return 0;
}

/* A compacted image has its legacy region where every image has it. */
void fpu_set_legacy(struct vcpu *v, const void *fxsave_image)
{
    uint8_t *area = v->arch.xsave_area;
    uint32_t mxcsr;

    memcpy(area, fxsave_image, XSTATE_LEGACY_SIZE);
    memcpy(&mxcsr, area + MXCSR_OFFSET, sizeof(mxcsr));
    mxcsr &= mxcsr_mask;
    memcpy(area + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    if (xstate_active.xcr0)
        xstate_area_header(area)->xstate_bv |= XSTATE_LEGACY;
}

void fpu_legacy_complete(void *image, uint64_t present)
{
    const uint16_t fcw = FCW_RESET;
    uint8_t *out = image;

    if (!(present & XSTATE_X87)) {
        memset(out, 0, MXCSR_OFFSET);
        memset(out + 32, 0, 128);
        memcpy(out, &fcw, sizeof(fcw));
    }
    if (!(present & XSTATE_SSE))
        memset(out + 160, 0, 256);
}

/* The standard format always has MXCSR; the compacted one only together with SSE's registers. */
void fpu_get_legacy(const struct vcpu *v, void *fxsave_image)
{
    const uint8_t *area = v->arch.xsave_area;
    uint64_t present = xstate_active.xcr0 ? xstate_area_header(v->arch.xsave_area)->xstate_bv : XSTATE_LEGACY;
    const uint32_t mxcsr = MXCSR_RESET;

    memcpy(fxsave_image, area, XSTATE_LEGACY_SIZE);
    fpu_legacy_complete(fxsave_image, present);
    if (!(present & XSTATE_SSE) && xstate_area_is_compact())
        memcpy((uint8_t *)fxsave_image + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
}
