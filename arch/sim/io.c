/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See arch/io.h. */
#include <arch/io.h>

uint32_t (*sim_io_read)(bool mmio, uint64_t at, unsigned int width);
void (*sim_io_write)(bool mmio, uint64_t at, unsigned int width, uint32_t value);

static uint32_t get(bool mmio, uint64_t at, unsigned int width)
{
    return sim_io_read ? sim_io_read(mmio, at, width) : ~0u;
}

static void put(bool mmio, uint64_t at, unsigned int width, uint32_t value)
{
    if (sim_io_write)
        sim_io_write(mmio, at, width, value);
}

uint8_t inb(uint16_t port) { return (uint8_t)get(false, port, 1); }
void outb(uint8_t v, uint16_t port) { put(false, port, 1, v); }
uint8_t mmio_read8(const volatile void *p) { return (uint8_t)get(true, (uintptr_t)p, 1); }
uint32_t mmio_read32(const volatile void *p) { return get(true, (uintptr_t)p, 4); }
void mmio_write8(volatile void *p, uint8_t v) { put(true, (uintptr_t)p, 1, v); }
void mmio_write32(volatile void *p, uint32_t v) { put(true, (uintptr_t)p, 4, v); }
