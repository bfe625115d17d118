/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mending after an insertion or a removal walks from the changed place towards the root. Left and right are mirror
 * images, so each step is written once with a side: child(n, side) and child(n, !side). An empty place counts as black.
 */
#include "base/rbtree.h"

static struct rb_node **child(struct rb_node *node, bool right)
{
    return right ? &node->right : &node->left;
}

static bool is_red(const struct rb_node *node)
{
    return node && (node->up & 1);
}

static void paint(struct rb_node *node, bool red)
{
    node->up = (node->up & ~(uintptr_t)1) | red;
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
    node->up = (uintptr_t)parent | (node->up & 1);
}

/* Let @parent (the tree itself if NULL) point to @new where it pointed to @old. */
static void replace_child(struct rb_tree *tree, struct rb_node *parent, struct rb_node *old, struct rb_node *new)
{
    if (!parent)
        tree->root = new;
    else
        *child(parent, parent->right == old) = new;
}

/* Turn @top towards @right: its child on the other side takes its place and adopts it. */
static void rotate(struct rb_tree *tree, struct rb_node *top, bool right)
{
    struct rb_node *riser = *child(top, !right), *moved = *child(riser, right), *parent = rb_parent(top);

    *child(top, !right) = moved;
    if (moved)
        set_parent(moved, top);
    *child(riser, right) = top;
    replace_child(tree, parent, top, riser);
    set_parent(riser, parent);
    set_parent(top, riser);
}

void rb_insert(struct rb_tree *tree, struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
    node->left = node->right = NULL;
    node->up = (uintptr_t)parent | 1;
    *link = node;

    /* Only one law can be broken: node and its parent are both red. Then there is a black grandparent. */
    while (is_red(rb_parent(node))) {
        struct rb_node *grand, *uncle;
        bool right;

        parent = rb_parent(node);
        grand = rb_parent(parent);
        right = grand->right == parent;
        uncle = *child(grand, !right);
        if (is_red(uncle)) { /* push the red up two levels */
            paint(parent, false);
            paint(uncle, false);
            paint(grand, true);
            node = grand;
            continue;
        }
        if (node == *child(parent, !right)) { /* bend: straighten first */
            rotate(tree, parent, right);
            parent = node;
        }
        rotate(tree, grand, !right);
        paint(parent, false);
        paint(grand, true);
        break;
    }
    paint(tree->root, false);
}

/* The ways through @node (perhaps empty), a child of @parent, have one black too few. */
static void mend_short(struct rb_tree *tree, struct rb_node *node, struct rb_node *parent)
{
    while (parent && !is_red(node)) {
        bool right = parent->right == node;
        struct rb_node *sibling = *child(parent, !right);

        if (is_red(sibling)) { /* make the sibling black without changing any way's count */
            paint(sibling, false);
            paint(parent, true);
            rotate(tree, parent, right);
            sibling = *child(parent, !right);
        }
        if (!is_red(sibling->left) && !is_red(sibling->right)) { /* shorten the other side too, and go up */
            paint(sibling, true);
            node = parent;
            parent = rb_parent(node);
            continue;
        }
        if (!is_red(*child(sibling, !right))) { /* bring the red nephew to the outside */
            paint(*child(sibling, right), false);
            paint(sibling, true);
            rotate(tree, sibling, !right);
            sibling = *child(parent, !right);
        }
        paint(sibling, is_red(parent));
        paint(parent, false);
        paint(*child(sibling, !right), false);
        rotate(tree, parent, right);
        return;
    }
    if (node)
        paint(node, false);
}

/* Take out a node with at most one child. */
static void erase_thin(struct rb_tree *tree, struct rb_node *node)
{
    struct rb_node *only = node->left ? node->left : node->right, *parent = rb_parent(node);

    replace_child(tree, parent, node, only);
    if (only)
        set_parent(only, parent);
    if (!is_red(node))
        mend_short(tree, only, parent);
}

void rb_erase(struct rb_tree *tree, struct rb_node *node)
{
    struct rb_node *heir;

    if (!node->left || !node->right) {
        erase_thin(tree, node);
        return;
    }
    /* The next in order has no left child: take it out instead, then let it stand in for @node. */
    for (heir = node->right; heir->left;)
        heir = heir->left;
    erase_thin(tree, heir);

    heir->up = node->up;
    heir->left = node->left;
    heir->right = node->right;
    replace_child(tree, rb_parent(node), node, heir);
    if (heir->left)
        set_parent(heir->left, heir);
    if (heir->right)
        set_parent(heir->right, heir);
}

static struct rb_node *outermost(struct rb_node *node, bool right)
{
    while (node && *child(node, right))
        node = *child(node, right);
    return node;
}

static struct rb_node *neighbour(const struct rb_node *from, bool right)
{
    struct rb_node *node = (struct rb_node *)from, *parent;

    if (*child(node, right))
        return outermost(*child(node, right), !right);
    while ((parent = rb_parent(node)) && *child(parent, right) == node)
        node = parent;
    return parent;
}

struct rb_node *rb_first(const struct rb_tree *tree)
{
    return outermost(tree->root, false);
}

struct rb_node *rb_last(const struct rb_tree *tree)
{
    return outermost(tree->root, true);
}

struct rb_node *rb_next(const struct rb_node *node)
{
    return neighbour(node, true);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
    return neighbour(node, false);
}
