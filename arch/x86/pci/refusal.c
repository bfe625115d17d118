/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pci/refusal.h"

#include "base/format.h"

#include <stdarg.h>

int refuse(struct refusal *why, int rc, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vformat(why->rule, sizeof(why->rule), fmt, args);
    va_end(args);
    return rc;
}
