/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control registers and EFER (APM volume 2, 3.1 and 5.2): what a value must be like, given the others, and what follows
 * from it. Each is checked whole before anything changes; the processor is never given what it would refuse.
 */
#include "hvm/control.h"

#include "cpu/fpu.h"
#include "cpu/xstate_boot.h"
#include "hvm/hvm.h"
#include "hvm/lapic.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/efer.h"

#define CR0_GUEST (CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG)
#define CR0_HIGH  0xffffffff00000000ULL
#define CR3_PCID  0xfffULL

static uint64_t cr4_settable(const struct domain *d)
{
    static const struct { uint16_t feature; uint32_t bits; } rows[] = {
        { CPUFEAT_VME, CR4_VME | CR4_PVI }, { CPUFEAT_TSC, CR4_TSD }, { CPUFEAT_DE, CR4_DE }, { CPUFEAT_PSE, CR4_PSE },
        { CPUFEAT_PAE, CR4_PAE }, { CPUFEAT_MCE, CR4_MCE }, { CPUFEAT_PGE, CR4_PGE }, { CPUFEAT_FXSR, CR4_OSFXSR },
        { CPUFEAT_SSE, CR4_OSXMMEXCPT }, { CPUFEAT_UMIP, CR4_UMIP }, { CPUFEAT_FSGSBASE, CR4_FSGSBASE },
        { CPUFEAT_PCID, CR4_PCIDE }, { CPUFEAT_XSAVE, CR4_OSXSAVE }, { CPUFEAT_SMEP, CR4_SMEP },
        { CPUFEAT_SMAP, CR4_SMAP }, { CPUFEAT_PKU, CR4_PKE },
    };
    uint64_t bits = CR4_PCE;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (cpuid_policy_has(d->arch.policy, rows[i].feature))
            bits |= rows[i].bits;
    if (!(cpuid_policy_xcr0(d->arch.policy) & xstate_active.xcr0 & XSTATE_PKRU))
        bits &= ~(uint64_t)CR4_PKE; /* PKRU would be whoever's ran before */
    return bits;
}

static uint64_t efer_settable(const struct domain *d)
{
    static const struct { uint16_t feature; uint32_t bits; } rows[] = {
        { CPUFEAT_SYSCALL, EFER_SCE }, { CPUFEAT_LM, EFER_LME | EFER_LMA | EFER_SCE }, { CPUFEAT_NX, EFER_NXE },
        { CPUFEAT_FFXSR, EFER_FFXSR },
    };
    uint64_t bits = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (cpuid_policy_has(d->arch.policy, rows[i].feature))
            bits |= rows[i].bits;
    return bits;
}

struct control_limits hvm_control_limits(const struct domain *d)
{
    return (struct control_limits){ .cr4 = cr4_settable(d), .efer = efer_settable(d),
                                    .phys_bits = d->arch.policy->extd[8].a & 0xff };
}

/* Paging begins or ends: with LME long mode does, too. False: it may not now. */
static bool paging_switch(struct vcpu *v, bool on)
{
    const struct hvm_vcpu *h = &v->arch.hvm;

    if (!(h->efer & EFER_LME))
        return true;
    if (!on)
        return !hvm_vendor->in_64bit(v) && !(h->cr4 & CR4_PCIDE);
    struct hvm_state s;
    hvm_vendor->state_get(v, &s);
    return (h->cr4 & CR4_PAE) && !(s.seg[EMU_CS].attr & EMU_SEG_L);
}

bool hvm_cr0_write(struct vcpu *v, uint64_t value)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    if (value & CR0_HIGH)
        return false;
    value = (value & CR0_GUEST) | CR0_ET;
    if ((value & (CR0_PG | CR0_PE)) == CR0_PG || (value & (CR0_NW | CR0_CD)) == CR0_NW)
        return false;
    if (((value ^ h->cr0) & CR0_PG) && !paging_switch(v, value & CR0_PG))
        return false;
    h->cr0 = value;
    h->efer = efer_with_lma(h->efer, value);
    hvm_vendor->control_changed(v);
    return true;
}

static uint64_t cr3(const struct vcpu *v)
{
    struct guest_paging p;

    hvm_vendor->paging_get(v, &p);
    return p.cr3;
}

bool hvm_cr4_write(struct vcpu *v, uint64_t value)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    if (value & ~cr4_settable(v->domain))
        return false;
    if ((h->efer & EFER_LMA) && !(value & CR4_PAE))
        return false;
    if ((value & ~h->cr4 & CR4_PCIDE) && (!(h->efer & EFER_LMA) || (cr3(v) & CR3_PCID)))
        return false;
    h->cr4 = value;
    hvm_vendor->control_changed(v);
    return true;
}

bool hvm_efer_write(struct vcpu *v, uint64_t value)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    if (value & ~(efer_settable(v->domain) | EFER_LMA))
        return false;
    if ((h->cr0 & CR0_PG) && ((value ^ h->efer) & EFER_LME))
        return false;
    h->efer = efer_with_lma(value, h->cr0);
    hvm_vendor->control_changed(v);
    return true;
}

/* In 64-bit mode bits beyond the physical address are #GP; outside there are 32. PCID's top bit is not stored. */
static bool cr3_write(struct vcpu *v, uint64_t value)
{
    struct guest_paging p;

    hvm_vendor->paging_get(v, &p);
    if (p.efer & EFER_LMA) {
        if (p.cr4 & CR4_PCIDE)
            value &= ~BIT(63);
        if (value >> p.phys_bits)
            return false;
    }
    hvm_vendor->cr_write(v, 3, value);
    return true;
}

static enum emulate_end gp(struct emulate_state *s)
{
    s->fault = (struct emulate_fault){ .vector = TRAP_GP };
    return EMULATE_FAULT;
}

static enum emulate_end ok_or_gp(struct emulate_state *s, bool ok) { return ok ? EMULATE_OK : gp(s); }

static enum emulate_end cr_read(struct vcpu *v, unsigned int number, uint64_t *value)
{
    struct hvm_state s;

    hvm_vendor->state_get(v, &s);
    switch (number) {
    case 0: *value = s.cr0; break;
    case 2: *value = s.cr2; break;
    case 3: *value = s.cr3; break;
    case 4: *value = s.cr4; break;
    default: *value = vlapic_cr8(&v->arch.hvm.lapic->apic); break;
    }
    return EMULATE_OK;
}

static enum emulate_end cr_write(struct vcpu *v, struct emulate_state *s, unsigned int number, uint64_t value)
{
    switch (number) {
    case 0:
        return ok_or_gp(s, hvm_cr0_write(v, value));
    case 2:
        hvm_vendor->cr_write(v, 2, value);
        return EMULATE_OK;
    case 3:
        return ok_or_gp(s, cr3_write(v, value));
    case 4:
        return ok_or_gp(s, hvm_cr4_write(v, value));
    default:
        if (value & ~0xfULL)
            return gp(s);
        vlapic_set_cr8(&v->arch.hvm.lapic->apic, (uint8_t)value);
        return EMULATE_OK;
    }
}

/* PE can be set, not cleared; of the rest only the low four bits change. */
static uint64_t machine_status(uint64_t cr0, uint64_t word)
{
    return (cr0 & ~(CR0_MP | CR0_EM | CR0_TS)) | (word & (CR0_PE | CR0_MP | CR0_EM | CR0_TS));
}

static enum emulate_end set_xcr(struct vcpu *v, struct emulate_state *s)
{
    if (!(s->cr4 & CR4_OSXSAVE)) {
        s->fault = (struct emulate_fault){ .vector = TRAP_UD };
        return EMULATE_FAULT;
    }
    return ok_or_gp(s, !fpu_set_xcr0(v, (uint32_t)s->reg[EMU_RCX],
                                     (uint32_t)s->reg[EMU_RAX] | s->reg[EMU_RDX] << 32));
}

enum emulate_end hvm_control_special(struct vcpu *v, struct emulate_state *s, struct emulate_request *r)
{
    switch (r->what) {
    case EMU_CR_READ:
        return cr_read(v, r->number, &r->value);
    case EMU_CR_WRITE:
        return cr_write(v, s, r->number, r->value);
    case EMU_CLTS:
        return ok_or_gp(s, hvm_cr0_write(v, v->arch.hvm.cr0 & ~CR0_TS));
    case EMU_LMSW:
        return ok_or_gp(s, hvm_cr0_write(v, machine_status(v->arch.hvm.cr0, r->number)));
    case EMU_SMSW:
        r->value = v->arch.hvm.cr0;
        return EMULATE_OK;
    case EMU_XSETBV:
        return set_xcr(v, s);
    default:
        return hvm_debugreg_special(v, s, r);
    }
}
