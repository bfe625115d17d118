/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checksum of firmware's tables. */
#ifndef LIB_BASE_CHECKSUM_H
#define LIB_BASE_CHECKSUM_H

#include "port.h"

/** The sum of all bytes modulo 256, as ACPI and SMBIOS tables have it: 0 for an intact table. */
static inline uint8_t checksum_sum8(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return sum;
}

#endif
