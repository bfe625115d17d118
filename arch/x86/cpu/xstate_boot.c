/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Obeys lib/x86/xstate's plan. The boot CPU's plan holds for all; another CPU that lacks something of it is not
 * started. Every XSETBV here may fault without harm, for CPUID may promise what the processor does not keep.
 */
#include "cpu/xstate_boot.h"

#include "cpu/cpuid_boot.h"
#include "cpu/control.h"
#include "cpu/features.h"
#include "cpu/xstate_capture.h"
#include "cpu/xstate_selftest.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "hw/native/fpu.h"
#include "x86/msr/index.h"

#define MXCSR_MASK_DEFAULT 0xffbfu /* where FXSAVE says 0 (APM vol. 2, 11.4.4) */
#define MXCSR_MASK_OFFSET  28

struct xstate_plan xstate_active __ro_after_init;
uint32_t mxcsr_mask __ro_after_init = MXCSR_MASK_DEFAULT;

static void log_finding(const struct xstate_finding *f, unsigned int cpu)
{
    char line[192];
    static const enum log_level level[] = {
        [XSTATE_INFO] = LOG_INFO, [XSTATE_WARNING] = LOG_WARNING, [XSTATE_ERROR] = LOG_ERROR,
    };
    xstate_finding_text(f, line, sizeof(line));
    if (cpu)
        hv_log(level[f->severity], "CPU %u: xstate: %s", cpu, line);
    else
        hv_log(level[f->severity], "xstate: %s", line);
}

/* False: the processor refuses. */
static bool enable(void)
{
    if (!xstate_active.xcr0)
        return true;
    write_cr4(read_cr4() | CR4_OSXSAVE);
    if (xstate_active.caps & XSTATE_CAP_XSAVES)
        wrmsr_safe(MSR_XSS, xstate_active.xss); /* 0, as after reset: firmware may have left something */
    return xsetbv_safe(0, xstate_active.xcr0);
}

static bool xgetbv1_safe(void *area, uint64_t mask)
{
    return xgetbv_safe(1);
}

/* What CPUID claims beyond XSAVE, each tried once. False: there is less than @c says, which it says no longer. */
static __init bool instructions_there(struct xstate_capture *c)
{
    static uint8_t area[XSTATE_MIN_SIZE] __aligned_to(64) __initdata;
    static const __initconst struct {
        uint32_t cap;
        uint16_t feature;
        bool (*try)(void *area, uint64_t mask);
    } rows[] = {
        { XSTATE_CAP_XSAVEOPT, CPUFEAT_XSAVEOPT, xsaveopt_safe }, { XSTATE_CAP_XSAVEC, CPUFEAT_XSAVEC, xsavec_safe },
        { XSTATE_CAP_XGETBV1, CPUFEAT_XGETBV1, xgetbv1_safe },    { XSTATE_CAP_XSAVES, CPUFEAT_XSAVES, xsaves_safe },
    };
    bool all = true;

    clts();
    if (!xsave_safe(area, XSTATE_LEGACY)) {
        cpu_feature_refused(CPUFEAT_XSAVE, "the instruction faults");
        c->has_xsave = false;
        return false;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
        if (xstate_active.caps & rows[i].cap && !rows[i].try(area, XSTATE_LEGACY)) {
            cpu_feature_refused(rows[i].feature, "the instruction faults");
            c->leaf[1].size &= ~rows[i].cap; /* EAX of sub-leaf 1 */
            all = false;
        }
    return all;
}

/*
 * What remains after components were dropped may be a combination that was not tried yet:
 * then trying it is a measurement.
 */
static __init void plan_and_enable(struct xstate_capture *c)
{
    xstate_plan(c, &xstate_active);
    while (!enable()) {
        if (c->nr_tried < XSTATE_MAX_TRIED)
            c->tried[c->nr_tried++] = (struct xstate_tried){ .xcr0 = xstate_active.xcr0, .faulted = true };
        else
            c->disabled = true;
        xstate_plan(c, &xstate_active);
    }
    if (xstate_active.xcr0 && !instructions_there(c))
        xstate_plan(c, &xstate_active);
    if (xstate_active.xcr0)
        hv_cr4 |= CR4_OSXSAVE;
    else
        write_cr4(hv_cr4);
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

    xstate_capture_cpu(&c, !hv_options.xsave || cpuid_boot_switched_off(CPUFEAT_XSAVE));
    plan_and_enable(&c);
    for (unsigned int i = 0; i < xstate_active.nr_findings; i++)
        log_finding(&xstate_active.findings[i], 0);
    if (xstate_active.more_findings)
        log_warning("xstate: there are more findings than there is room for");
    log_info("xstate: %s", xstate_plan_text(&xstate_active, line, sizeof(line)));
    read_mxcsr_mask();
    xstate_selftest();
}

int xstate_init_cpu(void)
{
    struct xstate_finding findings[8];
    static struct xstate_capture c; /* CPUs are started one after the other */
    unsigned int nr = 0;

    xstate_capture_cpu(&c, !xstate_active.xcr0);
    int rc = xstate_plan_compare_cpu(&xstate_active, &c, findings, ARRAY_SIZE(findings), &nr);
    for (unsigned int i = 0; i < nr; i++)
        log_finding(&findings[i], this_cpu_id());
    if (rc || enable())
        return rc;
    log_error("CPU %u: xstate: XSETBV faults for the first CPU's XCR0=%#lx",
              this_cpu_id(), (unsigned long)xstate_active.xcr0);
    return -ENODEV;
}
