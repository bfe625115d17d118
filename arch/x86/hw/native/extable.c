/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table is a few dozen rows, in link order: a walk is as good as anything, on a path that is rare. */
#include "hw/native/extable.h"

struct extable_row {
    uint64_t from, to;
};
extern const struct extable_row extable_start[], extable_end[];

uint64_t extable_find(uint64_t rip)
{
    for (const struct extable_row *row = extable_start; row < extable_end; row++)
        if (row->from == rip)
            return row->to;
    return 0;
}
