/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "x86/control/control.h"

#include "x86/cpu/control_bits.h"
#include "x86/cpu/segment.h"
#include "x86/msr/efer.h"
#include "x86/pte/pte.h"

#define PHYS_MIN  32u
#define PHYS_MAX  52u

static bool in_long_mode(const struct control_state *s) { return s->efer & EFER_LMA; }

static const char *modes_wrong(const struct control_state *s)
{
    if (s->efer != efer_with_lma(s->efer, s->cr0))
        return "EFER.LMA is not what EFER.LME and CR0.PG make it";
    if (in_long_mode(s) && !(s->cr4 & CR4_PAE))
        return "long mode needs CR4.PAE";
    if (!in_long_mode(s) && (s->cr4 & CR4_PCIDE))
        return "CR4.PCIDE needs long mode";
    if (in_long_mode(s) && (s->cs_attr & SEG_L) && (s->cs_attr & SEG_D))
        return "L and D of CS exclude each other in long mode";
    if ((s->rflags & RFLAGS_VM) && (in_long_mode(s) || !(s->cr0 & CR0_PE)))
        return "RFLAGS.VM needs protected mode that is not long mode";
    return NULL;
}

static const char *addresses_wrong(const struct control_state *s, const struct control_limits *limits)
{
    if (s->cr3 >> MIN(MAX(limits->phys_bits, PHYS_MIN), PHYS_MAX))
        return "CR3 is wider than an address";
    if (in_long_mode(s) && (s->cs_attr & SEG_L) ? !va_is_canonical(s->rip) : s->rip > UINT32_MAX)
        return "RIP is no address of the mode";
    for (size_t i = 0; i < ARRAY_SIZE(s->address); i++)
        if (!va_is_canonical(s->address[i]))
            return "a base or an entry point is not canonical";
    return NULL;
}

const char *control_wrong(const struct control_state *s, const struct control_limits *limits)
{
    const char *why;

    if (s->cr0 >> 32 || (s->cr0 & (CR0_PG | CR0_PE)) == CR0_PG || (s->cr0 & (CR0_NW | CR0_CD)) == CR0_NW)
        return "CR0 is no value that a processor has";
    if (s->cr4 & ~limits->cr4)
        return "CR4 has bits that the domain's CPU policy does not give";
    if (s->efer & ~(limits->efer | EFER_LMA))
        return "EFER has bits that the domain's CPU policy does not give";
    if (s->dr6 >> 32 || s->dr7 >> 32)
        return "DR6 or DR7 has a bit above the low 32";
    why = modes_wrong(s);
    return why ?: addresses_wrong(s, limits);
}
