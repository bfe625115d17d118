/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of rules: one row each, in the order of the manual. */
#include "x86/cpu/control_bits.h"
#include "x86/cpu/exception.h"
#include "x86/cpu/segment.h"
#include "x86/msr/efer.h"
#include "x86/svm/check.h"

#include "base/format.h"

#define HIGH_HALF 0xffffffff00000000ULL
#define IOPM_BYTES 0x3000u
#define MSRPM_BYTES 0x2000u

static bool long_mode(const struct vmcb *v)
{
    return (v->efer & EFER_LME) && (v->cr0 & CR0_PG);
}

static bool beyond(const struct vmcb_limits *l, uint64_t address, uint64_t bytes)
{
    return address > BIT(l->phys_bits) - bytes;
}

static bool event_is_bad(uint64_t e)
{
    uint64_t type = e & VMCB_EVENT_TYPE, vector = e & VMCB_EVENT_VECTOR;

    if (!(e & VMCB_EVENT_VALID))
        return false;
    if (type == VMCB_EVENT_FAULT)
        return vector == TRAP_NMI || vector > 31;
    return type != VMCB_EVENT_INTR && type != VMCB_EVENT_NMI && type != VMCB_EVENT_SOFT;
}

static bool rule_svme(const struct vmcb *v, const struct vmcb_limits *l)
{
    return v->efer & EFER_SVME;
}

static bool rule_cache(const struct vmcb *v, const struct vmcb_limits *l)
{
    return (v->cr0 & CR0_CD) || !(v->cr0 & CR0_NW);
}

static bool rule_cr0_high(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->cr0 & HIGH_HALF);
}

static bool rule_cr3(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !long_mode(v) || !(v->cr3 >> l->phys_bits);
}

static bool rule_cr4(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->cr4 & ~l->cr4);
}

static bool rule_dr6(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->dr6 & HIGH_HALF);
}

static bool rule_dr7(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->dr7 & HIGH_HALF);
}

static bool rule_efer(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->efer & ~l->efer);
}

/* Not the manual's: what VMRUN makes of it is not said. */
static bool rule_lma(const struct vmcb *v, const struct vmcb_limits *l)
{
    return v->efer == efer_with_lma(v->efer, v->cr0);
}

static bool rule_pae(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !long_mode(v) || (v->cr4 & CR4_PAE);
}

static bool rule_pe(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !long_mode(v) || (v->cr0 & CR0_PE);
}

static bool rule_cs(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(long_mode(v) && (v->cr4 & CR4_PAE) && (v->cs.attr & SEG_L) && (v->cs.attr & SEG_D));
}

static bool rule_vmrun(const struct vmcb *v, const struct vmcb_limits *l)
{
    return v->intercepts2 & VMCB2_VMRUN;
}

static bool rule_msrpm(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->intercepts & VMCB_MSR) || !beyond(l, v->msrpm, MSRPM_BYTES);
}

static bool rule_iopm(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->intercepts & VMCB_IOIO) || !beyond(l, v->iopm, IOPM_BYTES);
}

static bool rule_event(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !event_is_bad(v->event);
}

static bool rule_asid(const struct vmcb *v, const struct vmcb_limits *l)
{
    return v->asid && v->asid < l->asids;
}

static bool rule_nested_cr3(const struct vmcb *v, const struct vmcb_limits *l)
{
    return !(v->nested & VMCB_NESTED_PAGING) || (!(v->nested_cr3 & 0xfff) && !beyond(l, v->nested_cr3, 0x1000));
}

#define FIELD(f) offsetof(struct vmcb, f), sizeof(((struct vmcb *)0)->f)

static const struct {
    bool (*holds)(const struct vmcb *v, const struct vmcb_limits *l);
    const char *field;
    size_t offset, size;
    const char *rule;
} rules[] = {
    { rule_svme, "EFER", FIELD(efer), "SVME (bit 12) must be set" },
    { rule_cache, "CR0", FIELD(cr0), "NW needs CD" },
    { rule_cr0_high, "CR0", FIELD(cr0), "bits 32 to 63 must be 0" },
    { rule_cr3, "CR3", FIELD(cr3), "it reaches beyond the physical addresses" },
    { rule_cr4, "CR4", FIELD(cr4), "a reserved bit is set" },
    { rule_dr6, "DR6", FIELD(dr6), "bits 32 to 63 must be 0" },
    { rule_dr7, "DR7", FIELD(dr7), "bits 32 to 63 must be 0" },
    { rule_efer, "EFER", FIELD(efer), "a reserved bit is set" },
    { rule_lma, "EFER", FIELD(efer), "LMA (bit 10) must be LME and CR0.PG" },
    { rule_pae, "CR4", FIELD(cr4), "long mode needs PAE" },
    { rule_pe, "CR0", FIELD(cr0), "long mode needs PE" },
    { rule_cs, "CS attributes", FIELD(cs.attr), "L and D exclude each other in long mode" },
    { rule_vmrun, "intercepts", FIELD(intercepts2), "VMRUN (bit 0) must be intercepted" },
    { rule_msrpm, "MSR bitmap", FIELD(msrpm), "it reaches beyond the physical addresses" },
    { rule_iopm, "I/O bitmap", FIELD(iopm), "it reaches beyond the physical addresses" },
    { rule_event, "event", FIELD(event), "no such type, or no such exception" },
    { rule_asid, "ASID", FIELD(asid), "0 is the host's, and there are no more than CPUID says" },
    { rule_nested_cr3, "nested CR3", FIELD(nested_cr3), "it must be a page of physical memory" },
};

static uint64_t field_value(const struct vmcb *v, size_t offset, size_t size)
{
    uint64_t value = 0;

    memcpy(&value, (const uint8_t *)v + offset, size);
    return value;
}

bool vmcb_check(const struct vmcb *v, const struct vmcb_limits *limits, char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        if (rules[i].holds(v, limits))
            continue;
        format(text, VMCB_CHECK_TEXT, "VMCB: %s is %#lx: %s", rules[i].field,
               (unsigned long)field_value(v, rules[i].offset, rules[i].size), rules[i].rule);
        return false;
    }
    return true;
}
