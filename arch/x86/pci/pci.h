/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI configuration space, by ports 0xcf8/0xcfc and by MMCONFIG where ACPI's MCFG and PHYSDEVOP_pci_mmcfg_reserved
 * agree on it (PCI 3.0, 3.2.2.3; PCI Firmware 3.0, 4.1).
 */
#ifndef PCI_PCI_H
#define PCI_PCI_H

#include "hv/compiler.h"
#include "hv/types.h"

struct refusal;

/** A function's address: segment in bits 16-31, bus 8-15, device 3-7, function 0-2. */
typedef uint32_t pci_sbdf_t;
#define PCI_SBDF(seg, bus, devfn) ((pci_sbdf_t)(seg) << 16 | (pci_sbdf_t)((bus) & 0xff) << 8 | ((devfn) & 0xff))

/** @reg aligned to @size (1, 2, 4) and below 4096; beyond 255 only with MMCONFIG. All ones when nothing answers. */
uint32_t pci_read(pci_sbdf_t sbdf, unsigned int reg, unsigned int size);
void pci_write(pci_sbdf_t sbdf, unsigned int reg, unsigned int size, uint32_t value);
/**
 * Declares MMCONFIG of a segment's buses, @base being that of bus 0. 0, also if it is known; with the rule in @why
 * -ENODEV (no place for devices), -ENOSPC.
 */
int pci_mmconfig_add(uint16_t segment, uint8_t first_bus, uint8_t last_bus, paddr_t base, struct refusal *why);
/** A function with an id of its own answers; a virtual function has none (see pci/function.h). */
bool pci_present(pci_sbdf_t sbdf);

/**
 * The emulated ports of the hardware domain: an access of @size bytes at 0xcfc + @offset with address register @cf8.
 * The caller has checked that the domain may.
 */
uint32_t pci_port_read(uint32_t cf8, unsigned int offset, unsigned int size);
void pci_port_write(uint32_t cf8, unsigned int offset, unsigned int size, uint32_t value);

/** Boot: a function that we drive; the hardware domain's writes to its configuration by ports have no effect. */
__init void pci_keep(pci_sbdf_t sbdf);

#endif
