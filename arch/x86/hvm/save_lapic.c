/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the local APIC: its base and modes, and its register page. The timer goes on with its whole count. */
#include "hvm/lapic.h"
#include "hvm/save.h"
#include "public.h"

#define BASE_KNOWN (VLAPIC_BASE_BSP | VLAPIC_BASE_X2APIC | VLAPIC_BASE_ENABLE)
#define DISABLED_HARDWARE BIT(0)
#define DISABLED_SOFTWARE BIT(1)

static struct vlapic *apic(const struct vcpu *v) { return &v->arch.hvm.lapic->apic; }

static uint32_t divisor(const struct vlapic *a)
{
    uint32_t tdcr = vlapic_get(a, VLAPIC_TDCR), code = (tdcr & 3) | (tdcr >> 1 & 4);

    return 1u << ((code + 1) & 7);
}

static uint32_t lapic_save(struct vcpu *v, void *out)
{
    const struct vlapic *a = apic(v);
    const struct hvm_hw_lapic hw = {
        .apic_base_msr = a->base,
        .disabled = (vlapic_hw_enabled(a) ? 0 : DISABLED_HARDWARE) |
                    (vlapic_get(a, VLAPIC_SVR) & VLAPIC_SVR_ENABLE ? 0 : DISABLED_SOFTWARE),
        .timer_divisor = divisor(a),
        .tdt_msr = a->deadline,
    };

    memcpy(out, &hw, sizeof(hw));
    return sizeof(hw);
}

static const char *lapic_check(const struct vcpu *v, const void *in, uint32_t length)
{
    struct hvm_hw_lapic hw;

    memcpy(&hw, in, sizeof(hw));
    if ((hw.apic_base_msr & ~BASE_KNOWN) != VLAPIC_BASE_DEFAULT)
        return "the base is elsewhere, or has reserved bits";
    if ((hw.apic_base_msr & VLAPIC_BASE_X2APIC) && !(hw.apic_base_msr & VLAPIC_BASE_ENABLE))
        return "x2APIC mode without the APIC is no mode";
    return NULL;
}

static void lapic_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    struct hvm_hw_lapic hw;

    memcpy(&hw, in, sizeof(hw));
    apic(v)->base = hw.apic_base_msr;
    apic(v)->deadline = hw.tdt_msr;
    hvm_lapic_rearm(v);
}

const struct hvm_record hvm_record_lapic = {
    HVM_SAVE_CODE(LAPIC), "local APIC", true, sizeof(struct hvm_hw_lapic), .save = lapic_save, .check = lapic_check,
    .load = lapic_load,
};

static uint32_t regs_save(struct vcpu *v, void *out)
{
    memcpy(out, apic(v)->reg, sizeof(struct hvm_hw_lapic_regs));
    return sizeof(struct hvm_hw_lapic_regs);
}

static void regs_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    struct vlapic *a = apic(v);

    _Static_assert(sizeof(a->reg) == sizeof(struct hvm_hw_lapic_regs), "the register page's first KiB");
    vlapic_load(a, in, now);
    hvm_lapic_rearm(v);
}

const struct hvm_record hvm_record_lapic_regs = {
    HVM_SAVE_CODE(LAPIC_REGS), "local APIC's registers", true, sizeof(struct hvm_hw_lapic_regs), .save = regs_save,
    .load = regs_load,
};
