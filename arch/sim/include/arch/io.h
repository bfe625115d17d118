/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports and device memory of the simulated machine: nothing is there but what a test puts behind the two hooks. */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include "hv/types.h"

/** @at is a port or, with @mmio, an address, which is not used as one; @width in bytes. NULL: all ones, no effect. */
extern uint32_t (*sim_io_read)(bool mmio, uint64_t at, unsigned int width);
extern void (*sim_io_write)(bool mmio, uint64_t at, unsigned int width, uint32_t value);

uint8_t inb(uint16_t port);
void outb(uint8_t v, uint16_t port);
uint8_t mmio_read8(const volatile void *p);
uint32_t mmio_read32(const volatile void *p);
void mmio_write8(volatile void *p, uint8_t v);
void mmio_write32(volatile void *p, uint32_t v);

#endif
