/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three formats of a guest's page tables: how many levels, how wide an entry, what may not be set in one. */
#ifndef LIB_X86_GUEST_WALK_FORMAT_H
#define LIB_X86_GUEST_WALK_FORMAT_H

#include "x86/cpu/control_bits.h"
#include "x86/guest_walk/guest_walk.h"
#include "x86/msr/index.h"

enum paging_kind { PAGING_NONE, PAGING_32, PAGING_PAE, PAGING_LONG };


enum paging_kind paging_kind(const struct guest_paging *p);
/** Levels of tables in memory below CR3: 2, 3 or 4. */
unsigned int paging_levels(enum paging_kind kind);
/** Bytes of an entry: 4 or 8. */
unsigned int paging_entry_bytes(enum paging_kind kind);
/** The lowest bit of an address that an entry at @level decides: 12 at level 1. */
unsigned int paging_shift(enum paging_kind kind, unsigned int level);
/** Which entry of the table at @level translates @va. */
unsigned int paging_index(enum paging_kind kind, unsigned int level, uint64_t va);
/** Does @entry, which is present, map a page? */
bool paging_is_leaf(const struct guest_paging *p, enum paging_kind kind, unsigned int level, uint64_t entry);
/** The table or page that @entry points to. */
uint64_t paging_target(enum paging_kind kind, unsigned int level, uint64_t entry, bool leaf);
/** The bits that make @entry, which is present, a fault if they are set in it. */
uint64_t paging_reserved(const struct guest_paging *p, enum paging_kind kind, unsigned int level, bool leaf);
/** Is no-execute a right that these tables can express? */
bool paging_has_nx(const struct guest_paging *p, enum paging_kind kind);

#endif
