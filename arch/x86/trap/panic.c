/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architecture's part of a panic (hv/log.h). */
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "hv/options.h"
#include "platform/power.h"
#include "smp/smp.h"
#include "trap/trap.h"

#include <arch/irqflags.h>

void arch_panic_report(void)
{
    irq_disable();
    smp_stop_others();
    trap_backtrace_panic();
    trap_source_hint();
    log_error(
        "if the reason above names a file, a setting or a device, change that; else please report all of these lines");
    kexec_crash(NULL);
    if (hardware_domain && hardware_domain->life == DOMAIN_ALIVE)
        machine_restart_after_crash(); /* while booting it would only come to the same end again */
}

void arch_panic_halt(void)
{
    smp_stop_self();
}
