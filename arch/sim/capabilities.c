/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the simulated machine says that it can run. A file of its own, so that a test may say something else. */
#include "base/format.h"
#include "hv/version.h"

void arch_capabilities(char *buf, size_t len) { format(buf, len, "sim-3.0 "); }
