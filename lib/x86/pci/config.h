/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function's configuration space says, over whatever reads it: capabilities (PCI 3.0, 6.7; PCI Express 4.0,
 * 7.6.3), memory BARs (PCI 3.0, 6.2.5; bridges: PCI-to-PCI Bridge 1.2, 3.2.5.1) and virtual functions (SR-IOV 1.1,
 * section 3.3).
 *
 * A device is not trusted to be well formed: every list is walked at most as many steps as entries fit in the space,
 * so one that bites its own tail ends like one without the capability; pointers outside the space end it, too.
 *
 * A virtual function has neither an id nor BARs of its own. Whether a function is one, and where its BARs are, only its
 * physical function knows: the n-th lies at its address + first offset + n * stride, and BAR b of it n sizes above VF
 * BAR b. Sizes are found by writing, which must not be done while virtual functions decode,
 * so before they are switched on.
 */
#ifndef LIB_X86_PCI_CONFIG_H
#define LIB_X86_PCI_CONFIG_H

#include "port.h"

struct pci_config {
    /** @reg aligned to @size, which is 1, 2 or 4; all ones where nothing answers. */
    uint32_t (*read)(void *opaque, unsigned int reg, unsigned int size);
    void (*write)(void *opaque, unsigned int reg, unsigned int size, uint32_t value);
    void *opaque;
};

#define PCI_VENDOR_ID   0x00
#define PCI_COMMAND     0x04
#define PCI_STATUS      0x06
#define PCI_HEADER_TYPE 0x0e
#define PCI_BAR0        0x10
#define PCI_CAP_POINTER 0x34

#define PCI_COMMAND_IO           0x001
#define PCI_COMMAND_MEMORY       0x002
#define PCI_COMMAND_INTX_DISABLE 0x400

#define PCI_CAP_MSI       0x05
#define PCI_CAP_MSIX      0x11
#define PCI_EXT_CAP_SRIOV 0x10

#define PCI_BARS_MAX 6u

/** Offset of capability @id, or 0. */
unsigned int pci_config_cap(const struct pci_config *c, uint8_t id);
/** Offset of extended capability @id, or 0. */
unsigned int pci_config_ext_cap(const struct pci_config *c, uint16_t id);

/**
 * Physical address of memory BAR @bar. 0 and @why (a phrase that never changes) if the header type has no such BAR, it
 * is one of I/O ports, is the upper half of another, or was never assigned.
 */
uint64_t pci_config_bar(const struct pci_config *c, unsigned int bar, const char **why);

/** A range of addresses: I/O ports, or memory. */
struct pci_bar {
    bool io;
    uint64_t address, size;
};
/**
 * Where a serial port's registers are in a function that is no bridge: in the first BAR of I/O ports, for that is what
 * a 16550 on a card has, else in the first of memory; one without an address or of less than eight bytes is none.
 * False: there is none. Nothing is decoded while sizes are found by writing; all registers are as before then.
 */
bool pci_config_uart_bar(const struct pci_config *c, struct pci_bar *out);

/** The SR-IOV capability of a physical function as it stands. */
struct pci_sriov {
    unsigned int cap;
    uint16_t control, num_vfs, first_offset, stride;
};
#define PCI_SRIOV_VF_ENABLE 0x0001
#define PCI_SRIOV_VF_MEMORY 0x0008

/** False: it has none. */
bool pci_sriov_read(const struct pci_config *c, struct pci_sriov *out);
/** Is the function with bus and devfn @vf one of those that the function @pf has switched on? Its number, or -1. */
int pci_sriov_index(const struct pci_sriov *s, uint16_t pf, uint16_t vf);
/**
 * Sizes of one virtual function's BARs, 0 where there is none. Writes the registers and puts them back. False, and
 * nothing written, while virtual functions are on.
 */
bool pci_sriov_sizes(const struct pci_config *c, const struct pci_sriov *s, uint64_t size[PCI_BARS_MAX]);
/** As pci_config_bar(), of virtual function number @index of the physical function @c, whose BARs have @size. */
uint64_t pci_sriov_bar(const struct pci_config *c, const struct pci_sriov *s, const uint64_t size[PCI_BARS_MAX],
                       unsigned int index, unsigned int bar, const char **why);

#endif
