/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PC serial port (16550 and compatible), by I/O port. */
#ifndef DRIVERS_NS16550_H
#define DRIVERS_NS16550_H

#include "hv/compiler.h"
#include "hv/types.h"

/**
 * Sets up port @index (0: com1, 1: com2) by the text of its option: BAUD[/CLOCK_HZ][,DPS[,IO[,IRQ]]], as in
 * "115200,8n1,0x3f8,4"; NULL or "" leaves 115200,8n1 and the usual port. 0, -EINVAL (option, reported), -ENODEV (no
 * UART there).
 */
__init int ns16550_init(unsigned int index, const char *option, const struct lib_log *log);
/** Reads what has arrived and hands it to the console; true if anything had. */
bool ns16550_poll(void);
/** The interrupt lines that the ports in use have, so that nobody else is given them; 0 for none. */
unsigned int ns16550_irq(unsigned int index);
/** First of the eight I/O ports of a port in use; 0 if it is not. */
uint16_t ns16550_io(unsigned int index);
/** After the timers work: input is looked for periodically. */
__init void ns16550_start_polling(void);

#endif
