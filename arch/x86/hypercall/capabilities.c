/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kinds of guests this machine runs, as XENVER_capabilities words it. */
#include "base/format.h"
#include "hv/version.h"
#include "hvm/hvm.h"

void arch_capabilities(char *buf, size_t len)
{
    format(buf, len, "xen-3.0-x86_64 %s", hvm_available() ? "hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 " : "");
}
