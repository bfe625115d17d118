/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a capture to a plan. The candidate mask only ever shrinks: first what the hypervisor doesn't manage, then
 * descriptions that cannot be right, then what XSETBV refused, each time together with what lost its partner. Totals
 * come last and change nothing: they are only compared with what the components need.
 */
#include "x86/xstate/plan.h"

struct planner {
    const struct xstate_capture *capture;
    struct xstate_plan *plan;
    uint64_t mask; /* candidate XCR0: valid by XCR0's rules, or 0, between steps */
};

static void planner_note(struct planner *p, struct xstate_finding finding)
{
    struct xstate_plan *plan = p->plan;

    if (plan->nr_findings == XSTATE_MAX_FINDINGS)
        plan->more_findings = true;
    else
        plan->findings[plan->nr_findings++] = finding;
}

/* Takes @drop out of the mask, and whatever cannot stay without it, naming the latter one by one. */
static void planner_drop(struct planner *p, uint64_t drop)
{
    uint64_t before = p->mask & ~drop, lost;

    p->mask = xstate_settle_xcr0(before);
    for (lost = before & ~p->mask; lost; lost &= lost - 1)
        planner_note(p, (struct xstate_finding){ .kind = XSTATE_FIND_DEPENDS, .severity = XSTATE_WARNING,
                                                 .component = __builtin_ctzll(lost), .decided = p->mask });
}

static void planner_reject(struct planner *p, unsigned int i, enum xstate_finding_kind kind, uint64_t seen,
                           uint64_t expected)
{
    planner_note(p, (struct xstate_finding){ .kind = kind, .severity = XSTATE_ERROR, .component = i, .seen = seen,
                                             .expected = expected,
                                             .decided = xstate_settle_xcr0(p->mask & ~BIT(i)) });
    planner_drop(p, BIT(i));
}

/* Components outside XSTATE_MANAGED_XCR0: nothing is wrong with them, they just stay off. */
static void planner_leave_unmanaged(struct planner *p)
{
    for (uint64_t left = p->plan->hw_xcr0 & ~XSTATE_MANAGED_XCR0; left; left &= left - 1)
        planner_note(p, (struct xstate_finding){ .kind = XSTATE_FIND_NOT_MANAGED, .severity = XSTATE_INFO,
                                                 .component = __builtin_ctzll(left), .decided = p->mask });
    planner_drop(p, 0);
}

/* A description on its own. */
static void planner_check_component(struct planner *p, unsigned int i)
{
    const struct xstate_component *c = &p->capture->leaf[i];
    uint64_t end = (uint64_t)c->offset + c->size, limit = MAX(p->capture->leaf[0].flags, XSTATE_AREA_LIMIT);

    if (c->flags & XSTATE_COMP_SUPERVISOR)
        planner_reject(p, i, XSTATE_FIND_SUPERVISOR, c->flags, 0);
    else if (!c->size)
        planner_reject(p, i, XSTATE_FIND_SIZE_ZERO, 0, 0);
    else if (c->offset < XSTATE_MIN_SIZE)
        planner_reject(p, i, XSTATE_FIND_OFFSET_LOW, c->offset, XSTATE_MIN_SIZE);
    else if (end > limit || end > XSTATE_AREA_MAX)
        planner_reject(p, i, XSTATE_FIND_BEYOND_LIMIT, end, MIN(limit, XSTATE_AREA_MAX));
}

/* Of two components that overlap the one with the higher index goes. */
static void planner_check_overlap(struct planner *p, unsigned int i)
{
    const struct xstate_component *c = &p->capture->leaf[i];

    for (uint64_t left = p->mask & ~XSTATE_LEGACY & (BIT(i) - 1); left; left &= left - 1) {
        const struct xstate_component *o = &p->capture->leaf[__builtin_ctzll(left)];

        if (c->offset < o->offset + o->size && o->offset < c->offset + c->size) {
            planner_reject(p, i, XSTATE_FIND_OVERLAP, c->offset, o->offset + o->size);
            return;
        }
    }
}

static void planner_check_components(struct planner *p)
{
    for (unsigned int i = 2; i < XSTATE_MAX_COMPONENTS; i++)
        if (p->mask & BIT(i))
            planner_check_component(p, i);
    for (unsigned int i = 2; i < XSTATE_MAX_COMPONENTS; i++)
        if (p->mask & BIT(i))
            planner_check_overlap(p, i);
}

static uint64_t accepted_masks(const struct xstate_capture *capture, unsigned int nr)
{
    uint64_t accepted = 0;

    for (unsigned int i = 0; i < nr; i++)
        if (!capture->tried[i].faulted)
            accepted |= capture->tried[i].xcr0;
    return accepted;
}

/* The largest XCR0 within @mask that was written without a fault, 0 if none. */
static uint64_t largest_accepted(const struct xstate_capture *capture, unsigned int nr, uint64_t mask)
{
    uint64_t best = 0;

    for (unsigned int i = 0; i < nr; i++) {
        uint64_t xcr0 = capture->tried[i].xcr0;

        if (!capture->tried[i].faulted && !(xcr0 & ~mask) && xcr0 == xstate_settle_xcr0(xcr0) &&
            __builtin_popcountll(xcr0) > __builtin_popcountll(best))
            best = xcr0;
    }
    return best;
}

/*
 * A mask that XSETBV refused costs the components that were accepted in no other mask. If each was accepted somewhere
 * and only their combination was refused, the largest accepted combination serves.
 */
static void planner_check_xsetbv(struct planner *p, unsigned int nr)
{
    const struct xstate_capture *capture = p->capture;
    uint64_t accepted = accepted_masks(capture, nr);
    bool refused = false;

    for (unsigned int i = 0; i < nr; i++)
        if (capture->tried[i].faulted)
            p->mask = xstate_settle_xcr0(p->mask & ~(capture->tried[i].xcr0 & ~accepted));
    for (unsigned int i = 0; i < nr; i++)
        refused |= capture->tried[i].faulted && !(capture->tried[i].xcr0 & ~p->mask);
    if (refused)
        p->mask = largest_accepted(capture, nr, p->mask);
    for (unsigned int i = 0; i < nr; i++)
        if (capture->tried[i].faulted)
            planner_note(p, (struct xstate_finding){ .kind = XSTATE_FIND_XSETBV_FAULT, .severity = XSTATE_ERROR,
                                                     .component = XSTATE_NO_COMPONENT, .decided = p->mask,
                                                     .xcr0 = capture->tried[i].xcr0, .seen = capture->tried[i].xcr0 });
}

/* Whether every total read is the same although the components need different amounts. */
static bool totals_are_static(const struct xstate_capture *capture, unsigned int nr)
{
    unsigned int read = 0;

    for (unsigned int i = 0; i < nr; i++) {
        if (capture->tried[i].faulted)
            continue;
        if (capture->tried[i].ebx != capture->leaf[0].flags)
            return false;
        read++;
    }
    return read > 1;
}

/* Compares CPUID's totals with computed ones; at most one finding for totals too large and one for too small. */
static void planner_check_totals(struct planner *p, unsigned int nr)
{
    const struct xstate_capture *capture = p->capture;
    bool larger = false, smaller = false, is_static = totals_are_static(capture, nr);

    for (unsigned int i = 0; i < nr; i++) {
        const struct xstate_tried *t = &capture->tried[i];
        uint32_t needed = xstate_size_std(p->plan->comp, t->xcr0);
        bool more = t->ebx > needed, *told = more ? &larger : &smaller;

        /* Only masks made of accepted components can be judged. */
        if (t->faulted || t->xcr0 & ~p->mask || t->ebx == needed || *told)
            continue;
        *told = true;
        planner_note(p, (struct xstate_finding){
            .kind = !more ? XSTATE_FIND_TOTAL_SMALLER : is_static ? XSTATE_FIND_STATIC_TOTAL : XSTATE_FIND_TOTAL_LARGER,
            .severity = more ? XSTATE_INFO : XSTATE_WARNING, .component = XSTATE_NO_COMPONENT, .xcr0 = t->xcr0,
            .seen = t->ebx, .expected = needed, .decided = needed });
    }
}

/* Reasons not to try XSAVE at all. True if there was one. */
static bool planner_rule_out(struct planner *p)
{
    const struct xstate_capture *capture = p->capture;
    struct xstate_finding f = { .severity = XSTATE_INFO, .component = XSTATE_NO_COMPONENT };

    if (capture->disabled)
        f.kind = XSTATE_FIND_DISABLED;
    else if (!capture->has_xsave)
        f.kind = XSTATE_FIND_NO_XSAVE;
    else if (capture->max_leaf < 0xd || !(p->plan->hw_xcr0 & XSTATE_X87))
        f = (struct xstate_finding){ .kind = XSTATE_FIND_NO_LEAF, .severity = XSTATE_WARNING, .seen = capture->max_leaf,
                                     .expected = 0xd, .component = XSTATE_NO_COMPONENT };
    else if (!capture->has_sse || !(p->plan->hw_xcr0 & XSTATE_SSE))
        f = (struct xstate_finding){ .kind = XSTATE_FIND_NO_SSE, .severity = XSTATE_WARNING, .component = 1,
                                     .seen = p->plan->hw_xcr0, .expected = XSTATE_LEGACY };
    else
        return false;
    planner_note(p, f);
    return true;
}

/*
 * XSAVEOPT is preferred to the compacted forms: images stay in the standard format that migration wants, and its one
 * optimisation (skip what has not changed since XRSTOR) is what a switch between vCPUs profits from. XSAVES only pays
 * once supervisor components are managed.
 */
static enum xstate_insn choose_insn(const struct xstate_plan *plan)
{
    if (!plan->xcr0)
        return XSTATE_FXSAVE;
    if (plan->xss && plan->caps & XSTATE_CAP_XSAVES)
        return XSTATE_XSAVES;
    if (plan->caps & XSTATE_CAP_XSAVEOPT)
        return XSTATE_XSAVEOPT;
    return plan->caps & XSTATE_CAP_XSAVEC ? XSTATE_XSAVEC : XSTATE_XSAVE;
}

static void planner_finish(struct planner *p)
{
    struct xstate_plan *plan = p->plan;
    uint32_t compact;

    /* XCR0 without SSE would leave XMM registers to nobody: FXSAVE saves them. */
    plan->xcr0 = (p->mask & XSTATE_LEGACY) == XSTATE_LEGACY ? p->mask : 0;
    p->mask = plan->xcr0;
    for (uint64_t left = p->mask & ~XSTATE_LEGACY; left; left &= left - 1)
        plan->comp[__builtin_ctzll(left)] = p->capture->leaf[__builtin_ctzll(left)];
    plan->caps = plan->xcr0 ? p->capture->leaf[1].size & 0xf : 0;
    plan->insn = choose_insn(plan);
    plan->size_std = plan->xcr0 ? xstate_size_std(plan->comp, plan->xcr0) : XSTATE_LEGACY_SIZE;
    compact = xstate_size_compact(plan->comp, plan->xcr0);
    plan->area_size = ROUND_UP(MAX(plan->size_std, compact), 64);
}

void xstate_plan(const struct xstate_capture *capture, struct xstate_plan *plan)
{
    struct planner p = { capture, plan, 0 };
    unsigned int nr = MIN(capture->nr_tried, XSTATE_MAX_TRIED);

    memset(plan, 0, sizeof(*plan));
    if (capture->has_xsave && capture->max_leaf >= 0xd)
        plan->hw_xcr0 = (capture->leaf[0].size | (uint64_t)capture->leaf[0].reserved << 32) & ~BIT(63);
    if (!planner_rule_out(&p)) {
        p.mask = plan->hw_xcr0 & XSTATE_MANAGED_XCR0;
        planner_leave_unmanaged(&p);
        planner_check_components(&p);
        planner_check_xsetbv(&p, nr);
    }
    planner_finish(&p);
    planner_check_totals(&p, nr);
}

unsigned int xstate_probe_masks(const struct xstate_capture *capture, uint64_t masks[XSTATE_MAX_TRIED])
{
    static const uint64_t groups[] = { XSTATE_LEGACY, XSTATE_YMM, XSTATE_BND, XSTATE_AVX512 | XSTATE_YMM,
                                       XSTATE_PKRU, XSTATE_LWP };
    uint64_t hw = xstate_settle_xcr0((capture->leaf[0].size | (uint64_t)capture->leaf[0].reserved << 32) &
                                     XSTATE_MANAGED_XCR0);
    unsigned int nr = 0;

    if (capture->disabled || !capture->has_xsave || capture->max_leaf < 0xd || !hw)
        return 0;
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
        if ((groups[i] & hw) == groups[i])
            masks[nr++] = groups[i] | (XSTATE_LEGACY & hw);
    if (!nr || masks[nr - 1] != hw)
        masks[nr++] = hw;
    return nr;
}
