/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * There is no IOMMU driver: devices reach all memory, and interrupts go where they are sent. A unit that firmware, or a
 * system that was left by kexec, has left translating stops dom0's devices instead, in ways that nobody would put down
 * to it; so its status is read, and said.
 */
#include "platform/iommu.h"

#include "hv/log.h"
#include "hw/native/io.h"
#include "mm/map.h"

/* VT-d 4.1, 11.4.4.2 (Global Status Register). */
#define VTD_STATUS           0x1c
#define VTD_TRANSLATES       BIT(31)
#define VTD_REMAPS           BIT(25)
/* AMD IOMMU 3.07, MMIO offset 0018h (control). */
#define AMD_CONTROL          0x18
#define AMD_ENABLED          BIT(0)

static __init void say(paddr_t at, const char *what, const char *then, const char *setting)
{
    log_error("IOMMU at %#lx: firmware left %s on, and there is no driver here: %s; switch %s off in the firmware's "
              "setup, or do not enter by kexec", (unsigned long)at, what, then, setting);
}

static __init void check_intel(paddr_t at, const uint8_t *registers)
{
    uint32_t status = mmio_read32(registers + VTD_STATUS);

    if (status & VTD_TRANSLATES)
        say(at, "translation", "devices cannot reach dom0's memory", "VT-d");
    if (status & VTD_REMAPS)
        say(at, "interrupt remapping", "devices' interrupts may be lost", "VT-d");
}

static __init void check_amd(paddr_t at, const uint8_t *registers)
{
    if (mmio_read32(registers + AMD_CONTROL) & AMD_ENABLED)
        say(at, "translation", "devices cannot reach dom0's memory, and their interrupts may be lost", "the IOMMU");
}

__init void iommu_check(const struct acpi_iommus *units)
{
    for (uint32_t i = 0; i < units->count; i++) {
        paddr_t at = units->registers[i];
        const uint8_t *registers = ioremap(at, PAGE_SIZE);

        if (!registers)
            log_warning("IOMMU at %#lx: its registers cannot be mapped: not looked at", (unsigned long)at);
        else if (units->kind == ACPI_IOMMU_INTEL)
            check_intel(at, registers);
        else
            check_amd(at, registers);
    }
    if (units->count)
        log_info("IOMMU: %u of %s, not used: devices reach all memory, and none can be passed to a guest", units->count,
                 units->kind == ACPI_IOMMU_INTEL ? "Intel's (DMAR)" : "AMD's (IVRS)");
}
