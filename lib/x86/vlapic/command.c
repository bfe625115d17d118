/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt commands: what the register says, and which APICs a destination names (APM volume 2, 16.5 and 16.6). */
#include "x86/vlapic/private.h"

#define BROADCAST_XAPIC  0xffu
#define BROADCAST_X2APIC 0xffffffffu
#define DFR_CLUSTER      0x0fffffffu
#define DFR_FLAT         0xffffffffu

struct vlapic_command vlapic_command(uint32_t low, uint32_t high, bool x2apic)
{
    return (struct vlapic_command){
        .delivery = (enum vlapic_delivery)(low >> 8 & 7),
        .shorthand = (enum vlapic_shorthand)(low >> 18 & 3),
        .vector = (uint8_t)low,
        .logical = low & BIT(11),
        .assert = low & BIT(14),
        .level = low & BIT(15),
        .dest = x2apic ? high : high >> 24,
        .wide = x2apic,
    };
}

static bool is_physical(const struct vlapic *v, const struct vlapic_command *c)
{
    if (c->dest == (c->wide ? BROADCAST_X2APIC : BROADCAST_XAPIC))
        return true;
    return vlapic_x2apic(v) ? c->dest == vlapic_get(v, VLAPIC_ID) : c->dest == vlapic_get(v, VLAPIC_ID) >> 24;
}

static bool in_x2apic_cluster(const struct vlapic *v, uint32_t dest)
{
    uint32_t ldr = vlapic_get(v, VLAPIC_LDR);

    return ldr >> 16 == dest >> 16 && (ldr & dest & 0xffff);
}

static bool is_logical(const struct vlapic *v, const struct vlapic_command *c)
{
    uint32_t ldr = vlapic_get(v, VLAPIC_LDR) >> 24, dfr = vlapic_get(v, VLAPIC_DFR);

    if (c->dest == (c->wide ? BROADCAST_X2APIC : BROADCAST_XAPIC))
        return true;
    if (vlapic_x2apic(v))
        return in_x2apic_cluster(v, c->dest);
    if (c->dest > 0xff)
        return false;
    if (dfr == DFR_FLAT)
        return ldr & c->dest;
    return dfr == DFR_CLUSTER && ldr >> 4 == c->dest >> 4 && (ldr & c->dest & 0xf);
}

bool vlapic_matches(const struct vlapic *v, const struct vlapic_command *command, const struct vlapic *sender)
{
    switch (command->shorthand) {
    case VLAPIC_TO_SELF:
        return v == sender;
    case VLAPIC_TO_ALL:
        return true;
    case VLAPIC_TO_OTHERS:
        return v != sender;
    default:
        return command->logical ? is_logical(v, command) : is_physical(v, command);
    }
}
