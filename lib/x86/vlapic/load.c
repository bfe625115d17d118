/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A register page that was saved elsewhere, or made up by whoever: what it says goes through what a guest can write. */
#include "x86/vlapic/private.h"

#define SVR_KNOWN  0x3ffu
#define ICR_KNOWN  0xcefffu /* without the delivery status, which reads 0 */
#define TDCR_KNOWN 0xbu
#define ESR_KNOWN  (uint32_t)(VLAPIC_ESR_SEND_ILLEGAL | VLAPIC_ESR_RECEIVE_ILLEGAL)

/* What of a register is kept. */
static uint32_t known(enum vlapic_reg reg)
{
    switch (reg) {
    case VLAPIC_ID: case VLAPIC_LDR: case VLAPIC_ICR2:
        return 0xff000000;
    case VLAPIC_TPR:
        return 0xff;
    case VLAPIC_DFR: case VLAPIC_TMICT:
        return ~0u;
    case VLAPIC_SVR:
        return SVR_KNOWN;
    case VLAPIC_ESR:
        return ESR_KNOWN;
    case VLAPIC_ICR:
        return ICR_KNOWN;
    case VLAPIC_TDCR:
        return TDCR_KNOWN;
    default:
        return vlapic_lvt_mask(reg);
    }
}

/* Bits of vectors: none of those below 16. */
static uint32_t known_vectors(enum vlapic_reg reg)
{
    return (reg & 0x7f) == 0 ? ~((1u << VECTOR_LOWEST) - 1) : ~0u;
}

void vlapic_load(struct vlapic *v, const void *page, uint64_t now)
{
    for (unsigned int at = 0; at < sizeof(v->reg); at += 16) {
        enum vlapic_reg reg = (enum vlapic_reg)at;
        uint32_t word, mask = reg >= VLAPIC_ISR && reg < VLAPIC_ESR ? known_vectors(reg) : known(reg);

        memcpy(&word, (const char *)page + at, sizeof(word));
        if (reg == VLAPIC_ICR2 && vlapic_x2apic(v))
            mask = ~0u; /* the whole destination */
        vlapic_put(v, reg, word & mask);
    }
    vlapic_put(v, VLAPIC_LVR, VLAPIC_VERSION);
    if (vlapic_x2apic(v))
        vlapic_show_id(v);
    v->started = (int64_t)now;
    v->expired = false;
}
