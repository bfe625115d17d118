/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small physical memory for parsers of what firmware and boot loaders leave there; a test may choose its size. */
#ifndef TEST_RAM_H
#define TEST_RAM_H

#include <string.h>

#include "port.h"
#include "x86/phys_reader.h"

#ifndef RAM_SIZE
#define RAM_SIZE 0x10000
#endif

static unsigned char ram[RAM_SIZE];

static bool ram_read(void *opaque, uint64_t paddr, void *buf, size_t len)
{
    if (paddr >= sizeof(ram) || len > sizeof(ram) - paddr)
        return false;
    memcpy(buf, ram + paddr, len);
    return true;
}

static const struct phys_reader mem = { ram_read, NULL };

#endif
