/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting in place: O(n log n) always, a constant amount of stack, no allocation. Not stable. */
#ifndef LIB_BASE_SORT_H
#define LIB_BASE_SORT_H

#include "port.h"

/** Order @count elements of @size bytes so that compare(a, b) <= 0 for every neighbour a before b. */
void sort(void *base, size_t count, size_t size, int (*compare)(const void *a, const void *b));

#endif
