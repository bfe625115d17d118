/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of what a container has and hardly uses: memory types, interrupt wires, machine checks, TSC_ADJUST. */
#include "hvm/save.h"
#include "hvm/vendor.h"

#include "public.h"
#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"

static uint32_t mtrr_save(struct vcpu *v, void *out)
{
    const struct hvm_mtrr *m = &v->arch.hvm.mtrr;
    struct hvm_hw_mtrr hw = { .msr_mtrr_cap = MTRR_CAP_GUEST, .msr_mtrr_def_type = m->def_type };

    _Static_assert(sizeof(hw.msr_mtrr_var) == sizeof(m->variable) && sizeof(hw.msr_mtrr_fixed) == sizeof(m->fixed),
                   "as many as the ABI has");
    (void)hvm_vendor->msr_get(v, MSR_PAT, &hw.msr_pat_cr);
    memcpy(hw.msr_mtrr_var, m->variable, sizeof(m->variable));
    memcpy(hw.msr_mtrr_fixed, m->fixed, sizeof(m->fixed));
    memcpy(out, &hw, sizeof(hw));
    return sizeof(hw);
}

static const char *mtrr_check(const struct vcpu *v, const void *in, uint32_t length)
{
    struct hvm_hw_mtrr hw;

    memcpy(&hw, in, sizeof(hw));
    if ((hw.msr_mtrr_cap & MTRR_CAP_COUNT) > MTRR_VCNT)
        return "more variable ranges than there are";
    if (!pat_ok(hw.msr_pat_cr))
        return "the PAT has a type that does not exist";
    if (!mtrr_default_ok(hw.msr_mtrr_def_type))
        return "the default type is none";
    for (unsigned int i = 0; i < NUM_FIXED_MSR; i++)
        if (!mtrr_fixed_ok(hw.msr_mtrr_fixed[i]))
            return "a fixed range has a type that does not exist";
    return NULL;
}

static void mtrr_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    struct hvm_mtrr *m = &v->arch.hvm.mtrr;
    struct hvm_hw_mtrr hw;

    memcpy(&hw, in, sizeof(hw));
    (void)hvm_vendor->msr_put(v, MSR_PAT, hw.msr_pat_cr);
    m->def_type = hw.msr_mtrr_def_type;
    memcpy(m->variable, hw.msr_mtrr_var, sizeof(m->variable));
    memcpy(m->fixed, hw.msr_mtrr_fixed, sizeof(m->fixed));
}

const struct hvm_record hvm_record_mtrr = {
    HVM_SAVE_CODE(MTRR), "memory types", true, sizeof(struct hvm_hw_mtrr), .save = mtrr_save, .check = mtrr_check,
    .load = mtrr_load,
};

/* Wires of interrupts that no device of ours drives: kept for who saved them. */

static uint32_t pci_irq_save(struct vcpu *v, void *out)
{
    memcpy(out, v->domain->arch.hvm.wires.pci, sizeof(struct hvm_hw_pci_irqs));
    return sizeof(struct hvm_hw_pci_irqs);
}
static void pci_irq_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    memcpy(v->domain->arch.hvm.wires.pci, in, sizeof(struct hvm_hw_pci_irqs));
}
const struct hvm_record hvm_record_pci_irq = {
    HVM_SAVE_CODE(PCI_IRQ), "PCI interrupts", false, sizeof(struct hvm_hw_pci_irqs), .save = pci_irq_save,
    .load = pci_irq_load,
};

static uint32_t isa_irq_save(struct vcpu *v, void *out)
{
    memcpy(out, &v->domain->arch.hvm.wires.isa, sizeof(struct hvm_hw_isa_irqs));
    return sizeof(struct hvm_hw_isa_irqs);
}
static void isa_irq_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    memcpy(&v->domain->arch.hvm.wires.isa, in, sizeof(struct hvm_hw_isa_irqs));
}
const struct hvm_record hvm_record_isa_irq = {
    HVM_SAVE_CODE(ISA_IRQ), "ISA interrupts", false, sizeof(struct hvm_hw_isa_irqs), .save = isa_irq_save,
    .load = isa_irq_load,
};

static uint32_t pci_link_save(struct vcpu *v, void *out)
{
    memcpy(out, v->domain->arch.hvm.wires.link, sizeof(v->domain->arch.hvm.wires.link));
    return sizeof(struct hvm_hw_pci_link);
}
static const char *pci_link_check(const struct vcpu *v, const void *in, uint32_t length)
{
    struct hvm_hw_pci_link link;

    memcpy(&link, in, sizeof(link));
    for (unsigned int i = 0; i < ARRAY_SIZE(link.route); i++)
        if (link.route[i] > 15)
            return "a link leads to an ISA interrupt above 15";
    return NULL;
}
static void pci_link_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    memcpy(v->domain->arch.hvm.wires.link, in, sizeof(v->domain->arch.hvm.wires.link));
}
const struct hvm_record hvm_record_pci_link = {
    HVM_SAVE_CODE(PCI_LINK), "PCI links", false, sizeof(struct hvm_hw_pci_link), .save = pci_link_save,
    .check = pci_link_check, .load = pci_link_load,
};

/* Two banks without a control register, as MSR 0x179 says. */
static uint32_t vmce_save(struct vcpu *v, void *out)
{
    const struct hvm_vmce_vcpu vmce = { .caps = MCG_CAP_BANKS };

    memcpy(out, &vmce, sizeof(vmce));
    return sizeof(vmce);
}
static const char *vmce_check(const struct vcpu *v, const void *in, uint32_t length)
{
    struct hvm_vmce_vcpu vmce;

    memcpy(&vmce, in, sizeof(vmce));
    return vmce.caps == MCG_CAP_BANKS && !vmce.mcg_ext_ctl ? NULL : "machine checks of another kind than ours";
}
static void vmce_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now) { }
const struct hvm_record hvm_record_vmce = {
    HVM_SAVE_CODE(VMCE_VCPU), "machine checks", true, sizeof(struct hvm_vmce_vcpu), .save = vmce_save,
    .check = vmce_check, .load = vmce_load,
};

static uint32_t tsc_adjust_save(struct vcpu *v, void *out)
{
    memcpy(out, &v->arch.hvm.tsc_adjust, sizeof(struct hvm_tsc_adjust));
    return sizeof(struct hvm_tsc_adjust);
}
static void tsc_adjust_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    memcpy(&v->arch.hvm.tsc_adjust, in, sizeof(struct hvm_tsc_adjust)); /* the counter has it in it already */
}
const struct hvm_record hvm_record_tsc_adjust = {
    HVM_SAVE_CODE(TSC_ADJUST), "TSC_ADJUST", true, sizeof(struct hvm_tsc_adjust), .save = tsc_adjust_save,
    .load = tsc_adjust_load,
};
