/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flush clock's two words; hv/tlb_clock.h is the whole of it. */
#include "hv/tlb_clock.h"

uint64_t tlb_clock;
DEFINE_PER_CPU(uint64_t, tlb_time);
