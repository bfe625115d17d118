/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fast sum over memory that nobody should have written to. It finds accidents, not attackers: every word takes part
 * in an invertible step, so one changed word always changes the result.
 */
#ifndef LIB_KEXEC_CHECKSUM_H
#define LIB_KEXEC_CHECKSUM_H

#include "port.h"

#define KEXEC_CHECKSUM_START 0x9e3779b97f4a7c15ULL

/** Continues @sum over @len bytes, a multiple of 8, at @data, which is aligned to 8. */
static inline uint64_t kexec_checksum(uint64_t sum, const void *data, size_t len)
{
    const uint64_t *word = data;

    for (size_t i = 0; i < len / 8; i++) {
        sum = (sum ^ word[i]) * 0xff51afd7ed558ccdULL;
        sum ^= sum >> 32;
    }
    return sum;
}

#endif
