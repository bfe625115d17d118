/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_LAW_CHECK_H
#define TEST_LAW_CHECK_H

/** Panics and says what is wrong if the books and the model of world.h do not agree (check.c says which law). */
void law_check(void);

#endif
