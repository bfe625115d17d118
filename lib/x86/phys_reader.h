/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a parser of lib/ reads physical memory: by a function of its caller. */
#ifndef LIB_X86_PHYS_READER_H
#define LIB_X86_PHYS_READER_H

#include "base/range.h"

/** Physical memory as a parser may see it: copy @len bytes at @paddr to @buf, or return false if it cannot be read. */
struct phys_reader {
    bool (*read)(void *opaque, uint64_t paddr, void *buf, size_t len);
    void *opaque;
};

/** The same, refusing what wraps. */
static inline bool phys_read(const struct phys_reader *reader, uint64_t paddr, void *buf, size_t len)
{
    uint64_t end;

    return checked_add(paddr, len, &end) && reader->read(reader->opaque, paddr, buf, len);
}

#endif
