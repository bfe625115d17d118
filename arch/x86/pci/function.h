/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What functions have, on top of configuration space. Virtual functions (SR-IOV) are known through the physical
 * functions that the hardware domain reported: those that one of them has switched on at this moment, whatever was said
 * about them, so nothing has to be forgotten when they go.
 */
#ifndef PCI_FUNCTION_H
#define PCI_FUNCTION_H

#include "pci/pci.h"
#include "pci/refusal.h"
#include "x86/pci/config.h"

/** "0000:00:1f.2", for the log. */
struct pci_name {
    char text[16];
};
struct pci_name pci_name(pci_sbdf_t sbdf);

/** A function's configuration space, for x86/pci/config.h. */
struct pci_config pci_config_of(pci_sbdf_t sbdf);
/** Something answers there, or a known physical function has it among its virtual ones. */
bool pci_function_exists(pci_sbdf_t sbdf);
/** Offset of capability @id in the list, or 0. */
unsigned int pci_find_capability(pci_sbdf_t sbdf, uint8_t id);
/** Physical address of memory BAR @bar, of a virtual function as well. -ENODEV without one, -ENXIO while it is off. */
int pci_memory_bar(pci_sbdf_t sbdf, unsigned int bar, paddr_t *address, struct refusal *why);

/** PHYSDEVOP_pci_device_add of a function that is none of the virtual ones. 0, -ENODEV, -ENOMEM. */
int pci_function_add(pci_sbdf_t sbdf, struct refusal *why);
/** Of a virtual function, which has to be one of @pf. 0, -ENODEV (@pf is unknown, or doesn't have it). */
int pci_virtual_function_add(pci_sbdf_t sbdf, pci_sbdf_t pf, struct refusal *why);

/** Calls @fn for each virtual function that is on. Takes no lock of its own: for a machine that crashes. */
void pci_for_each_virtual_function(void (*fn)(pci_sbdf_t sbdf));

#endif
