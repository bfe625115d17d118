/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads entries through the direct map. A table may change or even be freed while we read; what we read is then of no
 * use, but it is always RAM that the frame table knows, and nothing is written.
 */
#include "pv/page_walk.h"

#include "hv/compiler.h"
#include "hv/frame.h"
#include "x86/pte/pte.h"

void page_walk(paddr_t cr3, vaddr_t va, struct page_walk *w)
{
    uint64_t table = cr3 & PTE_ADDR_MASK, all = ~0ULL, any = 0;

    *w = (struct page_walk){ .user = true, .write = true };
    for (unsigned int i = 0; i < 4; i++) {
        unsigned int slot = va >> (39 - 9 * i) & 511;
        mfn_t m = paddr_to_mfn(table);
        if (!mfn_valid(m))
            return;
        uint64_t e = READ_ONCE(((const uint64_t *)mfn_to_virt(m))[slot]);
        w->entry[i] = e;
        w->levels = i + 1;
        if (!(e & PTE_P))
            return;
        all &= e;
        any |= e;
        w->user = all & PTE_US;
        w->write = all & PTE_RW;
        w->nx = any & PTE_NX;
        if (i == 3 || (i > 0 && e & PTE_PS)) {
            w->present = true;
            return;
        }
        table = e & PTE_ADDR_MASK;
    }
}
