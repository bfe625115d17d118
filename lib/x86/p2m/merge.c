/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting leaves together again, and handing out a whole tree's tables. */
#include "x86/p2m/tree.h"

/* The leaf that says the same as the table at @entry, or 0 if its leaves do not agree. */
static uint64_t agreed(const struct p2m_tree *tree, uint64_t entry, unsigned int level)
{
    const uint64_t *below = table_of(tree, entry);
    uint64_t first = tree->format->mfn(below[0]), step = BIT(level_order(level - 1));

    if (!below[0] || leads_to_table(tree, below[0], level - 1) || tree->format->type(below[0]) != P2M_RAM ||
        first & (BIT(level_order(level)) - 1))
        return 0;
    for (unsigned int i = 1; i < ENTRIES; i++)
        if (below[i] != tree->format->leaf(first + i * step, P2M_RAM, level - 1))
            return 0;
    return tree->format->leaf(first, P2M_RAM, level);
}

static int merge_at(const struct p2m_tree *tree, uint64_t gfn, unsigned int level)
{
    uint64_t *table = tree->map(tree->opaque, tree->root), *entry, old, leaf;

    for (unsigned int at = P2M_LEVELS; at > level; at--) {
        entry = &table[level_index(gfn, at)];
        if (!leads_to_table(tree, *entry, at))
            return 0;
        table = table_of(tree, *entry);
    }
    entry = &table[level_index(gfn, level)];
    old = *entry;
    if (!leads_to_table(tree, old, level))
        return 0;
    leaf = agreed(tree, old, level);
    if (!leaf)
        return 0;
    entry_write(entry, leaf);
    tree->retire(tree->opaque, tree->format->mfn(old));
    return 1;
}

int p2m_merge(const struct p2m_tree *tree, uint64_t gfn)
{
    int merged;

    if (gfn >= P2M_GFN_END)
        return 0;
    merged = merge_at(tree, gfn, 2);
    if (tree->order_max >= 18)
        merged |= merge_at(tree, gfn, 3);
    return merged;
}

/* Depth first, without recursion: down the first table of each, until one has none below it. */
static bool retire_one(const struct p2m_tree *tree)
{
    uint64_t *table = tree->map(tree->opaque, tree->root), *way = NULL;
    unsigned int level = P2M_LEVELS;

    while (level > 1) {
        unsigned int i = 0;

        while (i < ENTRIES && !leads_to_table(tree, table[i], level))
            table[i++] = 0;
        if (i == ENTRIES)
            break;
        way = &table[i];
        table = table_of(tree, *way);
        level--;
    }
    if (!way)
        return false;
    tree->retire(tree->opaque, tree->format->mfn(*way));
    *way = 0;
    return true;
}

int p2m_tear_down(const struct p2m_tree *tree, unsigned int budget)
{
    while (budget--)
        if (!retire_one(tree))
            return 0;
    return -ERESTART;
}
