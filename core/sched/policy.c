/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic of policy.h: virtual times wrap, so they are compared by difference and never by size. */
#include "policy.h"

void queue_insert(struct sched_queue *q, struct sched_vcpu *s)
{
    struct rb_node **link = &q->tree.root, *parent = NULL;
    bool leftmost = true;

    while (*link) {
        parent = *link;
        if (vtime_before(s->vtime, sched_of(parent)->vtime)) {
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

uint64_t sched_vtime_of(uint64_t ran, uint32_t weight)
{
    return ran * SCHED_WEIGHT_DEFAULT / (weight ? weight : SCHED_WEIGHT_DEFAULT);
}

void queue_advance(struct sched_queue *q, const struct sched_vcpu *running)
{
    const struct sched_vcpu *first = queue_first(q), *least = running ? running : first;

    if (!least)
        return;
    if (first && vtime_before(first->vtime, least->vtime))
        least = first;
    if (vtime_before(q->clock, least->vtime))
        q->clock = least->vtime;
}

void queue_place_wakeup(const struct sched_queue *q, struct sched_vcpu *s, bool busy)
{
    uint64_t earliest = q->clock - SCHED_SLEEP_CREDIT;

    if (vtime_before(s->vtime, earliest))
        s->vtime = earliest;
    queue_place_moved(q, s, busy);
}

void queue_place_moved(const struct sched_queue *q, struct sched_vcpu *s, bool busy)
{
    if (vtime_before(s->vtime, q->clock - SCHED_LAG_MAX))
        s->vtime = q->clock - SCHED_LAG_MAX;
    else if (busy && vtime_before(q->clock + SCHED_LAG_MAX, s->vtime))
        s->vtime = q->clock + SCHED_LAG_MAX;
}

bool sched_preempts(const struct sched_vcpu *s, const struct sched_vcpu *running)
{
    return vtime_before(s->vtime + SCHED_PREEMPT_LEAD, running->vtime);
}

void queue_place_yielded(const struct sched_queue *q, struct sched_vcpu *s)
{
    const struct sched_vcpu *first = queue_first(q);

    if (first && vtime_before(s->vtime, first->vtime))
        s->vtime = first->vtime; /* equals go in the order of insertion */
}
