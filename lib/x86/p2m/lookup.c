/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the leaf of a gfn, and visiting leaves in order. */
#include "x86/p2m/tree.h"

static struct p2m_entry leaf_of(const struct p2m_tree *tree, uint64_t entry, unsigned int level, uint64_t gfn)
{
    struct p2m_entry leaf = { .mfn = P2M_NO_MFN, .type = P2M_ABSENT, .order = level_order(level) };

    if (!entry)
        return leaf;
    leaf.type = tree->format->type(entry);
    if (p2m_type_has_frame(leaf.type))
        leaf.mfn = tree->format->mfn(entry) + (gfn & (BIT(leaf.order) - 1));
    return leaf;
}

struct p2m_entry p2m_lookup(const struct p2m_tree *tree, uint64_t gfn)
{
    const uint64_t *table = tree->map(tree->opaque, tree->root);
    unsigned int level = P2M_LEVELS;
    uint64_t entry;

    if (gfn >= P2M_GFN_END)
        return (struct p2m_entry){ .mfn = P2M_NO_MFN, .type = P2M_ABSENT };
    for (;; level--) {
        entry = entry_read(&table[level_index(gfn, level)]);
        if (!leads_to_table(tree, entry, level))
            return leaf_of(tree, entry, level, gfn);
        table = table_of(tree, entry);
    }
}

/* The entry that decides about @gfn, and its level. */
static uint64_t *deciding(const struct p2m_tree *tree, uint64_t gfn, unsigned int *level)
{
    uint64_t *table = tree->map(tree->opaque, tree->root);

    for (*level = P2M_LEVELS;; --*level) {
        uint64_t *entry = &table[level_index(gfn, *level)];

        if (!leads_to_table(tree, *entry, *level))
            return entry;
        table = table_of(tree, *entry);
    }
}

static bool allows_less(enum p2m_type old, enum p2m_type type)
{
    return p2m_type_has_frame(old) && (!p2m_type_has_frame(type) ||
                                       (p2m_type_is_writable(old) && !p2m_type_is_writable(type)) ||
                                       (p2m_type_is_ram(old) && !p2m_type_is_ram(type)));
}

int p2m_visit(const struct p2m_tree *tree, uint64_t *gfn, uint64_t end, unsigned int budget,
              enum p2m_type (*visit)(void *opaque, uint64_t gfn, struct p2m_entry entry), void *opaque, bool *flush)
{
    end = MIN(end, P2M_GFN_END);
    while (*gfn < end) {
        unsigned int level;
        uint64_t *entry, first;

        if (!budget--)
            return -ERESTART;
        entry = deciding(tree, *gfn, &level);
        first = ROUND_DOWN(*gfn, BIT(level_order(level)));
        if (*entry) {
            struct p2m_entry leaf = leaf_of(tree, *entry, level, first);
            enum p2m_type type = visit(opaque, first, leaf);

            if (type != leaf.type) {
                entry_write(entry, tree->format->leaf(leaf.mfn, type, level));
                *flush |= allows_less(leaf.type, type);
            }
        }
        *gfn = first + BIT(level_order(level));
    }
    return 0;
}
