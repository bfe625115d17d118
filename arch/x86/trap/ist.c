/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NMI, double fault and machine check: they hit anywhere, so nothing here takes a lock or does exit work. */
#include "entry/entry.h"
#include "hv/console.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/exception.h"
#include "trap/nmi.h"
#include "trap/trap.h"

__noreturn void trap_fatal(const struct cpu_user_regs *regs, const char *what)
{
    console_enter_panic();
    log_error("%s on CPU %u", what, this_cpu_id());
    kexec_save_cpu(regs);
    trap_dump_fatal(regs);
    panic("%s", what);
}

void ist_entry(struct cpu_user_regs *regs)
{
    switch (regs->entry_vector) {
    case TRAP_NMI: nmi_entry(regs); break;
    case TRAP_DF:
        trap_fatal(regs, "double fault (a stack overflowed into its guard page, or an exception handler is broken)");
    case TRAP_MC: trap_fatal(regs, "machine check (the processor reports a hardware error)");
    default: trap_fatal(regs, "unexpected exception on a special stack");
    }
}
