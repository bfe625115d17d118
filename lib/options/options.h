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
 * Change *@out by what @cmdline says, up to a lone "--". An option that is unknown, unsupported, or has an unreadable
 * value is reported to @log by name and changes nothing. Of an option given twice, the last counts. Returns how many
 * were reported.
 */
unsigned int options_parse(const char *cmdline, struct hv_options *out, const struct lib_log *log);

/** Change one option. 0, -ENOENT (none of that name is supported), -EINVAL (unreadable value, nothing is changed). */
int options_set(struct hv_options *out, const char *name, const char *value);
/** An option's value in words that options_set() reads. 0, -ENOENT (none such, or one with a syntax of its own). */
int options_get(const struct hv_options *options, const char *name, char *text, size_t cap);

#endif
