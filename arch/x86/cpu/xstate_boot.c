/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The measuring half of the extended-state decision: CPUID's leaves, and what writing XCR0 does to its totals. Judgement is
 * in lib/x86/xstate/plan.c. The boot CPU's plan holds for all; another CPU that lacks something of it is not started.
 */
#include "cpu/xstate_boot.h"

#include "cpu/features.h"
#include "hv/options.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "hw/native/fpu.h"
#include "hw/native/msr_index.h"

#define MXCSR_MASK_DEFAULT 0xffbfu /* where FXSAVE says 0 (APM vol. 2, 11.4.4) */
#define MXCSR_MASK_OFFSET  28

struct xstate_plan xstate_active __ro_after_init;
uint32_t mxcsr_mask __ro_after_init = MXCSR_MASK_DEFAULT;

static void capture_leaves(struct xstate_capture *c)
{
    struct cpuid_regs r;

    hw_cpuid(0, 0, &r);
    c->max_leaf = r.eax;
    hw_cpuid(1, 0, &r);
    c->has_fxsr = r.edx >> 24 & 1;
    c->has_sse = r.edx >> 25 & 1;
    c->has_xsave = r.ecx >> 26 & 1;
    c->disabled = !hv_options.xsave;
    if (!c->has_xsave || c->max_leaf < 0xd)
        return;
    hw_cpuid(0xd, 0, &r);
    uint64_t user = r.eax | (uint64_t)r.edx << 32;
    memcpy(&c->leaf[0], &r, sizeof(r));
    hw_cpuid(0xd, 1, &r);
    uint64_t all = user | r.ecx | (uint64_t)r.edx << 32;
    memcpy(&c->leaf[1], &r, sizeof(r));
    for (unsigned int i = 2; i < XSTATE_MAX_COMPONENTS; i++)
        if (all >> i & 1) {
            hw_cpuid(0xd, i, &r);
            memcpy(&c->leaf[i], &r, sizeof(r));
        }
}
_Static_assert(sizeof(struct cpuid_regs) == sizeof(struct xstate_component), "leaf 0xD is captured register by register");

/* Writes each XCR0 worth trying and notes what CPUID makes of it. Leaves XCR0 at x87. CR4.OSXSAVE is set. */
static void capture_totals(struct xstate_capture *c)
{
    uint64_t mask[XSTATE_MAX_TRIED];
    unsigned int n = xstate_probe_masks(c, mask);
    struct cpuid_regs r;

    for (unsigned int i = 0; i < n; i++) {
        bool written = xsetbv_safe(0, mask[i]);
        r.ebx = 0;
        if (written)
            hw_cpuid(0xd, 0, &r);
        c->tried[i] = (struct xstate_tried){ .xcr0 = mask[i], .ebx = written ? r.ebx : 0, .faulted = !written };
    }
    c->nr_tried = n;
    xsetbv_safe(0, XSTATE_X87);
}

static void capture(struct xstate_capture *c)
{
    memset(c, 0, sizeof(*c));
    capture_leaves(c);
    if (!c->has_xsave || c->disabled)
        return;
    uint64_t cr4 = read_cr4();
    write_cr4(cr4 | CR4_OSXSAVE);
    capture_totals(c);
    write_cr4(cr4);
}

static void log_finding(const struct xstate_finding *f)
{
    char line[192];
    static const enum log_level level[] = {
        [XSTATE_INFO] = LOG_INFO, [XSTATE_WARNING] = LOG_WARNING, [XSTATE_ERROR] = LOG_ERROR,
    };
    hv_log(level[f->severity], "xstate: %s", xstate_finding_text(f, line, sizeof(line)));
}

static void enable(void)
{
    if (!xstate_active.xcr0)
        return;
    write_cr4(read_cr4() | CR4_OSXSAVE);
    xsetbv(0, xstate_active.xcr0);
    if (xstate_active.caps & XSTATE_CAP_XSAVES)
        wrmsr_safe(MSR_XSS, xstate_active.xss);
}

static __init void read_mxcsr_mask(void)
{
    static uint8_t area[512] __aligned_to(64) __initdata;
    uint32_t mask;

    fninit();
    fxsave(area);
    memcpy(&mask, area + MXCSR_MASK_OFFSET, sizeof(mask));
    if (mask)
        mxcsr_mask = mask;
}

__init void xstate_boot_init(void)
{
    static struct xstate_capture c __initdata;
    char line[192];

    capture(&c);
    xstate_plan(&c, &xstate_active);
    for (unsigned int i = 0; i < xstate_active.nr_findings; i++)
        log_finding(&xstate_active.findings[i]);
    log_info("xstate: %s", xstate_plan_text(&xstate_active, line, sizeof(line)));
    if (xstate_active.xcr0)
        hv_cr4 |= CR4_OSXSAVE;
    enable();
    read_mxcsr_mask();
}

int xstate_init_cpu(void)
{
    struct xstate_finding findings[8];
    static struct xstate_capture c; /* CPUs are started one after the other */
    unsigned int nr = 0;

    capture(&c);
    int rc = xstate_plan_compare_cpu(&xstate_active, &c, findings, ARRAY_SIZE(findings), &nr);
    for (unsigned int i = 0; i < nr; i++)
        log_finding(&findings[i]);
    if (!rc)
        enable();
    return rc;
}
