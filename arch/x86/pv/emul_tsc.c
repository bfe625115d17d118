/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDTSC and RDTSCP where they fault: the guest's kernel set CR4.TSD, or the domain has a virtual TSC. */
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "pv/emulate.h"
#include "x86/cpuid/policy.h"

#define KHZ_NS 1000000u /* ns times kHz for one tick */

/* Ticks at the domain's own frequency since its TSC was zero, in two steps so that the product stays within 64 bits for ages. */
uint64_t emul_guest_tsc(const struct vcpu *v)
{
    const struct arch_domain *a = &v->domain->arch;

    if (!a->vtsc)
        return rdtsc();
    uint64_t ns = now_ns() - a->tsc_offset;
    return ns / KHZ_NS * a->tsc_khz + ns % KHZ_NS * a->tsc_khz / KHZ_NS;
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
