/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why something was refused, in words, carried up to the one place that knows what was asked for and says both in a
 * line of the log. Whoever finds the rule broken writes the rule.
 */
#ifndef PCI_REFUSAL_H
#define PCI_REFUSAL_H

#include "hv/compiler.h"
#include "hv/types.h"

struct refusal {
    char rule[160]; /* empty: nobody gave one */
};

/** Writes the rule and returns @rc, the error that goes with it. */
int refuse(struct refusal *why, int rc, const char *fmt, ...) __printf_like(3, 4);

#endif
