/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that this hypervisor was booted with: set once at boot, and read-only afterwards but for
 * switches in hypfs below /params. See gen/options.tbl.
 */
#ifndef HV_OPTIONS_H
#define HV_OPTIONS_H

#include <options/options.h>

extern struct hv_options hv_options;

#endif
