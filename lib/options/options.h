/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's options: from the command line to a structure. The rows are in gen/options.tbl. */
#ifndef LIB_OPTIONS_OPTIONS_H
#define LIB_OPTIONS_OPTIONS_H

#include "options/custom.h"
#include "port.h"

#include <options_fields.h> /* struct hv_options, one member for each supported row */

/** Every option at its default. */
void options_default(struct hv_options *out);

/**
 * Change *@out by what @cmdline says, up to a lone "--". Of a value with several parts, those count that can be read; a
 * number beyond its limit counts as the limit; an option that is unknown, unsupported, or has a value of which nothing
 * can be read changes nothing. Each of these is logged to @log, with its name, what is wanted, and what may have been
 * meant. Of an option given twice, the last counts. Returns about how many words something was logged.
 */
unsigned int options_parse(const char *cmdline, struct hv_options *out, const struct lib_log *log);

/** Is this the name of an option, ours or Xen's, or "no-" and one? */
bool options_known(const char *name, size_t len);

/**
 * Change one option, strictly. 0, -ENOENT (none of that name is supported), -EINVAL (a value, or a part of it, that
 * cannot be read or is beyond a limit; nothing is changed).
 */
int options_set(struct hv_options *out, const char *name, const char *value);
/** An option's value in words that options_set() reads. 0, -ENOENT (none such, or one with a syntax of its own). */
int options_get(const struct hv_options *options, const char *name, char *text, size_t cap);

#endif
