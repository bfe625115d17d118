/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDTSC and RDTSCP where they fault: the guest's kernel set CR4.TSD, or the domain has a virtual TSC. */
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "pv/emulate.h"
#include "time/tsc.h"
#include "x86/cpuid/policy.h"

enum emul_result emul_rdtsc(struct cpu_user_regs *regs, bool with_aux)
{
    const struct vcpu *v = current_vcpu();

    if (!v->arch.pv.kernel_mode && v->arch.pv.cr4 & CR4_TSD)
        return EMUL_FAULT;
    uint64_t tsc = tsc_of_guest(v, now_ns());
    regs->rax = (uint32_t)tsc;
    regs->rdx = tsc >> 32;
    if (with_aux)
        regs->rcx = v->arch.tsc_aux;
    return EMUL_DONE;
}
