/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of a guest's kernel. What exists and what it means is decided in lib/x86/msr; here the vCPU's state
 * is brought there, and the effect of a write carried out.
 */
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "pv/emulate.h"
#include "pv/hypercall_page.h"
#include "pv/msr_state.h"
#include "time/tsc.h"
#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"
#include "x86/msr/pv.h"

static int host_read(void *opaque, uint32_t msr, uint64_t *value)
{
    return rdmsr_safe(msr, value) ? 0 : -EPERM;
}

static uint32_t microcode_level(void)
{
    uint64_t value;
    return rdmsr_safe(MSR_UCODE_REVISION, &value) ? (uint32_t)(value >> 32 ?: value) : 0;
}

/*
 * What deciding about @msr takes: the machine is asked only for what that register shows. The bases are live in the
 * CPU; the caller is in kernel mode.
 */
static struct msr_pv_context context(const struct vcpu *v, uint32_t msr)
{
    struct msr_pv_context c = {
        .policy = v->domain->arch.policy, .hardware_domain = v->domain->is_hardware,
        .relaxed = v->domain->arch.msr_relaxed, .vcpu_id = v->id, .misc_features = v->arch.msr_misc_features,
        .spec_ctrl = v->arch.spec_ctrl, .tsc_aux = v->arch.tsc_aux, .xss = v->arch.xss, .pat = PAT_PV_ABI,
        .host_read = host_read,
    };

    switch (msr) {
    case MSR_FS_BASE: c.fs_base = rdmsr(MSR_FS_BASE); break;
    case MSR_GS_BASE: c.gs_base = rdmsr(MSR_GS_BASE); break;
    case MSR_KERNEL_GS_BASE: c.gs_base_user = rdmsr(MSR_KERNEL_GS_BASE); break;
    case MSR_EFER: c.efer = rdmsr(MSR_EFER); break;
    case MSR_TSC: c.guest_tsc = tsc_of_guest(v, now_ns()); break;
    case MSR_UCODE_REVISION: c.microcode = microcode_level(); break;
    default: break;
    }
    return c;
}

/*
 * Kernels read MSRs before they have any handler for the fault. The ABI's answer (xen/arch-x86/xen.h, set_trap_table)
 * is to read 0 then, if the machine has the MSR.
 */
static bool early_read_is_zero(const struct vcpu *v, uint32_t msr)
{
    uint64_t value;
    return !v->arch.pv.trap[TRAP_GP].address && rdmsr_safe(msr, &value);
}

enum emul_result emul_rdmsr(struct cpu_user_regs *regs)
{
    const struct vcpu *v = current_vcpu();
    const struct msr_pv_context ctx = context(v, regs->ecx);
    uint64_t value = 0;

    if (msr_pv_read(&ctx, regs->ecx, &value) && !early_read_is_zero(v, regs->ecx))
        return EMUL_FAULT;
    regs->rax = (uint32_t)value;
    regs->rdx = value >> 32;
    return EMUL_DONE;
}

/* What a kernel without a HYPERCALL_PAGE note may do instead. */
static enum emul_result hypercall_page(struct vcpu *v, uint64_t address)
{
    struct frame *f = arch_guest_frame_get(v->domain, gfn(address >> PAGE_SHIFT), true);

    if (!f)
        return EMUL_FAULT;
    pv_hypercall_page_fill(mfn_to_virt(frame_to_mfn(f)));
    arch_guest_frame_put(f, true);
    return EMUL_DONE;
}

static enum emul_result perform(struct vcpu *v, uint32_t msr, const struct msr_write *w)
{
    switch (w->effect) {
    case MSR_EFFECT_NONE:
        return EMUL_DONE;
    case MSR_EFFECT_FS_BASE:
        wrmsr(MSR_FS_BASE, w->value);
        return EMUL_DONE;
    case MSR_EFFECT_GS_BASE:
        wrmsr(MSR_GS_BASE, w->value);
        return EMUL_DONE;
    case MSR_EFFECT_GS_BASE_USER:
        wrmsr(MSR_KERNEL_GS_BASE, w->value);
        return EMUL_DONE;
    case MSR_EFFECT_HYPERCALL_PAGE:
        return hypercall_page(v, w->value);
    case MSR_EFFECT_PRED_CMD:
    case MSR_EFFECT_FLUSH_CMD:
    case MSR_EFFECT_HOST:
        return wrmsr_safe(msr, w->value) ? EMUL_DONE : EMUL_FAULT;
    default:
        return pv_msr_state_set(v, w) ? EMUL_FAULT : EMUL_DONE;
    }
}

enum emul_result emul_wrmsr(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();
    const struct msr_pv_context ctx = context(v, regs->ecx);
    struct msr_write w;

    if (msr_pv_write(&ctx, regs->ecx, regs->eax | (uint64_t)regs->edx << 32, &w))
        return EMUL_FAULT;
    return perform(v, regs->ecx, &w);
}
