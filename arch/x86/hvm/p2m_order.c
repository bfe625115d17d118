/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The largest leaf that the machine's CPUs walk: 1 GiB where they have such pages (APM volume 2, 15.25.5). */
#include "cpu/cpuid_boot.h"
#include "hvm/p2m.h"

unsigned int hvm_p2m_order_max(void) { return cpuid_policy_has(&arch_cpuid_policies.raw, CPUFEAT_PAGE1GB) ? 18 : 9; }
