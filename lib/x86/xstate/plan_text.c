/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans and findings in words. Every line says what was seen, what was expected and what happens now. */
#include "x86/xstate/plan.h"
#include "x86/xstate/text.h"

static void text_component(struct text *t, const struct xstate_finding *f)
{
    text_str(t, "component ");
    text_dec(t, f->component);
    text_str(t, " (");
    text_str(t, xstate_component_name(f->component));
    text_str(t, ")");
}

/*
 * %c component, %x the XCR0 concerned, %s %e %d what was seen, expected and decided. The words are data so that a
 * reader sees every message in one place.
 */
static const char finding_words[][152] = {
    [XSTATE_FIND_NO_XSAVE] = "the CPU has no XSAVE; using FXSAVE, guests see no XSAVE",
    [XSTATE_FIND_DISABLED] = "XSAVE is off by the command line; using FXSAVE, guests see no XSAVE",
    [XSTATE_FIND_NO_LEAF] = "the CPU has XSAVE but CPUID.0xd says nothing about it (highest leaf %s); using FXSAVE",
    [XSTATE_FIND_NO_SSE] = "XSAVE without SSE state (CPUID.0xd supports %s); using FXSAVE",
    [XSTATE_FIND_XSETBV_FAULT] = "XSETBV faults for XCR0=%x; going on with XCR0=%d",
    [XSTATE_FIND_STATIC_TOTAL] = ("CPUID.0xd[0].EBX says %s for XCR0=%x, components need %e; firmware or an "
                                  "outer hypervisor reports a static size; using %d"),
    [XSTATE_FIND_TOTAL_LARGER] = "CPUID.0xd[0].EBX says %s for XCR0=%x, components need %e; using %d",
    [XSTATE_FIND_TOTAL_SMALLER] = "CPUID.0xd[0].EBX says only %s for XCR0=%x, components need %e; using %d",
    [XSTATE_FIND_NOT_MANAGED] = "%c is present but not managed; it stays off",
    [XSTATE_FIND_SIZE_ZERO] = "%c has size 0; dropped, XCR0=%d remains",
    [XSTATE_FIND_OFFSET_LOW] = "%c at offset %s lies inside the first %e bytes; dropped, XCR0=%d remains",
    [XSTATE_FIND_BEYOND_LIMIT] = "%c ends at %s, beyond %e; dropped, XCR0=%d remains",
    [XSTATE_FIND_OVERLAP] = "%c at offset %s overlaps one that ends at %e; dropped, XCR0=%d remains",
    [XSTATE_FIND_SUPERVISOR] = "%c belongs to XCR0 but claims to be managed by XSS; dropped, XCR0=%d remains",
    [XSTATE_FIND_DEPENDS] = "%c cannot be on without one that is off; dropped, XCR0=%d remains",
    [XSTATE_FIND_CPU_FEATURE] = "XSAVE features %s differ from the first CPU's %e; not onlined",
    [XSTATE_FIND_CPU_XCR0] = "XCR0=%s is possible where the first CPU has %e; not onlined",
    [XSTATE_FIND_CPU_SIZE] = "%c has size %s instead of %e; not onlined",
    [XSTATE_FIND_CPU_OFFSET] = "%c has offset %s instead of %e; not onlined",
    [XSTATE_FIND_CPU_ALIGN] = "%c has flags %s instead of %e; not onlined",
};

const char *xstate_finding_text(const struct xstate_finding *f, char *buf, size_t size)
{
    struct text t = text_start(buf, size);

    for (const char *w = finding_words[f->kind]; *w; w++) {
        if (*w != '%')
            text_char(&t, *w);
        else if (*++w == 'c')
            text_component(&t, f);
        else
            text_hex(&t, *w == 'x' ? f->xcr0 : *w == 's' ? f->seen : *w == 'e' ? f->expected : f->decided);
    }
    return buf;
}

const char *xstate_plan_text(const struct xstate_plan *plan, char *buf, size_t size)
{
    static const char insn[][9] = { "FXSAVE", "XSAVE", "XSAVEOPT", "XSAVEC", "XSAVES" };
    struct text t = text_start(buf, size);
    uint64_t mask = plan->xcr0 ? plan->xcr0 : XSTATE_LEGACY;
    const char *between = " (";

    text_str(&t, "size ");
    text_hex(&t, plan->size_std);
    text_str(&t, ", components ");
    text_hex(&t, mask);
    for (; mask; mask &= mask - 1) {
        text_str(&t, between);
        text_str(&t, xstate_component_name(__builtin_ctzll(mask)));
        between = " ";
    }
    text_str(&t, "), ");
    text_str(&t, insn[plan->insn]);
    return buf;
}
