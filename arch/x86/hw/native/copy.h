/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies that may fault, and say so instead. */
#ifndef HW_NATIVE_COPY_H
#define HW_NATIVE_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/native/extable.h"

/** Copies @len bytes; false if an access faulted, and then an unspecified part has been copied. */
static inline bool hw_copy_safe(void *dst, const void *src, size_t len)
{
    size_t words = len / 8, rest = len % 8;
    __asm__ volatile("1: rep movsq\n mov %3, %0\n 2: rep movsb\n 3:\n"
                     ".pushsection .text.entry, \"ax\"\n 4: mov $1, %0\n jmp 3b\n .popsection\n" EXTABLE(1b, 4b)
                         EXTABLE(2b, 4b)
                     : "+&c"(words), "+&D"(dst), "+&S"(src)
                     : "r"(rest)
                     : "memory");
    return !words;
}

/** Reads eight bytes; false if that faulted. */
static inline bool hw_read_u64_safe(const void *src, uint64_t *value)
{
    uint8_t ok = 0;
    __asm__ volatile("1: mov %2, %0\n mov $1, %1\n 2:\n" EXTABLE(1b, 2b)
                     : "=&r"(*value), "+r"(ok)
                     : "m"(*(const uint64_t *)src));
    return ok;
}

static inline bool hw_clear_safe(void *dst, size_t len)
{
    __asm__ volatile("1: rep stosb\n 3:\n"
                     ".pushsection .text.entry, \"ax\"\n 4: mov $1, %0\n jmp 3b\n .popsection\n" EXTABLE(1b, 4b)
                     : "+&c"(len), "+&D"(dst)
                     : "a"(0)
                     : "memory");
    return !len;
}

#endif
