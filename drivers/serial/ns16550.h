/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial ports (16550 and compatible), by I/O port or memory. Two: com1 and com2. */
#ifndef DRIVERS_NS16550_H
#define DRIVERS_NS16550_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "serial/setting.h"

#define NS16550_PORTS 2u

/** Where the registers are: an I/O port, or physical memory that is mapped at @regs (NULL: not yet). */
struct ns16550_place {
    bool mmio;
    uint64_t address;
    volatile uint8_t *regs;
};

/**
 * Opens port @index (0: com1, 1: com2) and adds it to the consoles. 0; -ENODEV: no UART answers there; -EAGAIN: it
 * cannot be reached yet, ns16550_mapped() will open it.
 */
__init int ns16550_open(unsigned int index, const struct serial_setting *set, const struct ns16550_place *place);
/** The registers of a port in memory are at @regs from now on. As ns16550_open() for one that could not be reached. */
__init int ns16550_mapped(unsigned int index, volatile uint8_t *regs);
/** A port's place, if it is open or waits for ns16550_mapped(), else false. *@len: bytes of its registers. */
bool ns16550_place(unsigned int index, struct ns16550_place *place, uint32_t *len);
/** The ISA interrupt lines of ports in use, so that nobody else is given them; 0 for none. */
unsigned int ns16550_irq(unsigned int index);
/**
 * After the timers work: input is looked for periodically, and unless @synchronous, output waits in a ring from now on
 * and nobody waits for it.
 */
__init void ns16550_start(bool synchronous);
/** Reads what has arrived and dom0 has room for; true if there was anything. */
bool ns16550_poll(void);

#endif
