/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the nested page tables lead nowhere: the APIC's page; memory that comes into being now; a write to what may not
 * be written; or nothing, where reads give all ones and writes vanish.
 */
#include "hvm/memory.h"

#include "hv/log.h"
#include "hvm/hvm.h"
#include "hvm/insn.h"
#include "hvm/lapic.h"
#include "hvm/p2m.h"

static void by_instruction(struct vcpu *v, struct cpu_user_regs *regs, uint64_t gpa)
{
    if (hvm_instruction(v, regs, HVM_INSN_MEMORY))
        return;
    guest_log(v, LOG_WARNING, "no memory at %#lx, and the instruction at %#lx that wants it is not emulated: #UD",
              (unsigned long)gpa, (unsigned long)regs->rip);
    hvm_inject_ud(v);
}

void hvm_memory_fault(struct vcpu *v, struct cpu_user_regs *regs, uint64_t gpa, unsigned int access)
{
    if (hvm_lapic_is_at(v, gpa)) {
        by_instruction(v, regs, gpa);
        return;
    }
    switch (hvm_p2m_fault(v, gpa, access)) {
    case HVM_P2M_RETRY:
        return;
    case HVM_P2M_PROTECTED:
        hvm_inject_gp(v);
        return;
    case HVM_P2M_EMULATE:
        by_instruction(v, regs, gpa);
        return;
    case HVM_P2M_REFUSED:
        domain_crash(v->domain, "no memory for guest address %#lx", (unsigned long)gpa);
        return;
    }
}
