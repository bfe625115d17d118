/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last things that the hypervisor does. Other CPUs stand in their NMI handlers; those that firmware did not start
 * first are sent back to where they waited for their start, so that nobody is left to run what will be overwritten.
 */
#include "hv/cpumask.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "irq/ioapic.h"
#include "irq/lapic.h"
#include "kexec/relocate.h"
#include "mm/percpu_area.h"
#include "pci/function.h"
#include "smp/smp.h"
#include "trap/nmi.h"
#include "x86/msr/index.h"

#include <arch/irqflags.h>

#define PCI_COMMAND_MASTER 0x4

void arch_kexec_stop_cpus(void)
{
    smp_stop_others();
}

/*
 * INIT makes a processor wait for its start again, except for the one that firmware runs on: that one it would restart.
 */
static void park_others(void)
{
    unsigned int cpu;

    if (!(rdmsr(MSR_APIC_BASE) & APIC_BASE_BSP))
        return;
    for_each_cpu(cpu, &cpu_present)
        if (cpu != this_cpu_id() && cpu_apic_id[cpu] != ~0u)
            lapic_send_init(cpu_apic_id[cpu]);
}

void arch_kexec_enter(const struct kexec_image *im)
{
    kexec_relocate_fn relocate = (kexec_relocate_fn)im->arch.control;

    irq_disable();
    park_others();
    nmi_clock_stop();
    ioapic_shutdown();
    lapic_disable();
    percpu_nmi_stack_move();
    iret_here(); /* an NMI that waited for the end of the one that we may be in comes now, while there is a handler */
    write_cr4(read_cr4() & ~CR4_PGE); /* forgets translations that are global */
    write_cr3(im->arch.bridge);
    relocate(im->arch.control, im->program, im->arch.root, im->load.entry, im->load.arch == KEXEC_ARCH_386);
}

/* Only functions that are no bridges: those behind a bridge stop by themselves. */
static void bus_master_off(pci_sbdf_t sbdf)
{
    uint32_t command = pci_read(sbdf, PCI_COMMAND, 2);

    if ((pci_read(sbdf, PCI_HEADER_TYPE, 1) & 0x7f) == 0 && (command & PCI_COMMAND_MASTER))
        pci_write(sbdf, PCI_COMMAND, 2, command & ~(uint32_t)PCI_COMMAND_MASTER);
}

void arch_kexec_quiesce_devices(void)
{
    pci_for_each_virtual_function(bus_master_off); /* these have no id to be found by */
    for (unsigned int bus = 0; bus < 256; bus++)
        for (unsigned int dev = 0; dev < 32; dev++)
            for (unsigned int fn = 0; fn < 8; fn++) {
                pci_sbdf_t sbdf = PCI_SBDF(0, bus, dev << 3 | fn);
                if (pci_present(sbdf))
                    bus_master_off(sbdf);
                if (!pci_present(PCI_SBDF(0, bus, dev << 3)))
                    break;
            }
}
