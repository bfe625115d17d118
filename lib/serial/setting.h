/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of com1= and com2=, with Xen's syntax: positions, and behind or instead of them NAME=VALUE.
 *
 *   BAUD[/BASE][,DPS[,ADDRESS|pci|amt[,IRQ|msi[,PORT[,BRIDGE]]]]]
 *   baud= clock-hz= data-bits= parity= stop-bits= io-base= dev= irq= port= bridge= reg-shift= reg-width=
 *
 * What can be read counts; each part that cannot is named, and leaves what was there.
 */
#ifndef LIB_SERIAL_SETTING_H
#define LIB_SERIAL_SETTING_H

#include "port.h"

enum serial_where {
    SERIAL_AT_ADDRESS, /* or, with has_port, in that PCI function */
    SERIAL_PCI,        /* the first in a PCI function that is no Intel AMT */
    SERIAL_AMT,        /* the first in a PCI function, those on bus 0 before others */
};

struct serial_setting {
    uint32_t baud;     /* 0: as firmware has left it */
    uint32_t clock_hz; /* of the UART: 16 times the highest rate */
    uint8_t lcr;       /* line control register: data bits, parity, stop bits */
    uint8_t reg_shift; /* registers are 1 << reg_shift bytes apart */
    uint8_t reg_width; /* bytes of an access: 1 or 4 */
    enum serial_where where;
    bool has_address;  /* it was given */
    uint64_t address;  /* below 0x10000 an I/O port, else of memory */
    uint32_t irq;      /* 0: none */
    bool has_port, has_bridge;
    uint16_t port, bridge; /* bus << 8 | device << 3 | function */
};

#define SERIAL_CLOCK_HZ 1843200u

/** 115200,8n1 at I/O port @io with interrupt line @irq. */
void serial_setting_default(struct serial_setting *set, uint16_t io, uint32_t irq);
/** Changes *@set as the @text of option @name says; parts that cannot be read are reported. How many those are. */
unsigned int serial_setting_parse(struct serial_setting *set, const char *name, const char *text,
                                  const struct lib_log *log);
/** The divisor for the wanted rate, 1 to 65535. *@set's baud is not 0. */
uint16_t serial_divisor(const struct serial_setting *set);

#endif
