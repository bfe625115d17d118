/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far another processor's time stamp counter is from ours. It is read between two readings of our own: what it said
 * lies between what it would have said at each of them, so every question narrows the offset from both sides.
 */
#ifndef LIB_X86_TSC_OFFSET_H
#define LIB_X86_TSC_OFFSET_H

#include "port.h"

struct tsc_offset {
    int64_t least, most;
};

/** Nothing known. */
#define TSC_OFFSET_UNKNOWN ((struct tsc_offset){ INT64_MIN, INT64_MAX })

/** The other counter said @theirs after ours had been @before and before it was @after; all modulo 2^64. */
void tsc_offset_narrow(struct tsc_offset *o, uint64_t before, uint64_t theirs, uint64_t after);
/**
 * Ticks by which theirs is ahead of ours (negative: behind). 0 if that is possible, or if nothing is known: what cannot
 * be told from equal counts as equal.
 */
int64_t tsc_offset_value(const struct tsc_offset *o);

#endif
