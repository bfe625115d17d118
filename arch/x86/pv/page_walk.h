/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: the guest's page tables as they stand in memory, for faults and for dumps. */
#ifndef PV_PAGE_WALK_H
#define PV_PAGE_WALK_H

#include "hv/types.h"

struct page_walk {
    unsigned int levels;   /* entries read, 1 to 4, from L4 down */
    uint64_t entry[4];     /* [0] is L4's */
    bool present;          /* all were, and the last one maps a page */
    bool user, write, nx;  /* rights that the entries together give, as the CPU would see them */
};

/** Walks the tables at @cr3 for @va. Takes no reference and no lock: the result is of the moment. */
void page_walk(paddr_t cr3, vaddr_t va, struct page_walk *w);

#endif
