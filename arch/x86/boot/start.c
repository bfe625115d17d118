/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up as a table of contents. On the boot CPU's own stack and our own page tables; interrupts are off until the
 * end.
 */
#include "boot/boot.h"
#include "boot/finish.h"
#include "boot/smp.h"
#include "core/debug/keys.h"
#include "cpu/control.h"
#include "cpu/cpuid_boot.h"
#include "cpu/features.h"
#include "cpu/fpu.h"
#include "cpu/xstate_boot.h"
#include "drivers/serial/ns16550.h"
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/kexec.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/sched.h"
#include "hv/time.h"
#include "hv/trace.h"
#include "hv/watchdog.h"
#include "hvm/hvm.h"
#include "irq/ioapic.h"
#include "irq/irq.h"
#include "irq/lapic.h"
#include "mm/boot_mem.h"
#include "mm/map.h"
#include "mm/percpu_area.h"
#include "platform/acpi.h"
#include "platform/firmware_info.h"
#include "platform/tables.h"
#include "time/lapic_timer.h"
#include "time/reference.h"
#include "time/tsc.h"
#include "trap/debug_keys.h"
#include "trap/trap.h"

static paddr_t heap_table(void)
{
    mfn_t m = heap_alloc(0, HEAP_ZERO);
    return mfn_eq(m, MFN_NONE) ? 0 : mfn_to_paddr(m);
}

/* The final tables of this CPU; SYSCALL has somewhere to go. */
static __init void boot_cpu_tables(void)
{
    percpu_tables_load(0);
    idt_load();
    cpu_patch_clac();
    syscall_init_cpu(0);
}

static __init void heap_init(void)
{
    boot_mem_to_heap();
    map_table_alloc = heap_table;
    log_info("memory: %lu MiB of RAM, %lu MiB free", (unsigned long)(machine_ram >> 20),
             (unsigned long)(heap_free_frames() >> (20 - PAGE_SHIFT)));
}

static __init void interrupts_init(void)
{
    pic_disable();
    lapic_init(tables_lapic_base(), hv_options.x2apic && !acpi_x2apic_opt_out());
    if (lapic_is_x2apic() && acpi_x2apic_opt_out())
        log_warning("local APIC: firmware does not want x2APIC mode (DMAR), but left it on: it stays on");
    else if (acpi_x2apic_opt_out())
        log_info("local APIC: xAPIC mode, as firmware wants (DMAR)");
    if (!lapic_init_cpu())
        panic("the local APIC cannot be switched on: this machine has no interrupts that we can use");
    tables_add_cpus();
    tables_add_interrupts();
    irq_init();
    tables_set_triggers();
    firmware_init();
}

static __init void clocks_init(void)
{
    reference_from_acpi();
    time_init();
    lapic_timer_calibrate();
    lapic_timer_init_cpu();
    timers_init_cpu(0);
    wallclock_set(rtc_read() * NS_PER_SEC - now_ns());
}

static __init void scheduler_init(void)
{
    if (domain_init_system()) /* DOMID_IO, DOMID_XEN: owners of frames that never run */
        panic("no memory for the first structures");
    trace_init();
    sched_init();
    struct vcpu *idle = sched_create_idle(0);
    if (!idle)
        panic("no memory for the boot CPU's idle vCPU");
    cpu_info()->current = idle;
    cpumask_set(&cpu_online, 0);
}

/* What extended state is usable and what is advertised to guests, from what the processor says. */
static __init void cpu_contract_init(void)
{
    uint64_t start = now_ns();

    xstate_boot_init(); /* what extended state is usable, and findings about it */
    fpu_init_cpu();
    cpu_control_try_tsc_aux();
    cpuid_boot_init(); /* raw, host and guests' CPU policies */
    hvm_detect();      /* whether there can be containers */
    log_info("CPU: extended state and policies took %lu us", (unsigned long)((now_ns() - start) / 1000));
}

__init void start_hypervisor(void)
{
    boot_cpu_tables();
    heap_init();
    log_info("CPU: %s%s", cpu_model_name, cpu_has_nx ? "" : " (no NX: data is executable)");
    tables_init(); /* firmware's: CPUs, IO-APICs, timers */
    interrupts_init();
    clocks_init();      /* system time starts */
    cpu_contract_init();
    scheduler_init();
    irq_enable();
    lock_debug_others_run();
    smp_boot_all(hv_options.nosmp ? 1 : hv_options.maxcpus ? (unsigned int)hv_options.maxcpus : CPU_MAX);
    trace_boot((uint32_t)hv_options.tbuf_size, (uint32_t)hv_options.tevt_mask);
    debug_keys_core_init();
    debug_keys_arch_init();
    kexec_init();              /* crash notes: every CPU has its own */
    ns16550_start(hv_options.sync_console); /* input, and with it the debug keys; output waits for nobody */
    struct domain *dom0 = dom0_build();
    watchdog_start();          /* from here on no CPU is busy for long */
    boot_finish(dom0);         /* seal text and constants, give init memory back, run dom0 */
}
