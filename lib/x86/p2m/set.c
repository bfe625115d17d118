/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing leaves: down to the level wanted, splitting what is in the way, then one store. */
#include "x86/p2m/tree.h"

int p2m_split(const struct p2m_tree *tree, uint64_t *entry, unsigned int level)
{
    uint64_t old = *entry, mfn, *below;

    if (!tree->alloc(tree->opaque, &mfn))
        return -ENOMEM;
    below = tree->map(tree->opaque, mfn);
    if (old) {
        enum p2m_type type = tree->format->type(old);
        uint64_t first = tree->format->mfn(old), step = BIT(level_order(level - 1));

        for (unsigned int i = 0; i < ENTRIES; i++)
            below[i] = tree->format->leaf(first + i * step, type, level - 1);
    }
    entry_write(entry, tree->format->table(mfn));
    return 0;
}

/* The entry of @gfn at @level. NULL if there is no memory for a table above it, or, with *@absent, none is needed. */
static uint64_t *reach(const struct p2m_tree *tree, uint64_t gfn, unsigned int level, bool *absent)
{
    uint64_t *table = tree->map(tree->opaque, tree->root);

    for (unsigned int at = P2M_LEVELS; at > level; at--) {
        uint64_t *entry = &table[level_index(gfn, at)];

        if (!*entry && *absent)
            return NULL;
        if (!leads_to_table(tree, *entry, at) && p2m_split(tree, entry, at)) {
            *absent = false;
            return NULL;
        }
        table = table_of(tree, *entry);
    }
    *absent = false;
    return &table[level_index(gfn, level)];
}

/* A leaf takes the place of @old, which may lead to one table of leaves. */
static int replace(const struct p2m_tree *tree, uint64_t *entry, uint64_t next, unsigned int level)
{
    uint64_t old = *entry;

    if (old == next)
        return 0;
    entry_write(entry, next);
    if (leads_to_table(tree, old, level)) {
        tree->retire(tree->opaque, tree->format->mfn(old));
        return 1;
    }
    return old && p2m_type_has_frame(tree->format->type(old));
}

static int set_leaf(const struct p2m_tree *tree, uint64_t gfn, unsigned int order, uint64_t mfn, enum p2m_type type)
{
    unsigned int level = order / 9 + 1;
    bool absent = type == P2M_ABSENT;
    uint64_t *entry = reach(tree, gfn, level, &absent);

    if (!entry)
        return absent ? 0 : -ENOMEM;
    if (level > 2 && leads_to_table(tree, *entry, level))
        return -EEXIST;
    return replace(tree, entry, absent || type == P2M_ABSENT ? 0 : tree->format->leaf(mfn, type, level), level);
}

/* A leaf of 1 GiB on a CPU that has none. The tables are made first, so that running out of memory changes nothing. */
static int set_in_parts(const struct p2m_tree *tree, uint64_t gfn, uint64_t mfn, enum p2m_type type)
{
    bool absent = type == P2M_ABSENT;
    uint64_t *first = reach(tree, gfn, 2, &absent);
    int flush = 0;

    if (!first)
        return absent ? 0 : -ENOMEM;
    for (unsigned int i = 0; i < ENTRIES; i++)
        if (leads_to_table(tree, first[i], 2))
            return -EEXIST;
    for (unsigned int i = 0; i < ENTRIES; i++)
        flush |= replace(tree, &first[i], type == P2M_ABSENT ? 0 : tree->format->leaf(mfn + i * BIT(9), type, 2), 2);
    return flush;
}

int p2m_set(const struct p2m_tree *tree, uint64_t gfn, unsigned int order, uint64_t mfn, enum p2m_type type)
{
    uint64_t size = BIT(order);

    if ((order != 0 && order != 9 && order != 18) || gfn >= P2M_GFN_END || gfn & (size - 1) || type >= P2M_TYPES)
        return -EINVAL;
    if (p2m_type_has_frame(type) && (mfn & (size - 1) || mfn >= P2M_NO_MFN))
        return -EINVAL;
    return order > tree->order_max ? set_in_parts(tree, gfn, mfn, type) : set_leaf(tree, gfn, order, mfn, type);
}
