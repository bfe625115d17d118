/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data segments. Selectors and bases live in the CPU while a vCPU runs, because the guest changes them without asking.
 * Loading a selector also loads its base, so bases come second. A selector that was good may have become bad while the
 * vCPU did not run (its descriptor changed): the register gets the null selector, and the guest's failsafe callback
 * hears of it.
 *
 * In the CPU, GS base is that of the mode that runs and MSR_KERNEL_GS_BASE that of the other, as on bare hardware.
 */
#include "hv/hypercall.h"
#include "hw/native/cpu.h"
#include "hw/native/segment.h"
#include "mm/va.h"
#include "pv/pv.h"
#include "x86/msr/index.h"

#include <hypercall_handlers.h>

void pv_segments_save(struct vcpu *v)
{
    struct cpu_user_regs *regs = &v->arch.regs;
    struct pv_vcpu *pv = &v->arch.pv;
    uint64_t active = rdmsr(MSR_GS_BASE), other = rdmsr(MSR_KERNEL_GS_BASE);

    regs->ds = read_ds();
    regs->es = read_es();
    regs->fs = read_fs();
    regs->gs = read_gs();
    pv->fs_base = rdmsr(MSR_FS_BASE);
    pv->gs_base_kernel = pv->kernel_mode ? active : other;
    pv->gs_base_user = pv->kernel_mode ? other : active;
}

/*
 * An emulated processor may have let the guest set a base that WRMSR refuses: then the base is 0, and nobody is harmed.
 */
static void base_load(uint32_t msr, uint64_t base)
{
    wrmsr(msr, va_is_canonical(base) ? base : 0);
}

/* Skips what is null already: the usual case in 64-bit code. */
#define SELECTOR_LOAD(name, sel) (((sel) & ~3u) == 0 && read_##name() == (sel) ? true : load_##name##_safe(sel))

void pv_segments_load(struct vcpu *v)
{
    const struct cpu_user_regs *regs = &v->arch.regs;
    struct pv_vcpu *pv = &v->arch.pv;
    bool good = SELECTOR_LOAD(ds, regs->ds);

    good &= SELECTOR_LOAD(es, regs->es);
    good &= SELECTOR_LOAD(fs, regs->fs);
    good &= SELECTOR_LOAD(gs, regs->gs);
    base_load(MSR_FS_BASE, pv->fs_base);
    base_load(MSR_GS_BASE, pv->kernel_mode ? pv->gs_base_kernel : pv->gs_base_user);
    base_load(MSR_KERNEL_GS_BASE, pv->kernel_mode ? pv->gs_base_user : pv->gs_base_kernel);
    if (!good)
        pv->segments_bad = true;
}

/*
 * The selector of user mode's GS, loaded while the kernel's base is safe behind SWAPGS. A bad one becomes null;
 * both succeed.
 */
static void user_gs_selector(uint16_t sel)
{
    irqflags_t flags = irq_save();

    swapgs();
    load_gs_safe(sel);
    swapgs();
    irq_restore(flags);
}

long hypercall_set_segment_base(struct hypercall *call)
{
    uint64_t base = call->arg[1];
    uint32_t which = (uint32_t)call->arg[0];

    if (which == SEGBASE_GS_USER_SEL) {
        user_gs_selector((uint16_t)base);
        return 0;
    }
    if (!va_is_canonical(base))
        return -EINVAL;
    switch (which) {
    case SEGBASE_FS:
        wrmsr(MSR_FS_BASE, base);
        return 0;
    case SEGBASE_GS_USER:
        wrmsr(MSR_KERNEL_GS_BASE, base);
        return 0;
    case SEGBASE_GS_KERNEL:
        wrmsr(MSR_GS_BASE, base);
        return 0;
    default:
        return -EINVAL;
    }
}
