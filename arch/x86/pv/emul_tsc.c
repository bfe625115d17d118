/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDTSC and RDTSCP where they fault: the guest's kernel set CR4.TSD, or the domain has a virtual TSC. */
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "pv/emulate.h"
#include "x86/cpuid/policy.h"

/* Ticks at the domain's own frequency since its TSC was zero; 128 bits, so that it does not wrap within the age of machines. */
uint64_t emul_guest_tsc(const struct vcpu *v)
{
    const struct arch_domain *a = &v->domain->arch;

    if (!a->vtsc)
        return rdtsc();
    return (uint64_t)((unsigned __int128)(now_ns() - a->tsc_offset) * a->tsc_khz / 1000000);
}

enum emul_result emul_rdtsc(struct cpu_user_regs *regs, bool with_aux)
{
    const struct vcpu *v = current_vcpu();

    if (!v->arch.pv.kernel_mode && v->arch.pv.cr4 & CR4_TSD)
        return EMUL_FAULT;
    uint64_t tsc = emul_guest_tsc(v);
    regs->rax = (uint32_t)tsc;
    regs->rdx = tsc >> 32;
    if (with_aux)
        regs->rcx = v->arch.tsc_aux;
    return EMUL_DONE;
}
