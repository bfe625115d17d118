/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ways to the registers: a page of memory (xAPIC) and MSRs (x2APIC; SDM volume 3, table 11-6). */
#include "x86/msr/index.h"
#include "x86/vlapic/private.h"

#define LAST_BYTE 0x3e3u

uint64_t vlapic_mmio_read(const struct vlapic *v, unsigned int offset, unsigned int bytes, uint64_t now)
{
    unsigned int within = offset & 0xf;
    uint32_t value;

    if (offset > LAST_BYTE || within + bytes > 4)
        return 0;
    value = vlapic_register_read(v, (enum vlapic_reg)(offset & ~0xfu), now) >> within * 8;
    return bytes == 4 ? value : value & ((1u << bytes * 8) - 1);
}

void vlapic_mmio_write(struct vlapic *v, unsigned int offset, unsigned int bytes, uint64_t value, uint64_t now,
                       struct vlapic_effect *effect)
{
    enum vlapic_reg reg = (enum vlapic_reg)(offset & ~0xfu);
    unsigned int within = offset & 0xf;
    uint32_t whole = (uint32_t)value;

    *effect = (struct vlapic_effect){ 0 };
    if (offset > LAST_BYTE || within + bytes > 4)
        return;
    if (bytes < 4) { /* the rest of the register stays */
        uint32_t mask = ((1u << bytes * 8) - 1) << within * 8;

        whole = (vlapic_register_read(v, reg, now) & ~mask) | ((uint32_t)value << within * 8 & mask);
    }
    vlapic_register_write(v, reg, whole, now, effect);
}

/* Bits of an x2APIC register that may be written; *@writable false: none, a write faults. */
static uint32_t msr_mask(enum vlapic_reg reg, bool *writable)
{
    *writable = true;
    switch (reg) {
    case VLAPIC_TPR:
        return 0xff;
    case VLAPIC_SVR:
        return 0x3ff;
    case VLAPIC_TDCR:
        return 0xb;
    case VLAPIC_TMICT:
        return ~0u;
    case VLAPIC_ICR:
        return 0xccfff;
    case VLAPIC_SELF_IPI:
        return 0xff;
    case VLAPIC_EOI: case VLAPIC_ESR:
        return 0;
    default:
        *writable = vlapic_lvt_mask(reg);
        return vlapic_lvt_mask(reg);
    }
}

static bool msr_readable(enum vlapic_reg reg)
{
    switch (reg) {
    case VLAPIC_ID: case VLAPIC_LVR: case VLAPIC_TPR: case VLAPIC_PPR: case VLAPIC_LDR: case VLAPIC_SVR:
    case VLAPIC_ESR: case VLAPIC_LVT_CMCI: case VLAPIC_ICR: case VLAPIC_TMICT: case VLAPIC_TMCCT: case VLAPIC_TDCR:
        return true;
    default:
        return (reg >= VLAPIC_ISR && reg < VLAPIC_ESR) || (reg >= VLAPIC_LVTT && reg <= VLAPIC_LVT_ERROR);
    }
}

bool vlapic_msr_read(const struct vlapic *v, uint32_t msr, uint64_t now, uint64_t *value)
{
    enum vlapic_reg reg = (enum vlapic_reg)((msr - MSR_X2APIC_BASE) << 4);

    if (!vlapic_x2apic(v) || msr - MSR_X2APIC_BASE > 0x3f || !msr_readable(reg))
        return false;
    *value = vlapic_register_read(v, reg, now);
    if (reg == VLAPIC_ICR)
        *value |= (uint64_t)vlapic_get(v, VLAPIC_ICR2) << 32;
    return true;
}

bool vlapic_msr_write(struct vlapic *v, uint32_t msr, uint64_t value, uint64_t now, struct vlapic_effect *effect)
{
    enum vlapic_reg reg = (enum vlapic_reg)((msr - MSR_X2APIC_BASE) << 4);
    uint64_t mask;
    bool writable;

    *effect = (struct vlapic_effect){ 0 };
    if (!vlapic_x2apic(v) || msr - MSR_X2APIC_BASE > 0x3f)
        return false;
    mask = msr_mask(reg, &writable);
    if (reg == VLAPIC_ICR)
        mask |= 0xffffffffULL << 32;
    if (!writable || (value & ~mask))
        return false;
    if (reg == VLAPIC_ICR)
        vlapic_register_write(v, VLAPIC_ICR2, (uint32_t)(value >> 32), now, effect);
    if (reg == VLAPIC_SELF_IPI) {
        effect->ipi = true;
        effect->command = (struct vlapic_command){ .delivery = VLAPIC_FIXED, .shorthand = VLAPIC_TO_SELF,
                                                   .vector = (uint8_t)value, .wide = true };
        return true;
    }
    vlapic_register_write(v, reg, (uint32_t)value, now, effect);
    return true;
}
