/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID, by the forced-emulation prefix or because it faulted: the domain's policy, and what depends on the vCPU. */
#include "cpu/cpuid_boot.h"
#include "cpu/features.h"
#include "hw/native/cpu.h"
#include "pv/emulate.h"
#include "time/sync.h"
#include "time/tsc.h"
#include "x86/cpuid/guest_view.h"

static struct cpuid_time_info time_info(const struct domain *d)
{
    const struct vtsc *t = &d->arch.vtsc;
    const struct tsc_scale *scale = t->emulated ? &t->to_ns : &tsc_scale;

    return (struct cpuid_time_info){
        .vtsc = t->emulated, .host_tsc_safe = cpu_has_invariant_tsc && tsc_same_everywhere, .tsc_mode = t->mode,
        .guest_khz = t->khz ? t->khz : tsc_khz(), .host_khz = tsc_khz(), .incarnation = t->incarnation,
        .offset = t->zero_ns, .mul = scale->mul, .shift = scale->shift,
    };
}

/* A leaf that depends on the vCPU's mode, identity or clock. */
static void view_any(const struct vcpu *v, const struct cpu_user_regs *regs, bool native, union cpuid_leaf *out)
{
    const struct domain *d = v->domain;
    struct cpuid_time_info time;
    struct cpuid_vcpu_context ctx = {
        .machine = &arch_cpuid_machine,
        .xcr0 = v->arch.xcr0,
        .xss = v->arch.xss,
        .osxsave = v->arch.pv.cr4 & CR4_OSXSAVE,
        .kernel = v->arch.pv.kernel_mode,
        .native = native,
        .hardware_domain = d->is_hardware,
    };

    if (regs->eax == XEN_CPUID_FIRST_LEAF + 3) {
        time = time_info(d);
        ctx.time = &time;
    }
    cpuid_guest_view(d->arch.policy, &ctx, regs->eax, regs->ecx, out);
}

void emul_cpuid(struct cpu_user_regs *regs, bool native)
{
    const struct vcpu *v = current_vcpu();
    union cpuid_leaf out;

    if (cpuid_pv_is_simple(regs->eax))
        cpuid_pv_view_simple(v->domain->arch.policy, v->arch.xcr0, v->arch.xss, regs->eax, regs->ecx, &out);
    else
        view_any(v, regs, native, &out);
    regs->rax = out.a;
    regs->rbx = out.b;
    regs->rcx = out.c;
    regs->rdx = out.d;
}
