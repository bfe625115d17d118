/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reset, and the three modes: off, xAPIC, x2APIC (SDM volume 3, 11.12.5; APM volume 2, 16.9). */
#include "x86/vlapic/private.h"

static uint32_t logical_x2apic_id(uint32_t id)
{
    return (id & ~0xfu) << 12 | 1u << (id & 0xf);
}

static void registers_reset(struct vlapic *v)
{
    static const enum vlapic_reg lvt[] = { VLAPIC_LVT_CMCI, VLAPIC_LVTT, VLAPIC_LVT_THERMAL, VLAPIC_LVT_PC, VLAPIC_LVT0,
                                           VLAPIC_LVT1, VLAPIC_LVT_ERROR };

    memset(v->reg, 0, sizeof(v->reg));
    vlapic_put(v, VLAPIC_LVR, VLAPIC_VERSION);
    vlapic_put(v, VLAPIC_SVR, 0xff);
    vlapic_put(v, VLAPIC_DFR, ~0u);
    for (size_t i = 0; i < ARRAY_SIZE(lvt); i++)
        vlapic_put(v, lvt[i], VLAPIC_LVT_MASKED);
    v->started = v->deadline = 0;
    v->expired = false;
}

void vlapic_show_id(struct vlapic *v)
{
    if (vlapic_x2apic(v)) {
        vlapic_put(v, VLAPIC_ID, v->id);
        vlapic_put(v, VLAPIC_LDR, logical_x2apic_id(v->id));
    } else {
        vlapic_put(v, VLAPIC_ID, v->id << 24);
        vlapic_put(v, VLAPIC_LDR, 0);
    }
}

void vlapic_reset(struct vlapic *v, uint32_t id, bool bsp)
{
    v->id = id;
    v->base = VLAPIC_BASE_DEFAULT | VLAPIC_BASE_ENABLE | (bsp ? VLAPIC_BASE_BSP : 0);
    registers_reset(v);
    vlapic_show_id(v);
}

void vlapic_init_signal(struct vlapic *v)
{
    registers_reset(v);
    vlapic_show_id(v);
}

bool vlapic_base_write(struct vlapic *v, uint64_t value, bool has_x2apic)
{
    uint64_t changed = v->base ^ value, modes = VLAPIC_BASE_ENABLE | VLAPIC_BASE_X2APIC;
    bool was_on = vlapic_hw_enabled(v), on = value & VLAPIC_BASE_ENABLE, x2 = value & VLAPIC_BASE_X2APIC;

    if (changed & ~(modes | VLAPIC_BASE_BSP)) /* it cannot be moved, and the rest is reserved */
        return false;
    if (x2 && (!on || !has_x2apic))
        return false;
    if (was_on && !(v->base & VLAPIC_BASE_X2APIC) && !on && x2)
        return false;
    if (!was_on && on && x2)
        return false; /* from off only to xAPIC */
    if (vlapic_x2apic(v) && on && !x2)
        return false; /* from x2APIC only to off */

    v->base = value;
    if (was_on && !on)
        registers_reset(v);
    if ((changed & modes) && on)
        vlapic_show_id(v);
    return true;
}
