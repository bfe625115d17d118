/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crashkernel=: how much memory is kept for a crash kernel, and where. As Xen has it:
 *
 *     RANGE:SIZE[,RANGE:SIZE...][{@,<}ADDRESS]     RANGE is START-[END] of all RAM; the first that holds counts
 *     SIZE[{@,<}ADDRESS]
 *     SIZE,below=ADDRESS                           the same as SIZE<ADDRESS, without a character that loaders treat
 *
 * Numbers without a letter are KiB. "@" is the exact place, "<" a limit for the end.
 */
#ifndef LIB_KEXEC_CRASHKERNEL_H
#define LIB_KEXEC_CRASHKERNEL_H

#include "base/parts.h"
#include "base/range.h"

#define CRASHKERNEL_RANGES 16u
#define CRASHKERNEL_ALIGN  0x1000000u /* 16 MiB: no kernel of today asks for more */

enum crashkernel_place { CRASHKERNEL_ANYWHERE, CRASHKERNEL_AT, CRASHKERNEL_BELOW };

/* All zero: none wanted. */
struct crashkernel {
    uint32_t count;
    struct {
        struct range ram; /* bytes of RAM, [start, end) */
        uint64_t size;
    } choice[CRASHKERNEL_RANGES];
    enum crashkernel_place place;
    uint64_t address;
};

/**
 * For the table of options. 0; -EINVAL: not of this form; -ERANGE: too large, or too many ranges; then *@out is
 * unchanged. With @log, ranges that cannot be read and a place that cannot are logged there, and the rest counts.
 */
int option_crashkernel(const char *value, size_t len, void *out, const struct part_log *log);

/** How many bytes are wanted on a machine with @ram bytes; 0: none. Rounded up to pages. */
uint64_t crashkernel_size(const struct crashkernel *c, uint64_t ram);

#endif
