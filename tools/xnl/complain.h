/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, for people on standard error and, where --json was asked for, for programs on standard output. */
#ifndef TOOLS_XNL_COMPLAIN_H
#define TOOLS_XNL_COMPLAIN_H

#include <stdbool.h>

/** Set by main() before a command runs: --json is among the arguments. */
extern bool xnl_json;

/**
 * "xnl: ..." on standard error, and {"error": ..., "status": ...} if JSON was asked for, which must then be all of the
 * output: nothing has been printed yet. Returns @status.
 */
int xnl_complain(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The same for wrong usage; @usage follows on standard error. XNL_USAGE. */
int xnl_wrong_usage(const char *usage, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
