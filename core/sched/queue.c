/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of vCPUs in the order of their keys. Keys wrap, so they are compared by difference and never by size. */
#include "policy.h"

void queue_insert(struct sched_queue *q, struct sched_vcpu *s)
{
    struct rb_node **link = &q->tree.root, *parent = NULL;
    bool leftmost = true;

    while (*link) {
        parent = *link;
        if (key_before(s->key, sched_of(parent)->key)) {
            link = &parent->left;
        } else {
            link = &parent->right;
            leftmost = false;
        }
    }
    rb_insert(&q->tree, &s->node, parent, link);
    if (leftmost)
        q->first = &s->node;
    q->nr++;
    s->place = SCHED_QUEUED;
}

void queue_remove(struct sched_queue *q, struct sched_vcpu *s)
{
    if (q->first == &s->node)
        q->first = rb_next(&s->node);
    rb_erase(&q->tree, &s->node);
    q->nr--;
    s->place = SCHED_OFF;
}
