/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end: power off, restart, or stop for good. By then no lock is taken and no other CPU runs. */
#include "platform/power.h"

#include "hv/console.h"
#include "hv/domain.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "hw/native/io.h"
#include "hw/native/segment.h"
#include "irq/lapic.h"
#include "hv/options.h"
#include "platform/acpi.h"
#include "platform/efi.h"
#include "smp/smp.h"

#define REBOOT_DELAY (5 * NS_PER_SEC)

static void wait_ns(uint64_t ns)
{
    for (uint64_t end = now_ns() + ns; now_ns() < end;)
        cpu_relax();
}

void machine_halt(void)
{
    console_sync_begin();
    smp_stop_others();
    for (;;) {
        irq_disable();
        halt();
    }
}

static void restart_pci(void)
{
    outb(0x06, 0xcf9);
}

static void restart_keyboard(void)
{
    for (unsigned int i = 0; i < 10000 && (inb(0x64) & 2); i++)
        cpu_relax();
    outb(0xfe, 0x64);
}

/* No interrupt table: the next exception is the third fault in a row, and resets the processor. */
static void restart_triple(void)
{
    const struct desc_ptr nothing = { 0, 0 };

    lidt(&nothing);
    __builtin_trap();
}

/* The way that reboot= names first, then all of them from the most to the least polite; each is given a moment. */
void machine_restart(void)
{
    static void (*const way[])(void) = {
        [OPTION_REBOOT_ACPI] = acpi_reset,
        [OPTION_REBOOT_EFI] = efi_reset,
        [OPTION_REBOOT_PCI] = restart_pci,
        [OPTION_REBOOT_KBD] = restart_keyboard,
        [OPTION_REBOOT_TRIPLE] = restart_triple,
    };
    static const uint8_t order[] = { OPTION_REBOOT_ACPI, OPTION_REBOOT_EFI, OPTION_REBOOT_PCI, OPTION_REBOOT_KBD,
                                     OPTION_REBOOT_TRIPLE };

    console_sync_begin(); /* what is not sent now never is */
    if (hv_options.reboot == OPTION_REBOOT_NO)
        machine_halt();
    smp_stop_others();
    irq_disable();
    if (hv_options.reboot != OPTION_REBOOT_AUTO) {
        way[hv_options.reboot]();
        wait_ns(100 * NS_PER_MS);
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(order); i++) {
        way[order[i]]();
        wait_ns(100 * NS_PER_MS);
    }
    machine_halt();
}

void machine_restart_after_crash(void)
{
    if (hv_options.noreboot) {
        log_error("halted, as noreboot says");
        machine_halt();
    }
    log_error("restarting in 5 seconds (noreboot would halt instead)");
    wait_ns(REBOOT_DELAY);
    machine_restart();
}

void machine_power_off(void)
{
    console_sync_begin();
    smp_stop_others();
    irq_disable();
    acpi_power_off();
    wait_ns(100 * NS_PER_MS);
    log_error("the machine cannot be powered off by ACPI; it is halted, switch it off");
    machine_halt();
}

/* Where dom0's kernel was when it gave up. */
static void dump_caller(void)
{
    struct vcpu *v = current_vcpu();

    if (v->domain == hardware_domain)
        arch_dump_vcpu(v);
}

void arch_hardware_shutdown(uint32_t reason)
{
    struct vcpu *v;

    switch (reason) {
    case SHUTDOWN_poweroff: log_info("dom0 powered off: power off"); machine_power_off();
    case SHUTDOWN_reboot: log_info("dom0 rebooted: restart"); machine_restart();
    case SHUTDOWN_watchdog:
        console_enter_panic();
        log_error("dom0's watchdog timer ran out: dom0 does not get on");
        for_each_vcpu(hardware_domain, v) arch_dump_vcpu(v);
        kexec_crash(NULL);
        machine_restart_after_crash();
    default:
        console_enter_panic();
        log_error("dom0 %s", reason == SHUTDOWN_crash ? "crashed" : "ended for an unknown reason");
        dump_caller();
        if (reason == SHUTDOWN_crash && kexec_crash_is_loaded())
            kexec_crash(guest_regs());
        machine_restart_after_crash();
    }
}
