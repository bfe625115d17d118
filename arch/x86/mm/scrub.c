/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeroing a page that goes back to the heap: past the caches, which hold what somebody will use, and half the stores of
 * general registers. The guest's XMM0 is in the CPU meanwhile, and comes back; a guest that has CR0.TS set keeps it.
 */
#include "hv/compiler.h"
#include "hv/heap.h"
#include "hw/native/cpu.h"
#include "hw/native/fpu.h"

void arch_scrub_page(void *page)
{
    uint64_t cr0 = read_cr0();

    if (unlikely(cr0 & CR0_TS))
        clts();
    page_zero_streaming(page);
    if (unlikely(cr0 & CR0_TS))
        write_cr0(cr0);
}
