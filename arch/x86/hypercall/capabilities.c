/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kinds of guests this machine runs, as XENVER_capabilities words it. */
#include "base/format.h"
#include "hv/version.h"

void arch_capabilities(char *buf, size_t len)
{
    format(buf, len, "xen-3.0-x86_64 ");
}
