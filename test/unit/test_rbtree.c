/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random insertions and removals; after each, the laws of rbtree.h are checked over the whole tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rbtree.h"

struct item {
    struct rb_node node;
    int key;
    bool present;
};

static int key_of(const struct rb_node *node)
{
    return rb_entry(node, struct item, node)->key;
}

static void insert(struct rb_tree *tree, struct item *item)
{
    struct rb_node **link = &tree->root, *parent = NULL;

    while (*link) {
        parent = *link;
        link = item->key < key_of(parent) ? &parent->left : &parent->right;
    }
    rb_insert(tree, &item->node, parent, link);
    item->present = true;
}

/* Returns the number of black nodes on each way down. */
static int check_laws(const struct rb_node *node, const struct rb_node *parent)
{
    int left, right;

    if (!node)
        return 0;
    assert_ptr_equal(rb_parent(node), parent);
    if (node->up & 1)
        assert_true(parent && !(parent->up & 1));
    left = check_laws(node->left, node);
    right = check_laws(node->right, node);
    assert_int_equal(left, right);
    return left + !(node->up & 1);
}

static void check_order(const struct rb_tree *tree, size_t count)
{
    const struct rb_node *last = NULL;
    size_t seen = 0;

    for (const struct rb_node *n = rb_first(tree); n; last = n, n = rb_next(n), seen++) {
        assert_ptr_equal(rb_prev(n), last);
        assert_true(!last || key_of(last) <= key_of(n));
    }
    assert_ptr_equal(rb_last(tree), last);
    assert_int_equal(seen, count);
}

static void test_random(void **state)
{
    static struct item items[200];
    struct rb_tree tree = { NULL };
    size_t count = 0;

    srand(1);
    for (int round = 0; round < 6000; round++) {
        struct item *item = &items[(size_t)rand() % ARRAY_SIZE(items)];

        if (item->present) {
            rb_erase(&tree, &item->node);
            item->present = false;
            count--;
        } else {
            item->key = rand() % 64; /* many equal keys */
            insert(&tree, item);
            count++;
        }
        check_laws(tree.root, NULL);
        check_order(&tree, count);
    }
}

static void test_rising_and_falling(void **state)
{
    static struct item items[500];
    struct rb_tree tree = { NULL };

    for (int i = 0; i < 500; i++) {
        items[i].key = i;
        insert(&tree, &items[i]);
        check_laws(tree.root, NULL);
    }
    for (int i = 0; i < 500; i++) {
        assert_ptr_equal(rb_first(&tree), &items[i].node);
        rb_erase(&tree, &items[i].node);
        check_laws(tree.root, NULL);
    }
    assert_true(rb_empty(&tree));
    assert_null(rb_first(&tree));
    assert_null(rb_last(&tree));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_rising_and_falling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
