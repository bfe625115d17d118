/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers one by one: which bits stay, and what a write does besides. */
#include "x86/vlapic/private.h"

#define ICR_BUSY BIT(12)

uint32_t vlapic_lvt_mask(enum vlapic_reg reg)
{
    switch (reg) {
    case VLAPIC_LVTT:
        return 0x710ff;
    case VLAPIC_LVT_CMCI: case VLAPIC_LVT_THERMAL: case VLAPIC_LVT_PC:
        return 0x117ff;
    case VLAPIC_LVT0: case VLAPIC_LVT1:
        return 0x1f7ff;
    case VLAPIC_LVT_ERROR:
        return 0x110ff;
    default:
        return 0;
    }
}

uint32_t vlapic_register_read(const struct vlapic *v, enum vlapic_reg reg, uint64_t now)
{
    switch (reg) {
    case VLAPIC_PPR:
        return vlapic_ppr(v);
    case VLAPIC_TMCCT:
        return vlapic_timer_count(v, now);
    case VLAPIC_EOI:
        return 0;
    default:
        return vlapic_get(v, reg);
    }
}

static void mask_local_vectors(struct vlapic *v)
{
    for (unsigned int reg = VLAPIC_LVTT; reg <= VLAPIC_LVT_ERROR; reg += 0x10)
        vlapic_put(v, (enum vlapic_reg)reg, vlapic_get(v, (enum vlapic_reg)reg) | VLAPIC_LVT_MASKED);
    vlapic_put(v, VLAPIC_LVT_CMCI, vlapic_get(v, VLAPIC_LVT_CMCI) | VLAPIC_LVT_MASKED);
}

static void write_svr(struct vlapic *v, uint32_t value, struct vlapic_effect *effect)
{
    bool was = vlapic_get(v, VLAPIC_SVR) & VLAPIC_SVR_ENABLE;

    vlapic_put(v, VLAPIC_SVR, value & 0x3ff);
    if (!(value & VLAPIC_SVR_ENABLE))
        mask_local_vectors(v);
    else if (!was)
        effect->enabled = true;
}

static bool needs_vector(enum vlapic_delivery delivery)
{
    return delivery == VLAPIC_FIXED || delivery == VLAPIC_LOWEST;
}

static void write_icr(struct vlapic *v, uint32_t low, struct vlapic_effect *effect)
{
    vlapic_put(v, VLAPIC_ICR, low & ~(uint32_t)ICR_BUSY);
    effect->command = vlapic_command(low, vlapic_get(v, VLAPIC_ICR2), vlapic_x2apic(v));
    if (needs_vector(effect->command.delivery) && effect->command.vector < VECTOR_LOWEST) {
        vlapic_put(v, VLAPIC_ESR, vlapic_get(v, VLAPIC_ESR) | VLAPIC_ESR_SEND_ILLEGAL);
        effect->error = true;
        return;
    }
    effect->ipi = true;
}

static void write_lvt(struct vlapic *v, enum vlapic_reg reg, uint32_t value, struct vlapic_effect *effect)
{
    value &= vlapic_lvt_mask(reg);
    if (!(vlapic_get(v, VLAPIC_SVR) & VLAPIC_SVR_ENABLE))
        value |= VLAPIC_LVT_MASKED;
    if (reg == VLAPIC_LVTT)
        vlapic_timer_mode(v, value, effect);
    else
        vlapic_put(v, reg, value);
}

void vlapic_register_write(struct vlapic *v, enum vlapic_reg reg, uint32_t value, uint64_t now,
                           struct vlapic_effect *effect)
{
    switch (reg) {
    case VLAPIC_TPR:
        vlapic_put(v, reg, value & 0xff);
        break;
    case VLAPIC_EOI:
        vlapic_end(v, effect);
        break;
    case VLAPIC_SVR:
        write_svr(v, value, effect);
        break;
    case VLAPIC_ICR:
        write_icr(v, value, effect);
        break;
    case VLAPIC_ICR2:
        vlapic_put(v, reg, vlapic_x2apic(v) ? value : value & 0xff000000);
        break;
    case VLAPIC_TMICT:
        vlapic_timer_start(v, value, now, effect);
        break;
    case VLAPIC_TDCR:
        vlapic_timer_divide(v, value, now, effect);
        break;
    case VLAPIC_ESR:
        vlapic_put(v, reg, 0); /* a write shows what came since the last one; errors are shown at once, so none did */
        break;
    case VLAPIC_ID: /* xAPIC only */
        vlapic_put(v, reg, value & 0xff000000);
        break;
    case VLAPIC_LDR:
        vlapic_put(v, reg, value & 0xff000000);
        break;
    case VLAPIC_DFR:
        vlapic_put(v, reg, value | 0x0fffffff);
        break;
    default:
        if (vlapic_lvt_mask(reg))
            write_lvt(v, reg, value, effect);
        break;
    }
}
