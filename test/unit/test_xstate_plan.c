/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans for honest and for hostile processors. Each hostile profile is an honest one and a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "xstate_profiles.h"

static void static_total(struct xstate_capture *c)
{
    for (unsigned int i = 0; i < c->nr_tried; i++)
        c->tried[i].ebx = c->leaf[0].flags;
}

static void zero_total(struct xstate_capture *c)
{
    for (unsigned int i = 0; i < c->nr_tried; i++)
        c->tried[i].ebx = 0;
}

static void larger_total(struct xstate_capture *c)
{
    c->tried[1].ebx = 0x1000;
}

static void smaller_total(struct xstate_capture *c)
{
    c->tried[c->nr_tried - 1].ebx = 0x300;
}

static void avx_size_zero(struct xstate_capture *c)
{
    c->leaf[2].size = 0;
}

static void pkru_size_zero(struct xstate_capture *c)
{
    c->leaf[9].size = 0;
}

static void avx_in_header(struct xstate_capture *c)
{
    c->leaf[2].offset = 0x23f;
}

static void pkru_far_away(struct xstate_capture *c)
{
    c->leaf[9].offset = 0xfffffff8;
}

static void pkru_overlaps_avx(struct xstate_capture *c)
{
    c->leaf[9].offset = 0x33c;
}

static void avx_supervisor(struct xstate_capture *c)
{
    c->leaf[2].flags = XSTATE_COMP_SUPERVISOR;
}

static void without(struct xstate_capture *c, uint64_t mask)
{
    c->leaf[0].size &= ~mask;
}

static void no_sse(struct xstate_capture *c)
{
    without(c, XSTATE_SSE);
}

static void no_x87(struct xstate_capture *c)
{
    without(c, XSTATE_X87);
}

static void half_avx512(struct xstate_capture *c)
{
    without(c, XSTATE_HI_ZMM);
}

static void avx512_without_opmask(struct xstate_capture *c)
{
    without(c, XSTATE_OPMASK);
}

static void avx512_without_zmm_hi256(struct xstate_capture *c)
{
    without(c, XSTATE_ZMM_HI);
}

static void mpx_without_registers(struct xstate_capture *c)
{
    without(c, XSTATE_BNDREGS);
}

static void half_amx(struct xstate_capture *c)
{
    without(c, XSTATE_TILEDATA);
}

static void avx_beyond_everything(struct xstate_capture *c)
{
    c->leaf[2].size = ~0u;
}

static void avx512_overlaps_avx(struct xstate_capture *c)
{
    c->leaf[6].offset = 0x240;
}

static void half_mpx(struct xstate_capture *c)
{
    without(c, XSTATE_BNDCSR);
}

static void avx512_without_avx(struct xstate_capture *c)
{
    without(c, XSTATE_YMM);
}

static void fault_from(struct xstate_capture *c, uint64_t with)
{
    for (unsigned int i = 0; i < c->nr_tried; i++)
        c->tried[i].faulted = (c->tried[i].xcr0 & with) == with;
}

static void every_xsetbv_faults(struct xstate_capture *c)
{
    fault_from(c, 0);
}

static void sse_faults(struct xstate_capture *c)
{
    fault_from(c, XSTATE_SSE);
}

static void avx512_faults(struct xstate_capture *c)
{
    fault_from(c, XSTATE_HI_ZMM);
}

static void only_all_together_faults(struct xstate_capture *c)
{
    c->tried[c->nr_tried - 1].faulted = true;
}

static void no_xsave(struct xstate_capture *c)
{
    c->has_xsave = false;
}

static void no_leaf(struct xstate_capture *c)
{
    c->max_leaf = 0xb;
}

static void disabled(struct xstate_capture *c)
{
    c->disabled = true;
}

static void everything_ones(struct xstate_capture *c)
{
    memset(c->leaf, 0xff, sizeof(c->leaf));
}

static void too_many_tried(struct xstate_capture *c)
{
    c->nr_tried = ~0u;
}

#define NONE { -1 }
static const struct plan_row {
    const char *name;
    const struct xstate_component *comp;
    uint64_t hw;
    uint32_t caps;
    void (*change)(struct xstate_capture *c);
    uint64_t xcr0;
    uint32_t area;
    enum xstate_insn insn;
    int findings[8]; /* in order, ending with -1 */
} plan_rows[] = {
    { "AVX machine", intel_components, 0x7, 0x7, NULL, 0x7, 0x340, XSTATE_XSAVEOPT, NONE },
    { "plain XSAVE", intel_components, 0x3, 0, NULL, 0x3, 0x240, XSTATE_XSAVE, NONE },
    { "XSAVEC only", intel_components, 0x7, 2, NULL, 0x7, 0x340, XSTATE_XSAVEC, NONE },
    { "Zen 3", zen3_components, 0x207, 0xf, NULL, 0x207, 0x380, XSTATE_XSAVEOPT, NONE },
    { "Zen 4", zen4_components, 0x2e7, 0xf, NULL, 0x2e7, 0x9c0, XSTATE_XSAVEOPT, NONE },
    { "LWP", intel_components, 0x4000000000000007, 1, NULL, 0x4000000000000007, 0x3c0, XSTATE_XSAVEOPT, NONE },
    { "Sapphire Rapids", intel_components, 0x602e7, 0xf, NULL, 0x2e7, 0xac0, XSTATE_XSAVEOPT,
      { XSTATE_FIND_NOT_MANAGED, XSTATE_FIND_NOT_MANAGED, -1 } },
    { "VirtualBox: static total", intel_components, 0x7, 0, static_total, 0x7, 0x340, XSTATE_XSAVE,
      { XSTATE_FIND_STATIC_TOTAL, -1 } },
    { "total is zero", intel_components, 0x7, 1, zero_total, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_TOTAL_SMALLER, -1 } },
    { "one total too large", intel_components, 0x7, 1, larger_total, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_TOTAL_LARGER, -1 } },
    { "one total too small", intel_components, 0x7, 1, smaller_total, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_TOTAL_SMALLER, -1 } },
    { "AVX of size zero", intel_components, 0x7, 1, avx_size_zero, 0x3, 0x240, XSTATE_XSAVEOPT,
      { XSTATE_FIND_SIZE_ZERO, -1 } },
    { "AVX of size zero takes AVX-512 along", intel_components, 0xe7, 1, avx_size_zero, 0x3, 0x240, XSTATE_XSAVEOPT,
      { XSTATE_FIND_SIZE_ZERO, XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, -1 } },
    { "PKRU of size zero", intel_components, 0x207, 1, pkru_size_zero, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_SIZE_ZERO, -1 } },
    { "AVX inside the header", intel_components, 0x7, 1, avx_in_header, 0x3, 0x240, XSTATE_XSAVEOPT,
      { XSTATE_FIND_OFFSET_LOW, -1 } },
    { "PKRU at 4 GiB", intel_components, 0x207, 1, pkru_far_away, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_BEYOND_LIMIT, -1 } },
    { "PKRU overlaps AVX", intel_components, 0x207, 1, pkru_overlaps_avx, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_OVERLAP, -1 } },
    { "AVX claims XSS", intel_components, 0x7, 1, avx_supervisor, 0x3, 0x240, XSTATE_XSAVEOPT,
      { XSTATE_FIND_SUPERVISOR, -1 } },
    { "no SSE", intel_components, 0x7, 1, no_sse, 0, 0x200, XSTATE_FXSAVE, { XSTATE_FIND_NO_SSE, -1 } },
    { "no x87", intel_components, 0x7, 1, no_x87, 0, 0x200, XSTATE_FXSAVE, { XSTATE_FIND_NO_LEAF, -1 } },
    { "AVX-512 trio incomplete", intel_components, 0xe7, 1, half_avx512, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, -1 } },
    { "AVX-512 without its masks", intel_components, 0xe7, 1, avx512_without_opmask, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, -1 } },
    { "AVX-512 without its upper halves", intel_components, 0xe7, 1, avx512_without_zmm_hi256, 0x7, 0x340,
      XSTATE_XSAVEOPT, { XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, -1 } },
    { "AVX-512 overlaps AVX", intel_components, 0xe7, 1, avx512_overlaps_avx, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_OVERLAP, XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, -1 } },
    { "AVX of 4 GiB", intel_components, 0x7, 1, avx_beyond_everything, 0x3, 0x240, XSTATE_XSAVEOPT,
      { XSTATE_FIND_BEYOND_LIMIT, -1 } },
    { "MPX, the other half", intel_components, 0x1f, 1, mpx_without_registers, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_DEPENDS, -1 } },
    { "AMX half", intel_components, 0x60007, 1, half_amx, 0x7, 0x340, XSTATE_XSAVEOPT,
      { XSTATE_FIND_NOT_MANAGED, -1 } },
    { "VirtualBox with AVX-512: static total", intel_components, 0x2ff, 0, static_total, 0x2ff, 0xac0, XSTATE_XSAVE,
      { XSTATE_FIND_STATIC_TOTAL, -1 } },
    { "MPX half", intel_components, 0x1f, 1, half_mpx, 0x7, 0x340, XSTATE_XSAVEOPT, { XSTATE_FIND_DEPENDS, -1 } },
    { "AVX-512 without AVX", intel_components, 0xe7, 1, avx512_without_avx, 0x3, 0x240, XSTATE_XSAVEOPT,
      { XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, XSTATE_FIND_DEPENDS, -1 } },
    { "XSETBV always faults", intel_components, 0x3, 1, every_xsetbv_faults, 0, 0x200, XSTATE_FXSAVE,
      { XSTATE_FIND_XSETBV_FAULT, -1 } },
    { "XSETBV faults for SSE", intel_components, 0x3, 1, sse_faults, 0, 0x200, XSTATE_FXSAVE,
      { XSTATE_FIND_XSETBV_FAULT, -1 } },
    { "XSETBV faults for AVX-512", intel_components, 0x2e7, 1, avx512_faults, 0x207, 0xac0, XSTATE_XSAVEOPT,
      { XSTATE_FIND_XSETBV_FAULT, XSTATE_FIND_XSETBV_FAULT, -1 } },
    { "XSETBV faults for everything together", intel_components, 0x2e7, 1, only_all_together_faults, 0xe7, 0xa80,
      XSTATE_XSAVEOPT, { XSTATE_FIND_XSETBV_FAULT, -1 } },
    { "no XSAVE", intel_components, 0x7, 1, no_xsave, 0, 0x200, XSTATE_FXSAVE, { XSTATE_FIND_NO_XSAVE, -1 } },
    { "XSAVE without leaf", intel_components, 0x7, 1, no_leaf, 0, 0x200, XSTATE_FXSAVE, { XSTATE_FIND_NO_LEAF, -1 } },
    { "xsave=0", intel_components, 0x7, 1, disabled, 0, 0x200, XSTATE_FXSAVE, { XSTATE_FIND_DISABLED, -1 } },
    { "nr_tried is garbage", intel_components, 0x7, 1, too_many_tried, 0x7, 0x340, XSTATE_XSAVEOPT, NONE },
};

static void check_findings(const struct plan_row *r, const struct xstate_plan *plan)
{
    unsigned int n = 0;

    while (n < ARRAY_SIZE(r->findings) && r->findings[n] >= 0) {
        if (n >= plan->nr_findings || (int)plan->findings[n].kind != r->findings[n])
            fail_msg("%s: finding %u is %d", r->name, n,
                     n < plan->nr_findings ? (int)plan->findings[n].kind : -1);
        n++;
    }
    if (plan->nr_findings != n)
        fail_msg("%s: %u findings, expected %u", r->name, plan->nr_findings, n);
}

static void test_plans(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(plan_rows); i++) {
        const struct plan_row *r = &plan_rows[i];
        struct xstate_capture c = honest_capture(r->comp, r->hw, r->caps);
        struct xstate_plan plan;

        if (r->change)
            r->change(&c);
        xstate_plan(&c, &plan);
        if (plan.xcr0 != r->xcr0 || plan.area_size != r->area || plan.insn != r->insn)
            fail_msg("%s: XCR0 0x%llx, area 0x%x, insn %d", r->name, (unsigned long long)plan.xcr0, plan.area_size,
                     plan.insn);
        check_findings(r, &plan);
    }
}

static void test_garbage_is_survived(void **state)
{
    struct xstate_capture c = honest_capture(intel_components, 0x7, 1), ones;
    struct xstate_plan plan;

    everything_ones(&c);
    xstate_plan(&c, &plan);
    assert_int_equal(plan.xcr0, 0x3);
    memset(&ones, 0xff, sizeof(ones));
    ones.disabled = false;
    for (unsigned int i = 0; i < XSTATE_MAX_TRIED; i++)
        ones.tried[i].faulted = true;
    ones.has_fxsr = ones.has_sse = ones.has_xsave = true;
    xstate_plan(&ones, &plan);
    assert_int_equal(plan.insn, XSTATE_FXSAVE);
    memset(&c, 0, sizeof(c));
    xstate_plan(&c, &plan);
    assert_int_equal(plan.insn, XSTATE_FXSAVE);
}

static void test_texts(void **state)
{
    struct xstate_capture c = honest_capture(intel_components, 0x7, 0);
    struct xstate_plan plan;
    char text[200];

    static_total(&c);
    xstate_plan(&c, &plan);
    assert_string_equal(xstate_plan_text(&plan, text, sizeof(text)),
                        "size 0x340, components 0x7 (x87 SSE AVX), XSAVE");
    assert_string_equal(xstate_finding_text(&plan.findings[0], text, sizeof(text)),
                        "CPUID.0xd[0].EBX says 0x340 for XCR0=0x3, components need 0x240; firmware or an outer "
                        "hypervisor reports a static size; using 0x240");
    assert_string_equal(xstate_finding_text(&plan.findings[0], text, 10), "CPUID.0xd");

    c = honest_capture(intel_components, 0xe7, 1);
    avx_size_zero(&c);
    xstate_plan(&c, &plan);
    assert_string_equal(xstate_finding_text(&plan.findings[0], text, sizeof(text)),
                        "component 2 (AVX) has size 0; dropped, XCR0=0x3 remains");
}

static void ap_other_offset(struct xstate_capture *c)
{
    c->leaf[2].offset += 0x40;
}

static void ap_without_avx(struct xstate_capture *c)
{
    without(c, XSTATE_YMM);
}

static void ap_without_xsaveopt(struct xstate_capture *c)
{
    c->leaf[1].size = 0;
}

static void ap_wider(struct xstate_capture *c)
{
    c->leaf[0].size |= XSTATE_PKRU;
    c->leaf[9] = intel_components[9];
}

static void ap_static_total(struct xstate_capture *c)
{
    static_total(c);
}

static void test_other_cpus(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct xstate_capture *c);
        int expected, kind;
    } rows[] = {
        { "has more", ap_wider, 0, 0 },
        { "static total", ap_static_total, 0, 0 },
        { "other offset", ap_other_offset, -ENODEV, XSTATE_FIND_CPU_OFFSET },
        { "other size", avx_size_zero, -ENODEV, XSTATE_FIND_CPU_SIZE },
        { "AVX supervisor", avx_supervisor, -ENODEV, XSTATE_FIND_CPU_ALIGN },
        { "no AVX", ap_without_avx, -ENODEV, XSTATE_FIND_CPU_XCR0 },
        { "no XSAVEOPT", ap_without_xsaveopt, -ENODEV, XSTATE_FIND_CPU_FEATURE },
        { "no XSAVE", no_xsave, -ENODEV, XSTATE_FIND_CPU_XCR0 },
        { "XSETBV faults", every_xsetbv_faults, -ENODEV, XSTATE_FIND_CPU_XCR0 },
    };
    struct xstate_capture boot = honest_capture(intel_components, 0x7, 1);
    struct xstate_plan plan;

    xstate_plan(&boot, &plan);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct xstate_capture ap = boot;
        struct xstate_finding f[4];
        unsigned int nr;
        int rc;

        rows[i].change(&ap);
        rc = xstate_plan_compare_cpu(&plan, &ap, f, ARRAY_SIZE(f), &nr);
        if (rc != rows[i].expected || (rc && (!nr || (int)f[0].kind != rows[i].kind)))
            fail_msg("%s: %d, %u findings", rows[i].name, rc, nr);
        assert_int_equal(xstate_plan_compare_cpu(&plan, &ap, NULL, 0, &nr), rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_garbage_is_survived),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_other_cpus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
