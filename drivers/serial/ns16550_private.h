/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A UART's state and registers, shared by the files of this folder. */
#ifndef DRIVERS_NS16550_PRIVATE_H
#define DRIVERS_NS16550_PRIVATE_H

#include "drivers/serial/ns16550.h"
#include "hv/console.h"
#include "hv/lock.h"
#include "serial/tx_ring.h"

#include <arch/io.h>

/* Registers (PC16550D data sheet, table II). */
enum uart_reg { REG_DATA = 0, REG_IER = 1, REG_FCR = 2, REG_IIR = 2, REG_LCR = 3, REG_MCR = 4, REG_LSR = 5 };
#define LSR_DATA      0x01u
#define LSR_THR_EMPTY 0x20u
#define MCR_DTR_OUT2  0x09u
#define MCR_RTS       0x02u

struct uart {
    struct ns16550_place place;
    struct serial_setting set;
    bool present, waits;   /* open; to be opened when it is mapped */
    bool holding;          /* the sender is asked to wait */
    uint8_t fifo;          /* bytes that an empty transmitter takes at once */
    unsigned int patience; /* looks that are left; full again when it takes a byte */
    uint64_t moved;        /* system time when it took a byte that had waited in the ring */
    spinlock_t lock;       /* the ring */
    struct tx_ring ring;
};
extern struct uart uarts[NS16550_PORTS];

static inline uint8_t uart_read(const struct uart *u, enum uart_reg reg)
{
    unsigned int offset = (unsigned int)reg << u->set.reg_shift;

    if (!u->place.mmio)
        return inb((uint16_t)(u->place.address + offset));
    return u->set.reg_width == 4 ? (uint8_t)mmio_read32(u->place.regs + offset) : mmio_read8(u->place.regs + offset);
}

static inline void uart_write(const struct uart *u, enum uart_reg reg, uint8_t v)
{
    unsigned int offset = (unsigned int)reg << u->set.reg_shift;

    if (!u->place.mmio)
        outb(v, (uint16_t)(u->place.address + offset));
    else if (u->set.reg_width == 4)
        mmio_write32(u->place.regs + offset, v);
    else
        mmio_write8(u->place.regs + offset, v);
}

#define UART_PATIENCE 4000000u /* looks at a transmitter that stands still, some seconds in all */

/* transmit.c: the console's operations, by port. */
extern const struct console_driver uart_console[NS16550_PORTS];
/** From now on texts wait in the ring. */
__init void uart_buffer_start(void);

#endif
