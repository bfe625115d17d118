/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which a processor gets memory, tables, features and timer. The first failure is the end of it. */
#include "boot/cpu.h"

#include "cpu/control.h"
#include "cpu/cpuid_boot.h"
#include "cpu/fpu.h"
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/percpu.h"
#include "hv/sched.h"
#include "hv/time.h"
#include "irq/lapic.h"
#include "mm/percpu_area.h"
#include "time/lapic_timer.h"
#include "time/sync.h"
#include "trap/trap.h"

int cpu_prepare(unsigned int cpu)
{
    int rc = percpu_create(cpu);

    if (!rc)
        rc = percpu_area_create(cpu);
    if (rc)
        return rc;
    timers_init_cpu(cpu);
    struct vcpu *idle = sched_create_idle(cpu);
    if (!idle)
        return -ENOMEM;
    percpu_cpu_info(cpu)->current = idle;
    return 0;
}

int cpu_init_this(unsigned int cpu)
{
    percpu_tables_load(cpu); /* before all that may fault */
    idt_load();
    tsc_sync_answer(cpu); /* from now on it knows the time */
    int rc = cpu_control_init();
    if (rc)
        return rc;
    syscall_init_cpu(cpu);
    if (!lapic_init_cpu())
        return -ENODEV;
    lapic_timer_init_cpu();
    rc = fpu_init_cpu();
    return rc ? rc : cpuid_check_cpu();
}
