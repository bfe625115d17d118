/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Red-black trees whose nodes lie inside what they order. The tree knows nothing of keys: to search, the caller walks
 * left and right itself; to insert, it walks to the empty place and hands that over:
 *
 *     struct rb_node **link = &tree->root, *parent = NULL;
 *     while (*link) {
 *         parent = *link;
 *         link = key < key_of(parent) ? &parent->left : &parent->right;
 *     }
 *     rb_insert(tree, node, parent, link);
 *
 * Law: a red node has no red child, and every way from the root to an empty place passes equally many black nodes. So
 * no way is longer than twice another, and search, insert and erase are O(log n).
 */
#ifndef LIB_BASE_RBTREE_H
#define LIB_BASE_RBTREE_H

#include "port.h"

struct rb_node {
    struct rb_node *left, *right;
    uintptr_t up; /* the parent's address, with bit 0 set when this node is red */
};

struct rb_tree {
    struct rb_node *root;
};

#define rb_entry(node, type, member) container_of(node, type, member)

static inline struct rb_node *rb_parent(const struct rb_node *node)
{
    return (struct rb_node *)(node->up & ~(uintptr_t)1);
}

static inline bool rb_empty(const struct rb_tree *tree)
{
    return !tree->root;
}

/** Hang @node into the empty place *@link below @parent (NULL for an empty tree), then rebalance. */
void rb_insert(struct rb_tree *tree, struct rb_node *node, struct rb_node *parent, struct rb_node **link);

/** Take out @node, which is in the tree. Its own fields are not changed. */
void rb_erase(struct rb_tree *tree, struct rb_node *node);

/** In order; NULL at the end. */
struct rb_node *rb_first(const struct rb_tree *tree);
struct rb_node *rb_last(const struct rb_tree *tree);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

#endif
