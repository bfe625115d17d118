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

#endif
