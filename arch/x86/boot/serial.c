/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial port is at an address, or in a PCI function: the one that is named, or the first of class 07/00 or 07/02
 * whose port nobody uses yet. Firmware has given the addresses out; we switch on the function and every bridge before
 * it.
 */
#include "boot/serial.h"

#include "drivers/serial/ns16550.h"
#include "hv/log.h"
#include "mm/map.h"
#include "pci/function.h"

#define IDENTITY_END       (1ULL << 32)
#define PCI_CLASS          0x0a /* subclass, and above it the class */
#define PCI_SECONDARY_BUS  0x19
#define PCI_SUBORDINATE    0x1a
#define PCI_IO_BASE        0x1c
#define PCI_IO_UPPER       0x30
#define HEADER_MULTI       0x80u
#define HEADER_TYPE        0x7fu
#define CLASS_SERIAL       0x0700
#define CLASS_MULTIPORT    0x0702
#define VENDOR_INTEL       0x8086
#define BAR_IO             1u
#define NOWHERE            UINT64_MAX

static void *mapped[NS16550_PORTS] __attribute__((section(".init.bss")));

/* Functions in order, absent ones left out; UINT32_MAX is before the first and behind the last. */
static __init pci_sbdf_t next_function(pci_sbdf_t at)
{
    for (at++; at < 0x10000; at++) {
        if ((at & 7) && !(pci_read(at & ~7u, PCI_HEADER_TYPE, 1) & HEADER_MULTI))
            at |= 7;
        else if (pci_present(at))
            return at;
        else if (!(at & 7))
            at |= 7;
    }
    return UINT32_MAX;
}

static __init bool is_serial(pci_sbdf_t f)
{
    uint32_t class = pci_read(f, PCI_CLASS, 2);

    return (class == CLASS_SERIAL || class == CLASS_MULTIPORT) && !(pci_read(f, PCI_HEADER_TYPE, 1) & HEADER_TYPE);
}

/* The first port of the function that neither com1 nor com2 is, or NOWHERE. */
static __init uint64_t free_port(const struct pci_bar *bar, uint32_t each)
{
    for (uint64_t at = bar->address; at + each <= bar->address + bar->size; at += each) {
        bool taken = false;
        for (unsigned int i = 0; i < NS16550_PORTS; i++) {
            struct ns16550_place p;
            uint32_t len;
            taken |= ns16550_place(i, &p, &len) && p.mmio == !bar->io && p.address == at;
        }
        if (!taken)
            return at;
    }
    return NOWHERE;
}

static __init void enable(pci_sbdf_t f, uint32_t bits)
{
    pci_write(f, PCI_COMMAND, 2, pci_read(f, PCI_COMMAND, 2) | bits);
}

/* Every bridge on the way to a bus. */
static __init void enable_bridges(uint8_t bus)
{
    for (pci_sbdf_t f = next_function(UINT32_MAX); bus && f != UINT32_MAX; f = next_function(f)) {
        if ((pci_read(f, PCI_HEADER_TYPE, 1) & HEADER_TYPE) != 1)
            continue;
        uint32_t from = pci_read(f, PCI_SECONDARY_BUS, 1), to = pci_read(f, PCI_SUBORDINATE, 1);
        if (from && bus >= from && bus <= to)
            enable(f, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
    }
}

/* The address that was given with the function's position: its register, and the bridge's window, get it. */
static __init void assign_io(const struct serial_setting *set)
{
    uint16_t window = (uint16_t)((set->address & 0xf000) >> 8);

    if (set->has_bridge) {
        pci_write(set->bridge, PCI_IO_BASE, 2, (uint32_t)window << 8 | window);
        pci_write(set->bridge, PCI_IO_UPPER, 4, 0);
        enable(set->bridge, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
    }
    pci_write(set->port, PCI_BAR0, 4, (uint32_t)set->address | BAR_IO);
    enable_bridges((uint8_t)(set->port >> 8));
    enable(set->port, PCI_COMMAND_IO);
    pci_keep(set->port);
}

static __init bool use_function(pci_sbdf_t f, const struct serial_setting *set, struct ns16550_place *place)
{
    struct pci_config c = pci_config_of(f);
    struct pci_bar bar = { 0 };
    uint64_t at = pci_config_uart_bar(&c, &bar) ? free_port(&bar, 8u << set->reg_shift) : NOWHERE;

    if (at == NOWHERE)
        return false;
    if (set->has_bridge)
        enable(set->bridge, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
    enable_bridges((uint8_t)(f >> 8));
    enable(f, bar.io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY);
    pci_keep(f);
    *place = (struct ns16550_place){ .mmio = !bar.io, .address = at };
    return true;
}

/* amt: those on bus 0 come first. pci: those on bus 0 come last, and Intel's (AMT) there not at all. */
static __init bool search(const struct serial_setting *set, struct ns16550_place *place)
{
    for (unsigned int round = 0; round < 2; round++) {
        for (pci_sbdf_t f = next_function(UINT32_MAX); f != UINT32_MAX; f = next_function(f)) {
            bool root = !(f >> 8), amt = set->where == SERIAL_AMT;
            if (root != (amt == !round) || !is_serial(f) ||
                (root && !amt && pci_read(f, PCI_VENDOR_ID, 2) == VENDOR_INTEL))
                continue;
            if (use_function(f, set, place))
                return true;
        }
    }
    return false;
}

static __init bool find(const struct serial_setting *set, const char *name, struct ns16550_place *place)
{
    if (set->has_port && !pci_present(set->port)) {
        log_warning("option %s: there is no PCI function %02x:%02x.%u", name, set->port >> 8, set->port >> 3 & 31,
                    set->port & 7);
        return false;
    }
    if (set->has_port && set->has_address && set->address < 0x10000)
        assign_io(set);
    else if (set->has_port && !set->has_address) {
        if (use_function(set->port, set, place))
            return true;
        log_warning("option %s: PCI function %02x:%02x.%u has no serial port that is free", name, set->port >> 8,
                    set->port >> 3 & 31, set->port & 7);
        return false;
    } else if (set->where != SERIAL_AT_ADDRESS) {
        if (search(set, place))
            return true;
        log_warning("option %s: no PCI function of class 07/00 or 07/02 has a serial port that is free", name);
        return false;
    }
    *place = (struct ns16550_place){ .mmio = set->address >= 0x10000, .address = set->address };
    return true;
}

__init int serial_open(unsigned int index, const char *option)
{
    static const struct { const char *name; uint16_t io; uint8_t irq; } usual[NS16550_PORTS] __initconst = {
        {"com1", 0x3f8, 4}, {"com2", 0x2f8, 3} };
    const char *name = usual[index].name;
    struct ns16550_place place = { 0 };
    struct serial_setting set;

    serial_setting_default(&set, usual[index].io, usual[index].irq);
    serial_setting_parse(&set, name, option ?: "", &hv_lib_log);
    if (set.where != SERIAL_AT_ADDRESS || set.has_port || set.has_address)
        set.irq = set.irq == usual[index].irq ? 0 : set.irq; /* that line is the usual port's */
    if (!find(&set, name, &place))
        return -ENODEV;
    if (place.mmio && place.address < IDENTITY_END)
        place.regs = (volatile uint8_t *)place.address;
    int rc = ns16550_open(index, &set, &place);
    if (rc == -ENODEV)
        log_warning("option %s: no 16550 answers at %s %#lx", name, place.mmio ? "address" : "I/O port",
                    (unsigned long)place.address);
    return rc;
}

__init void serial_map(void)
{
    struct ns16550_place p;
    uint32_t len;

    for (unsigned int i = 0; i < NS16550_PORTS; i++)
        if (ns16550_place(i, &p, &len) && p.mmio)
            mapped[i] = ioremap(p.address, len);
}

__init void serial_mapped(void)
{
    for (unsigned int i = 0; i < NS16550_PORTS; i++)
        if (mapped[i] && ns16550_mapped(i, mapped[i]))
            log_warning("console: no 16550 answers as com%u, whose registers are in memory", i + 1);
}
