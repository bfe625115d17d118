/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sole seam between lib/ and whatever surrounds it.
 *
 * A file under lib/ is compiled into the hypervisor, into host tools, tests and fuzzers, always unchanged. It may use
 * what this header gives and nothing else: the freestanding headers, mem- and str-functions, errno numbers, a log sink
 * and an assertion. The build chooses the surroundings by putting lib/port/hv or lib/port/host on the include path;
 * both provide <port_env.h>.
 *
 * lib/ is pure: arguments in, results out. No globals that change, no locks, no allocation, no privileged instruction.
 */
#ifndef LIB_PORT_H
#define LIB_PORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <port_env.h> /* memcpy memmove memset memcmp strlen strcmp strncmp strchr, errno numbers, port_assert() */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))
#define BIT(n)        (1ULL << (n))

/** Rounds @x up or down to a multiple of @align, a power of two. ROUND_UP wraps at the type's end: check first. */
#define ROUND_UP(x, align)   (((x) + ((__typeof__(x))(align) - 1)) & ~((__typeof__(x))(align) - 1))
#define ROUND_DOWN(x, align) ((x) & ~((__typeof__(x))(align) - 1))

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

#define __must_check           __attribute__((warn_unused_result))
#define __printf_like(fmt, va) __attribute__((format(printf, fmt, va)))

/** Where a lib function reports findings in words: one complete line per call, no newline. NULL means: be silent. */
enum lib_log_level { LIB_LOG_ERROR, LIB_LOG_WARNING, LIB_LOG_INFO, LIB_LOG_DEBUG };
struct lib_log {
    void (*line)(void *opaque, enum lib_log_level level, const char *text);
    void *opaque;
};

#endif
