/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether another CPU can run vCPUs whose state the first CPU's plan lays out. What the plan doesn't use may differ;
 * what it uses must be equal to the byte, since a vCPU's area is written on one CPU and read on another.
 */
#include "x86/xstate/plan.h"

struct differ {
    struct xstate_finding *findings;
    unsigned int max, nr;
    bool differs;
};

static void differ_note(struct differ *d, enum xstate_finding_kind kind, int component, uint64_t seen,
                        uint64_t expected)
{
    if (seen == expected)
        return;
    d->differs = true;
    if (d->nr < d->max)
        d->findings[d->nr++] = (struct xstate_finding){ .kind = kind, .severity = XSTATE_ERROR, .component = component,
                                                        .seen = seen, .expected = expected };
}

static uint64_t capture_xcr0(const struct xstate_capture *capture)
{
    if (!capture->has_xsave || capture->max_leaf < 0xd)
        return 0;
    return capture->leaf[0].size | (uint64_t)capture->leaf[0].reserved << 32;
}

/* Instructions that the plan's choice, or a guest that they are advertised to, may execute on any CPU. */
static uint32_t common_caps(const struct xstate_plan *plan, const struct xstate_capture *capture)
{
    return plan->caps & capture->leaf[1].size;
}

int xstate_plan_compare_cpu(const struct xstate_plan *plan, const struct xstate_capture *capture,
                            struct xstate_finding *findings, unsigned int max, unsigned int *nr)
{
    struct differ d = { findings, max, 0, false };

    if (plan->xcr0) {
        differ_note(&d, XSTATE_FIND_CPU_XCR0, XSTATE_NO_COMPONENT, capture_xcr0(capture) & plan->xcr0, plan->xcr0);
        differ_note(&d, XSTATE_FIND_CPU_FEATURE, XSTATE_NO_COMPONENT, common_caps(plan, capture), plan->caps);
    }
    for (uint64_t left = plan->xcr0 & ~XSTATE_LEGACY; left; left &= left - 1) {
        unsigned int i = __builtin_ctzll(left);
        const struct xstate_component *mine = &plan->comp[i], *its = &capture->leaf[i];
        uint32_t flags = XSTATE_COMP_SUPERVISOR | XSTATE_COMP_ALIGN64;

        differ_note(&d, XSTATE_FIND_CPU_SIZE, i, its->size, mine->size);
        differ_note(&d, XSTATE_FIND_CPU_OFFSET, i, its->offset, mine->offset);
        differ_note(&d, XSTATE_FIND_CPU_ALIGN, i, its->flags & flags, mine->flags & flags);
    }
    for (unsigned int i = 0; i < MIN(capture->nr_tried, XSTATE_MAX_TRIED); i++)
        if (plan->xcr0 && capture->tried[i].faulted && !(capture->tried[i].xcr0 & ~plan->xcr0))
            differ_note(&d, XSTATE_FIND_CPU_XCR0, XSTATE_NO_COMPONENT, plan->xcr0 & ~capture->tried[i].xcr0,
                        plan->xcr0);
    *nr = d.nr;
    return d.differs ? -ENODEV : 0;
}
