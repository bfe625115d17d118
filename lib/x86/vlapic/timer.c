/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timer: a counter that runs down from the initial count at the bus clock divided by 1 to 128, once or for ever, or
 * a deadline in TSC ticks (SDM volume 3, 11.5.4). Nothing ticks: the count is computed from when it started.
 */
#include "x86/vlapic/private.h"

static uint64_t divisor(const struct vlapic *v)
{
    uint32_t tdcr = vlapic_get(v, VLAPIC_TDCR);
    unsigned int power = ((tdcr & 3) | (tdcr >> 1 & 4)) + 1;

    return BIT(power & 7);
}

static uint64_t period(const struct vlapic *v)
{
    return vlapic_get(v, VLAPIC_TMICT) * divisor(v) * VLAPIC_BUS_NS;
}

static uint32_t mode(const struct vlapic *v)
{
    return vlapic_get(v, VLAPIC_LVTT) & LVTT_MODE_MASK;
}

static uint64_t passed(const struct vlapic *v, uint64_t now)
{
    int64_t gone = (int64_t)now - v->started;

    return gone > 0 ? (uint64_t)gone : 0;
}

uint32_t vlapic_timer_count(const struct vlapic *v, uint64_t now)
{
    uint64_t whole = period(v), gone = passed(v, now);

    if (!whole || mode(v) == LVTT_DEADLINE)
        return 0;
    if (mode(v) == LVTT_PERIODIC)
        gone %= whole;
    else if (v->expired || gone >= whole)
        return 0;
    return vlapic_get(v, VLAPIC_TMICT) - (uint32_t)(gone / (divisor(v) * VLAPIC_BUS_NS));
}

void vlapic_timer_start(struct vlapic *v, uint32_t count, uint64_t now, struct vlapic_effect *effect)
{
    if (mode(v) == LVTT_DEADLINE)
        return; /* the count is not used */
    vlapic_put(v, VLAPIC_TMICT, count);
    v->started = (int64_t)now;
    v->expired = false;
    effect->timer = true;
}

/* What is left of the count stays, its ticks become longer or shorter. */
void vlapic_timer_divide(struct vlapic *v, uint32_t tdcr, uint64_t now, struct vlapic_effect *effect)
{
    uint32_t left = vlapic_timer_count(v, now);

    vlapic_put(v, VLAPIC_TDCR, tdcr & 0xb);
    if (!left)
        return;
    v->started = (int64_t)(now - (vlapic_get(v, VLAPIC_TMICT) - left) * divisor(v) * VLAPIC_BUS_NS);
    effect->timer = true;
}

void vlapic_timer_mode(struct vlapic *v, uint32_t lvtt, struct vlapic_effect *effect)
{
    bool deadline = (lvtt & LVTT_MODE_MASK) == LVTT_DEADLINE;

    if (deadline != (mode(v) == LVTT_DEADLINE)) {
        v->deadline = 0;
        vlapic_put(v, VLAPIC_TMICT, 0);
    }
    if ((lvtt & LVTT_MODE_MASK) == LVTT_PERIODIC)
        v->expired = false;
    vlapic_put(v, VLAPIC_LVTT, lvtt);
    effect->timer = true;
}

uint64_t vlapic_deadline_read(const struct vlapic *v)
{
    return mode(v) == LVTT_DEADLINE ? v->deadline : 0;
}

void vlapic_deadline_write(struct vlapic *v, uint64_t tsc, struct vlapic_effect *effect)
{
    if (!vlapic_hw_enabled(v) || mode(v) != LVTT_DEADLINE)
        return;
    v->deadline = tsc;
    effect->timer = true;
}

enum vlapic_timer_unit vlapic_timer_next(const struct vlapic *v, uint64_t now, uint64_t *when)
{
    uint64_t whole = period(v), gone = passed(v, now);

    if (!vlapic_hw_enabled(v))
        return VLAPIC_TIMER_OFF;
    if (mode(v) == LVTT_DEADLINE) {
        *when = v->deadline;
        return v->deadline ? VLAPIC_TIMER_TSC : VLAPIC_TIMER_OFF;
    }
    if (!whole || v->expired)
        return VLAPIC_TIMER_OFF;
    if (mode(v) == LVTT_PERIODIC)
        *when = (uint64_t)v->started + (gone / whole + 1) * whole;
    else
        *when = MAX((uint64_t)v->started + whole, now);
    return VLAPIC_TIMER_NS;
}

int vlapic_timer_end(struct vlapic *v, uint64_t now)
{
    uint32_t lvtt = vlapic_get(v, VLAPIC_LVTT);

    if (mode(v) == LVTT_DEADLINE)
        v->deadline = 0;
    else if (mode(v) == LVTT_PERIODIC && period(v))
        v->started += (int64_t)(passed(v, now) / period(v) * period(v));
    else
        v->expired = true;
    if ((lvtt & VLAPIC_LVT_MASKED) || (lvtt & 0xff) < VECTOR_LOWEST || !vlapic_enabled(v))
        return -1;
    return (int)(lvtt & 0xff);
}
