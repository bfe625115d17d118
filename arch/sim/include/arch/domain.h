/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PV code runs here unchanged, so a domain is what it is on x86. */
#include <arch/current.h>
#include "arch/x86/include/arch/domain.h"
