/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of what firmware leaves in memory (test/ram.h): bytes are put there, checksums made right, reports kept. */
#ifndef UNIT_FIRMWARE_H
#define UNIT_FIRMWARE_H

#include <stdio.h>

#include "base/checksum.h"
#include "test/ram.h"

static char last_line[256];
static unsigned int lines;

static void keep_line(void *opaque, enum lib_log_level level, const char *text)
{
    lines++;
    snprintf(last_line, sizeof(last_line), "%s", text);
}

static const struct lib_log keep_log = { keep_line, NULL };

static void put(uint32_t at, uint64_t value, size_t size)
{
    memcpy(ram + at, &value, size);
}

/* Makes the @size bytes at @at sum up to 0 by that at offset @checksum_at. */
static void seal(uint32_t at, uint32_t size, uint32_t checksum_at)
{
    ram[at + checksum_at] = 0;
    ram[at + checksum_at] = (uint8_t)-checksum_sum8(ram + at, size);
}

#endif
