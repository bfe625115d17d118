/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <hv/options.h>

struct hv_options hv_options;
