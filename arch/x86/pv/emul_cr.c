/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control and debug registers as a guest's kernel sees them. CR0: the machine's, with TS of its own. CR2: that of
 * vcpu_info. CR3: its page table's machine frame. CR4: the bits that it set, and those that PV promises.
 */
#include "cpu/fpu.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "pv/emulate.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/update.h"
#include "x86/cpuid/policy.h"

#define CR4_ALWAYS_SEEN (CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT)

uint64_t pv_cr4_settable(const struct domain *d)
{
    const struct cpuid_policy *p = d->arch.policy;
    uint64_t bits = CR4_TSD;

    if (cpuid_policy_has(p, CPUFEAT_DE))
        bits |= CR4_DE;
    if (cpuid_policy_has(p, CPUFEAT_FSGSBASE))
        bits |= CR4_FSGSBASE;
    if (cpuid_policy_has(p, CPUFEAT_XSAVE))
        bits |= CR4_OSXSAVE;
    return bits;
}

static uint64_t cr0_seen(const struct vcpu *v) { return (read_cr0() & ~CR0_TS) | v->arch.pv.cr0_ts; }

enum emul_result emul_cr_read(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    struct vcpu *v = current_vcpu();
    uint64_t *out = emul_gpr(regs, insn->gpr);

    switch (insn->special) {
    case 0:
        *out = cr0_seen(v);
        return EMUL_DONE;
    case 2:
        *out = v->info->arch.cr2;
        return EMUL_DONE;
    case 3:
        *out = xen_pfn_to_cr3(v->arch.pv.guest_table.nr);
        return EMUL_DONE;
    case 4:
        *out = v->arch.pv.cr4 | (read_cr4() & CR4_ALWAYS_SEEN);
        return EMUL_DONE;
    default:
        return EMUL_FAULT;
    }
}

static enum emul_result cr0_write(struct vcpu *v, uint64_t value)
{
    if ((value ^ cr0_seen(v)) & ~CR0_TS)
        return EMUL_FAULT;
    pv_set_ts(v, value & CR0_TS);
    return EMUL_DONE;
}

static enum emul_result cr3_write(struct vcpu *v, uint64_t value)
{
    switch (pv_set_kernel_root(v, mfn(xen_cr3_to_pfn(value)))) {
    case 0:
    case UPDATE_LEFTOVER: /* the old tables' rest is finished by the next operation on page tables */
        return EMUL_DONE;
    case -ERESTART:
        pv_mm_finish(v);
        return EMUL_AGAIN;
    default:
        return EMUL_FAULT;
    }
}

/* Bits that are not the guest's are ignored: kernels write back what they computed from CPUID. */
static enum emul_result cr4_write(struct vcpu *v, uint64_t value)
{
    irqflags_t flags = irq_save();

    v->arch.pv.cr4 = value & pv_cr4_settable(v->domain);
    pv_cr4_load(v);
    irq_restore(flags);
    return EMUL_DONE;
}

enum emul_result emul_cr_write(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    struct vcpu *v = current_vcpu();
    uint64_t value = *emul_gpr(regs, insn->gpr);

    switch (insn->special) {
    case 0:
        return cr0_write(v, value);
    case 2:
        v->info->arch.cr2 = value;
        return EMUL_DONE;
    case 3:
        return cr3_write(v, value);
    case 4:
        return cr4_write(v, value);
    default:
        return EMUL_FAULT;
    }
}

/* A register that does not exist is an invalid opcode. */
static enum emul_result dr_refused(struct cpu_user_regs *regs, int rc)
{
    if (rc != -ENODEV)
        return EMUL_FAULT;
    pv_inject(regs, TRAP_UD, 0);
    return EMUL_INJECTED;
}

enum emul_result emul_dr_read(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    uint64_t value;
    int rc = pv_debugreg_get(current_vcpu(), insn->special, &value);

    if (rc)
        return dr_refused(regs, rc);
    *emul_gpr(regs, insn->gpr) = value;
    return EMUL_DONE;
}

enum emul_result emul_dr_write(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    int rc = pv_debugreg_set(current_vcpu(), insn->special, *emul_gpr(regs, insn->gpr));

    return rc ? dr_refused(regs, rc) : EMUL_DONE;
}

enum emul_result emul_xsetbv(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();

    if (!(v->arch.pv.cr4 & CR4_OSXSAVE)) {
        pv_inject(regs, TRAP_UD, 0);
        return EMUL_INJECTED;
    }
    return fpu_set_xcr0(v, regs->ecx, regs->eax | (uint64_t)regs->edx << 32) ? EMUL_FAULT : EMUL_DONE;
}
