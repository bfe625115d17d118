/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An NMI is, in this order: the order to stop where one is (smp/ipi.c); the order to report oneself as stuck; an error
 * that the chipset reports by port 0x61; a tick of the watchdog's clock; or unknown, like the one of a machine's NMI
 * button. Who handles errors and unknown ones is set by nmi=.
 *
 * It may hit anywhere, so nothing here takes a lock, and nothing on the way back to what was interrupted may fault: the
 * IRET of an exception would let the next NMI in while this one's frame is in use.
 */
#include "trap/nmi.h"

#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/watchdog.h"
#include "hw/native/io.h"
#include "irq/lapic.h"
#include "guest/events.h"
#include "smp/smp.h"
#include "trap/trap.h"

/* NMI status and control (Intel ICH9 data sheet, 13.7.1). */
#define PORT_NMI_STATUS  0x61
#define STATUS_SERR      0x80u
#define STATUS_IOCHK     0x40u
#define STATUS_NO_PORT   0xffu
#define CONTROL_WRITABLE 0x0fu
#define CONTROL_SERR_OFF 0x04u
#define CONTROL_IOCHK_OFF 0x08u

static DEFINE_PER_CPU(bool, bitten);
static DEFINE_PER_CPU(uint32_t, count);
static bool clock_runs;
static volatile uint32_t ticks;

__init unsigned int arch_watchdog_start(void)
{
    unsigned int hz;

    clock_runs = true;
    hz = nmi_clock_start(&ticks);
    clock_runs = hz;
    if (!hz)
        log_warning("watchdog: neither the PIT nor the HPET reaches CPU 0 by NMI on this machine: nobody watches");
    else if (hv_options.watchdog == OPTION_WATCHDOG_FORCE)
        log_info("watchdog: force means no more than yes, its ticks cannot be told from unknown NMIs");
    return hz;
}

void arch_watchdog_bite(unsigned int cpu)
{
    per_cpu(bitten, cpu) = true;
    lapic_send_nmi(cpu_apic_id[cpu]);
}

uint32_t nmi_count(unsigned int cpu)
{
    return READ_ONCE(per_cpu(count, cpu));
}

static __noreturn void report_stuck(const struct cpu_user_regs *regs)
{
    trap_fatal(regs, "watchdog bite: this CPU stood still");
}

/* Whoever owns such NMIs. @reason is a number of xen/nmi.h. */
static void give_to_owner(const struct cpu_user_regs *regs, unsigned int reason, const char *what)
{
    if (hv_options.nmi == OPTION_NMI_FATAL)
        trap_fatal(regs, what);
    if (hv_options.nmi == OPTION_NMI_IGNORE || !hardware_domain)
        return;
    if (hardware_domain->shared_info)
        __atomic_fetch_or(&hardware_domain->shared_info->arch.nmi_reason, 1UL << reason, __ATOMIC_SEQ_CST);
    guest_nmi_hardware_domain();
}

/* The line stays switched off: an error that does not go away would otherwise be all that this CPU ever does. */
static void chipset_error(const struct cpu_user_regs *regs, uint8_t status)
{
    unsigned int off = (status & STATUS_SERR ? CONTROL_SERR_OFF : 0) | (status & STATUS_IOCHK ? CONTROL_IOCHK_OFF : 0);

    outb((uint8_t)((status & CONTROL_WRITABLE) | off), PORT_NMI_STATUS);
    if (status & STATUS_SERR)
        give_to_owner(regs, _XEN_NMIREASON_pci_serr, "NMI: a PCI device reports a system error (SERR)");
    if (status & STATUS_IOCHK)
        give_to_owner(regs, _XEN_NMIREASON_io_error, "NMI: the chipset reports an I/O check");
}

static void tick(const struct cpu_user_regs *regs)
{
    unsigned int cpu = 0;

    ticks = ticks + 1;
    switch (watchdog_tick(&cpu)) {
    case WATCHDOG_SELF_STUCK:
        report_stuck(regs);
    case WATCHDOG_OTHER_DEAF:
        log_error("watchdog: CPU %u stands still and takes no NMI either", cpu);
        trap_fatal(regs, "watchdog bite: another CPU stood still, this is where CPU 0 was");
    default:
        break;
    }
}

void nmi_entry(const struct cpu_user_regs *regs)
{
    bool first_cpu = this_cpu_id() == 0;
    uint8_t status = 0;

    if (smp_stop_here(regs))
        return;
    this_cpu(count)++;
    if (this_cpu(bitten))
        report_stuck(regs);
    if (first_cpu) /* the chipset's NMI line leads to it alone */
        status = inb(PORT_NMI_STATUS);
    if ((status & (STATUS_SERR | STATUS_IOCHK)) && status != STATUS_NO_PORT)
        chipset_error(regs, status);
    else if (first_cpu && READ_ONCE(clock_runs))
        tick(regs);
    else
        give_to_owner(regs, _XEN_NMIREASON_unknown, "NMI: of unknown origin, as from an NMI button");
}
