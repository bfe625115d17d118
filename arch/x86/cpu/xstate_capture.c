/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads leaf 0xD under one XCR0 after the other, because the totals that it gives depend on XCR0. Judges nothing. */
#include "cpu/xstate_capture.h"

#include "cpu/features.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"

_Static_assert(sizeof(struct cpuid_regs) == sizeof(struct xstate_component), "leaf 0xD goes register by register");

static void capture_features(struct xstate_capture *c)
{
    struct cpuid_regs r;

    hw_cpuid(0, 0, &r);
    c->max_leaf = r.eax;
    hw_cpuid(1, 0, &r);
    c->has_fxsr = r.edx >> 24 & 1;
    c->has_sse = r.edx >> 25 & 1;
    c->has_xsave = r.ecx >> 26 & 1;
}

static void capture_leaves(struct xstate_capture *c)
{
    struct cpuid_regs r;

    hw_cpuid(0xd, 0, &r);
    uint64_t all = r.eax | (uint64_t)r.edx << 32;
    memcpy(&c->leaf[0], &r, sizeof(r));
    hw_cpuid(0xd, 1, &r);
    all |= r.ecx | (uint64_t)r.edx << 32;
    memcpy(&c->leaf[1], &r, sizeof(r));
    for (unsigned int i = 2; i < XSTATE_MAX_COMPONENTS; i++)
        if (all >> i & 1) {
            hw_cpuid(0xd, i, &r);
            memcpy(&c->leaf[i], &r, sizeof(r));
        }
}

/*
 * QEMU's emulation (at least up to version 10) takes OSXSAVE for reserved where sub-leaf 1 has no capabilities, and
 * executes a write of a reserved bit for ever: see may_try() in control.c. Processors have no such law.
 */
static bool write_would_hang(const struct xstate_capture *c) { return !c->leaf[1].size && cpu_is_tcg(); }

/* Writes each XCR0 worth trying and notes what CPUID makes of it. */
static void capture_totals(struct xstate_capture *c)
{
    uint64_t mask[XSTATE_MAX_TRIED], cr4 = read_cr4();
    unsigned int n = xstate_probe_masks(c, mask);
    struct cpuid_regs r;

    if (!n)
        return;
    if (write_would_hang(c)) {
        log_warning("CPU %u: xstate: this QEMU hangs when XSAVE is switched on without XSAVEOPT, XSAVEC, XGETBV1 or "
                    "XSAVES; XSAVE is not used", this_cpu_id());
        c->has_xsave = false;
        return;
    }
    if (!write_cr4_safe(cr4 | CR4_OSXSAVE)) {
        log_warning("CPU %u: xstate: CPUID claims XSAVE, but CR4 does not take its bit", this_cpu_id());
        c->has_xsave = false;
        return;
    }
    for (unsigned int i = 0; i < n; i++) {
        bool written = xsetbv_safe(0, mask[i]);
        r.ebx = 0;
        if (written)
            hw_cpuid(0xd, 0, &r);
        c->tried[i] = (struct xstate_tried){ .xcr0 = mask[i], .ebx = r.ebx, .faulted = !written };
    }
    c->nr_tried = n;
    xsetbv_safe(0, XSTATE_X87);
    write_cr4(cr4);
}

void xstate_capture_cpu(struct xstate_capture *c, bool disabled)
{
    memset(c, 0, sizeof(*c));
    c->disabled = disabled;
    capture_features(c);
    if (!c->has_xsave || c->max_leaf < 0xd)
        return;
    capture_leaves(c);
    capture_totals(c);
}
