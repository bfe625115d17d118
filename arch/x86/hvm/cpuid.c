/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID: the domain's policy, and what depends on the vCPU and its registers. */
#include "hvm/cpuid.h"

#include "cpu/cpuid_boot.h"
#include "cpu/features.h"
#include "hvm/lapic.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "time/sync.h"
#include "time/tsc.h"
#include "x86/cpuid/guest_view.h"

#define FLAGS (XEN_HVM_CPUID_IOMMU_MAPPINGS | XEN_HVM_CPUID_VCPU_ID_PRESENT | XEN_HVM_CPUID_DOMID_PRESENT | \
               XEN_HVM_CPUID_UPCALL_VECTOR)

/* By the emulated counter there is no offset that would mean anything. */
static struct cpuid_time_info time_info(const struct vcpu *v)
{
    const struct vtsc *t = &v->domain->arch.vtsc;
    const struct tsc_scale *scale = t->emulated ? &t->to_ns : &tsc_scale;

    return (struct cpuid_time_info){
        .vtsc = t->emulated, .host_tsc_safe = cpu_has_invariant_tsc && tsc_same_everywhere, .tsc_mode = t->mode,
        .guest_khz = t->khz ? t->khz : tsc_khz(), .host_khz = tsc_khz(), .incarnation = t->incarnation,
        .offset = t->emulated ? 0 : v->arch.hvm.tsc_offset, .mul = scale->mul, .shift = scale->shift,
    };
}

void hvm_cpuid(struct vcpu *v, struct cpu_user_regs *regs)
{
    const struct hvm_vcpu *h = &v->arch.hvm;
    const struct cpuid_hvm_context hvm = {
        .vcpu_id = v->id, .domid = v->domain->id, .ospke = h->cr4 & CR4_PKE, .long_mode = hvm_vendor->in_64bit(v),
        .apic_enabled = vlapic_hw_enabled(&h->lapic->apic), .flags = FLAGS,
    };
    struct cpuid_vcpu_context ctx = {
        .machine = &arch_cpuid_machine, .hvm = &hvm, .xcr0 = v->arch.xcr0, .xss = v->arch.xss,
        .osxsave = h->cr4 & CR4_OSXSAVE,
    };
    struct cpuid_time_info time;
    union cpuid_leaf out;

    if (regs->eax == XEN_CPUID_FIRST_LEAF + 3) {
        time = time_info(v);
        ctx.time = &time;
    }
    cpuid_guest_view(v->domain->arch.policy, &ctx, regs->eax, regs->ecx, &out);
    regs->rax = out.a;
    regs->rbx = out.b;
    regs->rcx = out.c;
    regs->rdx = out.d;
}
