/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requested, in service, and who comes next (APM volume 2, 16.6.3 and 16.6.4). */
#include "x86/vlapic/private.h"

/* The highest bit set of a 256-bit register, or -1. */
static int highest(const struct vlapic *v, enum vlapic_reg reg)
{
    for (int word = 7; word >= 0; word--) {
        uint32_t bits = __atomic_load_n(&v->reg[reg / 4 + word * 4], __ATOMIC_ACQUIRE);

        if (bits)
            return word * 32 + 31 - __builtin_clz(bits);
    }
    return -1;
}

bool vlapic_accept(struct vlapic *v, uint8_t vector, bool level)
{
    uint32_t bit = 1u << vector % 32;

    if (vector < VECTOR_LOWEST)
        return false;
    /* What kind it is comes first: who takes it must find it. */
    if (level)
        __atomic_fetch_or(vlapic_word(v, VLAPIC_TMR, vector), bit, __ATOMIC_RELAXED);
    else
        __atomic_fetch_and(vlapic_word(v, VLAPIC_TMR, vector), ~bit, __ATOMIC_RELAXED);
    return !(__atomic_fetch_or(vlapic_word(v, VLAPIC_IRR, vector), bit, __ATOMIC_SEQ_CST) & bit);
}

uint8_t vlapic_ppr(const struct vlapic *v)
{
    int served = highest(v, VLAPIC_ISR);
    uint8_t task = (uint8_t)vlapic_get(v, VLAPIC_TPR), service = served < 0 ? 0 : (uint8_t)served;

    return task >> 4 >= service >> 4 ? task : service & 0xf0;
}

int vlapic_next(const struct vlapic *v)
{
    int vector = vlapic_enabled(v) ? highest(v, VLAPIC_IRR) : -1;

    return vector >= 0 && vector >> 4 > vlapic_ppr(v) >> 4 ? vector : -1;
}

int vlapic_waiting(const struct vlapic *v)
{
    int vector = vlapic_enabled(v) ? highest(v, VLAPIC_IRR) : -1, served = highest(v, VLAPIC_ISR);

    return vector >= 0 && vector >> 4 > (served < 0 ? 0 : served >> 4) ? vector : -1;
}

void vlapic_take(struct vlapic *v, uint8_t vector)
{
    uint32_t bit = 1u << vector % 32;

    __atomic_fetch_and(vlapic_word(v, VLAPIC_IRR, vector), ~bit, __ATOMIC_SEQ_CST);
    __atomic_fetch_or(vlapic_word(v, VLAPIC_ISR, vector), bit, __ATOMIC_RELAXED);
}

void vlapic_end(struct vlapic *v, struct vlapic_effect *effect)
{
    int vector = highest(v, VLAPIC_ISR);

    if (vector < 0)
        return;
    __atomic_fetch_and(vlapic_word(v, VLAPIC_ISR, (uint8_t)vector), ~(1u << vector % 32), __ATOMIC_RELAXED);
    effect->ended = true;
    effect->vector = (uint8_t)vector;
    effect->level = *vlapic_word(v, VLAPIC_TMR, (uint8_t)vector) & 1u << vector % 32;
}

uint8_t vlapic_cr8(const struct vlapic *v)
{
    return (uint8_t)(vlapic_get(v, VLAPIC_TPR) >> 4 & 0xf);
}

void vlapic_set_cr8(struct vlapic *v, uint8_t cr8)
{
    vlapic_put(v, VLAPIC_TPR, (uint32_t)(cr8 & 0xf) << 4);
}
