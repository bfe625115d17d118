/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NMI, double fault and machine check: they hit anywhere, so nothing here takes a lock or does exit work. */
#include "entry/entry.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "pv/pv.h"
#include "trap/trap.h"

bool (*nmi_hook)(const struct cpu_user_regs *regs);

static __noreturn void fatal(const struct cpu_user_regs *regs, const char *what)
{
    console_enter_panic();
    log_error("%s on CPU %u", what, this_cpu_id());
    kexec_save_cpu(regs);
    trap_dump(regs);
    panic("%s", what);
}

/* An NMI that nobody here waits for belongs to the machine's owner. */
static void nmi(const struct cpu_user_regs *regs)
{
    if (nmi_hook && nmi_hook(regs))
        return;
    if (hardware_domain)
        pv_nmi_hardware_domain();
}

void ist_entry(struct cpu_user_regs *regs)
{
    switch (regs->entry_vector) {
    case TRAP_NMI: nmi(regs); break;
    case TRAP_DF:
        fatal(regs, "double fault (a stack overflowed into its guard page, or an exception handler is broken)");
    case TRAP_MC: fatal(regs, "machine check (the processor reports a hardware error)");
    default: fatal(regs, "unexpected exception on a special stack");
    }
}
