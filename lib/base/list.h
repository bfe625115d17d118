/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Circular doubly linked lists whose nodes lie inside what they link. A head is a node like the others that belongs to
 * nothing; an empty list is a head that points to itself. A removed node points to itself too, so list_empty(node)
 * says whether it is on a list, and removing it twice does no harm.
 */
#ifndef LIB_BASE_LIST_H
#define LIB_BASE_LIST_H

#include "port.h"

struct list_node {
    struct list_node *next, *prev;
};

#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name)      struct list_node name = LIST_HEAD_INIT(name)

static inline void list_init(struct list_node *node)
{
    node->next = node->prev = node;
}

static inline bool list_empty(const struct list_node *head)
{
    return head->next == head;
}

/** Put @node directly after @where: with a head, at the front of its list. */
static inline void list_add(struct list_node *node, struct list_node *where)
{
    node->prev = where;
    node->next = where->next;
    where->next->prev = node;
    where->next = node;
}

/** Put @node directly before @where: with a head, at the end of its list. */
static inline void list_add_tail(struct list_node *node, struct list_node *where)
{
    list_add(node, where->prev);
}

static inline void list_del(struct list_node *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

static inline void list_move(struct list_node *node, struct list_node *where)
{
    list_del(node);
    list_add(node, where);
}

static inline void list_move_tail(struct list_node *node, struct list_node *where)
{
    list_del(node);
    list_add_tail(node, where);
}

/** Everything on @from goes to the end of @to, in order; @from is left empty. */
static inline void list_splice_tail(struct list_node *from, struct list_node *to)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

#define list_entry(node, type, member) container_of(node, type, member)

/** The first or last entry, or NULL of an empty list. */
#define list_first_entry(head, type, member) \
    (list_empty(head) ? NULL : list_entry((head)->next, type, member))
#define list_last_entry(head, type, member) \
    (list_empty(head) ? NULL : list_entry((head)->prev, type, member))

#define list_for_each_entry(pos, head, member)                             \
    for ((pos) = list_entry((head)->next, __typeof__(*(pos)), member);     \
         &(pos)->member != (head);                                         \
         (pos) = list_entry((pos)->member.next, __typeof__(*(pos)), member))

/** The same when the body may remove @pos (and only @pos) from the list. */
#define list_for_each_entry_safe(pos, tmp, head, member)                   \
    for ((pos) = list_entry((head)->next, __typeof__(*(pos)), member),     \
        (tmp) = list_entry((pos)->member.next, __typeof__(*(pos)), member); \
         &(pos)->member != (head);                                         \
         (pos) = (tmp), (tmp) = list_entry((tmp)->member.next, __typeof__(*(tmp)), member))

#endif
