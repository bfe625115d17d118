/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws: whatever was captured, the plan is self-consistent and every component fits the area in both formats; a plan
 * accepts the very CPU that it was made for, or is FXSAVE, or that CPU's XSETBV faults; image checks and conversions
 * stay within the sizes that they were given.
 */
#include "x86/xstate/plan.h"
#include "law.h"

static void check_layout(const struct xstate_plan *plan)
{
    uint64_t mask = plan->xcr0 | plan->xss;

    require(plan->area_size % 64 == 0 && plan->area_size >= plan->size_std && plan->area_size <= (1u << 20));
    require(!plan->xcr0 || plan->area_size >= xstate_size_compact(plan->comp, mask));
    for (unsigned int i = 2; i < XSTATE_MAX_COMPONENTS; i++) {
        const struct xstate_component *c = &plan->comp[i];

        if (!(mask >> i & 1)) {
            require(!c->size && !c->offset && !c->flags);
            continue;
        }
        require(c->size && c->offset >= XSTATE_MIN_SIZE && (uint64_t)c->offset + c->size <= plan->size_std);
        require(xstate_offset_compact(plan->comp, mask, i) + c->size <= plan->area_size);
        for (unsigned int j = 2; j < i; j++)
            require(!(mask >> j & 1) || c->offset >= plan->comp[j].offset + plan->comp[j].size ||
                plan->comp[j].offset >= c->offset + c->size);
    }
}

static void check_texts(const struct xstate_plan *plan)
{
    char text[64];

    require(plan->nr_findings <= XSTATE_MAX_FINDINGS);
    for (unsigned int i = 0; i < plan->nr_findings; i++)
        require(strlen(xstate_finding_text(&plan->findings[i], text, sizeof(text))) < sizeof(text));
    require(strlen(xstate_plan_text(plan, text, sizeof(text))) < sizeof(text));
}

static bool faults(const struct xstate_capture *c, uint64_t xcr0)
{
    for (unsigned int i = 0; i < MIN(c->nr_tried, XSTATE_MAX_TRIED); i++)
        if (c->tried[i].faulted && !(c->tried[i].xcr0 & ~xcr0))
            return true;
    return false;
}

static void check_images(const struct xstate_plan *plan, const uint8_t *data, size_t size)
{
    struct xstate_image image = { plan->xcr0, plan->xcr0, data, size };
    static uint8_t packed[1 << 20], back[1 << 20];

    if (!plan->xcr0 || xstate_check_image(plan->comp, plan->xcr0, &image))
        return;
    require(xstate_compact(plan->comp, plan->xcr0, data, size, packed, plan->area_size) == 0);
    require(xstate_expand(plan->comp, packed, plan->area_size, back, plan->area_size) == 0);
    require(!memcmp(back, data, XSTATE_LEGACY_SIZE + 8));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xstate_capture c;
    struct xstate_plan plan;
    struct xstate_finding f[2];
    unsigned int nr;
    uint64_t masks[XSTATE_MAX_TRIED];

    memset(&c, 0, sizeof(c));
    memcpy(&c.leaf, data, MIN(size, sizeof(c.leaf)));
    if (size > sizeof(c.leaf))
        memcpy(c.tried, data + sizeof(c.leaf), MIN(size - sizeof(c.leaf), sizeof(c.tried)));
    for (unsigned int i = 0; i < XSTATE_MAX_TRIED; i++) /* a bool of any other value is the fuzzer's own mistake */
        c.tried[i].faulted = *(volatile uint8_t *)&c.tried[i].faulted & 1;
    c.max_leaf = 0xd;
    c.has_fxsr = c.has_sse = c.has_xsave = true;
    c.nr_tried = size % (XSTATE_MAX_TRIED + 1);

    nr = xstate_probe_masks(&c, masks);
    for (unsigned int i = 0; i < nr; i++)
        require(xstate_valid_xcr0(~0ULL, masks[i]));

    xstate_plan(&c, &plan);
    require(!plan.xcr0 || xstate_valid_xcr0(plan.hw_xcr0 & XSTATE_MANAGED_XCR0, plan.xcr0));
    require(plan.xcr0 ? plan.insn != XSTATE_FXSAVE : plan.insn == XSTATE_FXSAVE);
    check_layout(&plan);
    check_texts(&plan);
    if (plan.xcr0 && xstate_plan_compare_cpu(&plan, &c, f, ARRAY_SIZE(f), &nr))
        require(faults(&c, plan.xcr0));
    check_images(&plan, data, size);
    return 0;
}
