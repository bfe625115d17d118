/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lost bit in words, for whoever wrote the cpuid= line. */
#include "x86/cpuid/policy.h"
#include "x86/xstate/text.h"

static void text_where(struct text *t, const struct cpuid_lost *lost)
{
    if (lost->msr) {
        text_str(t, "MSR ");
        text_hex(t, lost->leaf);
        return;
    }
    text_hex(t, lost->leaf);
    if (lost->subleaf != XEN_CPUID_NO_SUBLEAF) {
        text_char(t, ':');
        text_dec(t, lost->subleaf);
    }
    text_str(t, " E");
    text_char(t, "ABCD"[lost->reg & 3]);
    text_char(t, 'X');
}

const char *cpuid_lost_text(const struct cpuid_lost *lost, char *buf, size_t size)
{
    static const char reasons[][40] = {
        [CPUID_LOST_HOST] = "host lacks it",
        [CPUID_LOST_TYPE] = "not offered to this type of guest",
        [CPUID_LOST_DEPENDS] = "depends on ",
        [CPUID_LOST_LIMIT] = "leaf beyond the policy's limit",
        [CPUID_LOST_COMPUTED] = "field computed by the hypervisor",
    };
    struct text t = text_start(buf, size);

    text_where(&t, lost);
    text_str(&t, " bit ");
    text_dec(&t, lost->bit);
    if (lost->name) {
        text_str(&t, " (");
        text_str(&t, lost->name);
        text_char(&t, ')');
    }
    text_str(&t, " asked for, not given: ");
    text_str(&t, reasons[lost->reason]);
    if (lost->reason == CPUID_LOST_DEPENDS) {
        text_str(&t, lost->needs ? lost->needs : "?");
        text_str(&t, ", which is off");
    }
    return buf;
}
