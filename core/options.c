/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options in effect: written once, when the command line is read, and by hypfs where a parameter says so. */
#include <hv/options.h>

struct hv_options hv_options;
