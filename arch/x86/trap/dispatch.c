/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An exception is a guest's, and then pv/ decides; or it is at an instruction of ours that is known to fault; or it is
 * the return to a guest whose state was bad; or else it is a defect of ours, and the machine stops.
 */
#include "entry/entry.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "hw/native/extable.h"
#include "platform/efi.h"
#include "pv/pv.h"
#include "trap/trap.h"
#include "x86/cpu/debugreg.h"

static void guest_exception(struct cpu_user_regs *regs)
{
    if (regs->entry_vector == TRAP_PF) {
        uint64_t cr2 = read_cr2();
        irq_enable();
        pv_page_fault(regs, cr2);
    } else {
        irq_enable();
        pv_exception(regs);
    }
}

/*
 * IRET to the guest faulted. Its frame is still at the top of the stack, and the guest's other registers are in ours:
 * put them together again; what cannot be mended is an exception of the guest's (pv_bad_iret()).
 */
static __noreturn void guest_return_fault(const struct cpu_user_regs *regs, uint64_t cr2)
{
    struct cpu_user_regs *guest = guest_regs();
    uint32_t error_code = regs->error_code, entry_vector = regs->entry_vector;

    /* The fault's frame begins 48 bytes below the guest's, and overlaps it. */
    memmove(guest, regs, offsetof(struct cpu_user_regs, error_code));
    guest->error_code = error_code;
    guest->entry_vector = entry_vector;
    irq_enable();
    if (!pv_return_fault_mended(guest, cr2))
        pv_bad_iret(guest);
    exit_from_top();
}

static __noreturn void hypervisor_exception(const struct cpu_user_regs *regs, uint64_t cr2)
{
    console_enter_panic();
    log_error("exception %u (%s) in the hypervisor, error code %#x, address %#lx", regs->entry_vector,
              trap_name(regs->entry_vector) ?: "reserved", regs->error_code, (unsigned long)cr2);
    kexec_save_cpu(regs);
    trap_dump_fatal(regs);
    panic("unexpected exception %u", regs->entry_vector);
}

/*
 * Our own debug exceptions: a guest's breakpoint that hit while we touched its memory, or MOV SS/SYSCALL tricks. Not
 * ours.
 */
static bool ignore_debug(struct cpu_user_regs *regs)
{
    if (regs->entry_vector != TRAP_DB)
        return false;
    write_dr6(DR6_FIXED);
    regs->rflags &= ~RFLAGS_TF;
    return true;
}

/* In the hypervisor's own code. */
static __attribute__((noinline)) void own_exception(struct cpu_user_regs *regs)
{
    uint64_t cr2 = regs->entry_vector == TRAP_PF ? read_cr2() : 0;

    if (ignore_debug(regs)) /* before all else: at an instruction that may fault it does not mean that it did */
        return;
    if (efi_runtime_fault(regs, cr2)) /* before what looks at a guest's page tables */
        return;
    if (regs->entry_vector == TRAP_PF && pv_hypervisor_fault(regs, cr2))
        return;
    uint64_t go_on = extable_find(regs->rip);
    if (go_on) {
        regs->rip = go_on;
        return;
    }
    if (regs->rip == (uint64_t)exit_iret)
        guest_return_fault(regs, cr2);
    hypervisor_exception(regs, cr2);
}

void exception_entry(struct cpu_user_regs *regs)
{
    if (regs_from_guest(regs))
        guest_exception(regs);
    else
        own_exception(regs);
}
