/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_PVMM_LAW_H
#define TEST_PVMM_LAW_H

#include "hv/log.h"

struct frame;

/** Panics, and says what is wrong, unless @cond. */
#define LAW(cond, ...) do { if (!(cond)) panic("the law is broken: " __VA_ARGS__); } while (0)

/** Somebody has a reference on @f, and it is one of the two domains'. */
bool frame_is_guests(const struct frame *f);
/** Panics and says what is wrong if counts or TLBs break the law (law.c says which). */
void law_check(void);

#endif
