/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own symbols, for call traces. The second link step appends a table to .symbols: a count, then pairs {offset from
 * the image's start, offset of the name}, ascending, then the names. Without the table a trace shows addresses only.
 */
#include "hv/types.h"
#include "hv/log.h"
#include "trap/trap.h"

struct symbol_row {
    uint32_t address, name;
};
struct symbol_table {
    uint32_t count, names;
    struct symbol_row row[];
};

extern const char image_start[], text_end[], symbols_start[], symbols_end[];

const char *symbol_find(uint64_t address, uint64_t *offset)
{
    const struct symbol_table *t = (const struct symbol_table *)symbols_start;

    if ((size_t)(symbols_end - symbols_start) < sizeof(*t) || address < (uint64_t)image_start ||
        address >= (uint64_t)text_end)
        return NULL;
    uint32_t want = (uint32_t)(address - (uint64_t)image_start), low = 0, high = t->count;
    while (high - low > 1) {
        uint32_t mid = (low + high) / 2;
        if (t->row[mid].address <= want)
            low = mid;
        else
            high = mid;
    }
    if (!t->count || t->row[low].address > want)
        return NULL;
    *offset = want - t->row[low].address;
    return symbols_start + t->names + t->row[low].name;
}

const char *arch_code_name(uintptr_t address)
{
    uint64_t offset;

    return symbol_find(address, &offset) ?: "?";
}
