/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that the tree's functions share. */
#ifndef LIB_X86_P2M_TREE_H
#define LIB_X86_P2M_TREE_H

#include "x86/p2m/p2m.h"

#define ENTRIES 512u

static inline unsigned int level_order(unsigned int level)
{
    return 9 * (level - 1);
}

static inline unsigned int level_index(uint64_t gfn, unsigned int level)
{
    return (unsigned int)(gfn >> level_order(level)) & (ENTRIES - 1);
}

/** One load, one store: a CPU walks at the same time. */
static inline uint64_t entry_read(const uint64_t *entry)
{
    return __atomic_load_n(entry, __ATOMIC_ACQUIRE);
}

static inline void entry_write(uint64_t *entry, uint64_t value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

static inline bool leads_to_table(const struct p2m_tree *tree, uint64_t entry, unsigned int level)
{
    return entry && level > 1 && tree->format->is_table(entry, level);
}

static inline uint64_t *table_of(const struct p2m_tree *tree, uint64_t entry)
{
    return tree->map(tree->opaque, tree->format->mfn(entry));
}

/** Put a table below *@entry, a leaf or 0 at @level, that says the same. Returns 0 or -ENOMEM. */
int p2m_split(const struct p2m_tree *tree, uint64_t *entry, unsigned int level);

#endif
