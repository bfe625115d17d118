/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions of a guest other than page faults. Nearly all are the guest's own business and go to its kernel. Those
 * that are ours: #GP, which is how privileged instructions and INT n arrive; #UD, which may be the forced-emulation
 * prefix; #NM, when the guest's CR0.TS is set; #DB, whose status register is virtual.
 */
#include "hv/debugger.h"
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/trace.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "mm/guest_read.h"
#include "pv/mm/fetch.h"
#include "pv/pv.h"
#include "x86/cpu/debugreg.h"

#define ERROR_IDT  0x2u /* selector error code: the index is that of an IDT gate */

#define INT_OPCODE 0xcdu
#define INT_LENGTH 2u

/* With prefixes, in any segment, or where it no longer is. */
static __attribute__((noinline)) unsigned int software_vector_anyhow(const struct cpu_user_regs *regs,
                                                                     unsigned int *length)
{
    struct pv_insn insn;

    if (pv_insn_fetch(regs, &insn) && pv_insn_is_int(&insn, length))
        return insn.bytes[*length - 1];
    *length = INT_LENGTH;
    return regs->error_code >> 3 & 0xff;
}

/*
 * The vector of the INT n at the guest's instruction pointer. The error code has it as well, but not on every emulator
 * of a processor (QEMU 7.2 doubles it), so the instruction is asked first; nearly always it is the plain one in flat
 * code.
 */
static unsigned int software_vector(const struct cpu_user_regs *regs, unsigned int *length)
{
    uint64_t bytes;

    if (regs->cs != FLAT_KERNEL_CS || !guest_read_u64(regs->rip, &bytes) || (uint8_t)bytes != INT_OPCODE)
        return software_vector_anyhow(regs, length);
    *length = INT_LENGTH;
    return bytes >> 8 & 0xff;
}

/* INT n: our gates refuse it, so that it faults and the guest's own gate decides. */
static void software_interrupt(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();
    unsigned int length, vector = software_vector(regs, &length);
    const struct trap_info *handler = &v->arch.pv.trap[vector];

    if (!handler->address || TI_GET_DPL(handler) < (v->arch.pv.kernel_mode ? 1 : 3)) {
        pv_inject(regs, TRAP_GP, vector << 3 | ERROR_IDT);
        return;
    }
    regs->rip += length;
    const struct pv_bounce b = {
        .address = handler->address, .mask_events = TI_GET_IF(handler), .what = "software interrupt" };
    pv_bounce(regs, &b);
}

static __attribute__((noinline)) void general_protection(struct cpu_user_regs *regs)
{
    if (regs->error_code & ERROR_IDT)
        software_interrupt(regs);
    else if (regs->error_code != 0 || !pv_emulate_privileged(regs))
        pv_inject(regs, TRAP_GP, regs->error_code);
}

/* The ABI has the hypervisor clear TS on the way to the guest's #NM handler. */
static void device_not_available(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();

    if (!v->arch.pv.cr0_ts)
        return; /* the CPU's TS was stale; pv_set_ts() below makes it right */
    if (trace_on())
        trace_words(TRC_PV_MATH_STATE_RESTORE, 0, 0, 0, 0);
    pv_inject(regs, TRAP_NM, 0);
}

/* A debugger outside the guest has those of the kernel. */
static bool is_debuggers(const struct vcpu *v)
{
    return unlikely(v->domain->debugger_attached) && v->arch.pv.kernel_mode;
}

static void debug(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();
    uint64_t dr6 = read_dr6();

    write_dr6(DR6_FIXED);
    v->arch.debugreg[6] |= dr6 & DR6_STATUS;
    if (is_debuggers(v))
        debugger_stop(0); /* it looks at DR6 */
    else
        pv_inject(regs, TRAP_DB, 0);
}

static void breakpoint(struct cpu_user_regs *regs)
{
    if (is_debuggers(current_vcpu()))
        debugger_stop(TRAP_BP);
    else
        pv_inject(regs, TRAP_BP, 0);
}

static __attribute__((noinline)) void other_exception(struct cpu_user_regs *regs)
{
    switch (regs->entry_vector) {
    case TRAP_NM:
        device_not_available(regs);
        pv_set_ts(current_vcpu(), false);
        break;
    case TRAP_DB: debug(regs); break;
    case TRAP_BP: breakpoint(regs); break;
    case TRAP_DE:
    case TRAP_OF:
    case TRAP_BR:
    case TRAP_TS:
    case TRAP_NP:
    case TRAP_SS:
    case TRAP_MF:
    case TRAP_AC:
    case TRAP_XM:
    case TRAP_CP: pv_inject(regs, regs->entry_vector, regs->error_code); break;
    default:
        domain_crash(current_vcpu()->domain, "exception %u (%s), which no guest can cause", regs->entry_vector,
                     trap_name(regs->entry_vector) ?: "reserved");
    }
}

/* Hot: no frame of its own. */
void pv_exception(struct cpu_user_regs *regs)
{
    if (regs->entry_vector == TRAP_UD)
        pv_invalid_opcode(regs);
    else if (regs->entry_vector == TRAP_GP)
        general_protection(regs);
    else
        other_exception(regs);
}
