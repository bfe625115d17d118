/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions of ours that may fault, each with the place to go on when it does. Inline assembly adds a row with
 * EXTABLE; trap/dispatch.c looks it up before it calls a fault ours.
 */
#ifndef HW_NATIVE_EXTABLE_H
#define HW_NATIVE_EXTABLE_H

#include "hv/types.h"

/** A row for inline assembly: when the instruction at label @from faults, go on at label @to. */
#define EXTABLE(from, to) ".pushsection .extable, \"a\"\n .quad " #from ", " #to "\n .popsection\n"

/** Where to go on after a fault at @rip, or 0. */
uint64_t extable_find(uint64_t rip);

#endif
