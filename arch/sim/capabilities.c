/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the simulated machine says that it can run. */
#include "base/format.h"
#include "hv/version.h"

void arch_capabilities(char *buf, size_t len) { format(buf, len, "xen-3.0-x86_64 "); }
