/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments are put in order one by one; the first that breaks the law ends the plan. */
#include "elf_plan.h"

static enum elf_plan_error plan_check_segment(const struct elf_file *elf, const struct elf_segment *segment)
{
    if (segment->filesz > segment->memsz)
        return ELF_PLAN_SHRINKS;
    if (!elf_in_file(elf, segment->offset, segment->filesz))
        return ELF_PLAN_TRUNCATED;
    if (segment->paddr + segment->memsz < segment->paddr)
        return ELF_PLAN_WRAPS;
    return ELF_PLAN_OK;
}

/* Inserts in order of address. Only the two neighbours can overlap, as those in the plan are already disjoint. */
static enum elf_plan_error plan_insert(struct elf_plan *plan, const struct elf_plan_segment *new)
{
    unsigned int at = plan->nr;
    struct elf_plan_segment *segment = plan->segment;

    if (plan->nr == ELF_PLAN_MAX)
        return ELF_PLAN_TOO_MANY;
    while (at > 0 && segment[at - 1].paddr > new->paddr)
        at--;
    if (at > 0 && segment[at - 1].paddr + segment[at - 1].memsz > new->paddr)
        return ELF_PLAN_OVERLAPS;
    if (at < plan->nr && new->paddr + new->memsz > segment[at].paddr)
        return ELF_PLAN_OVERLAPS;
    memmove(&segment[at + 1], &segment[at], (plan->nr - at) * sizeof(*segment));
    segment[at] = *new;
    plan->nr++;
    return ELF_PLAN_OK;
}

static enum elf_plan_error plan_fail(struct elf_plan *plan, unsigned int header, enum elf_plan_error error)
{
    *plan = (struct elf_plan){ .at_fault = header };
    return error;
}

enum elf_plan_error elf_plan(const struct elf_file *elf, uint64_t max_span, struct elf_plan *plan)
{
    struct elf_segment segment;
    enum elf_plan_error error;

    *plan = (struct elf_plan){ 0 };
    for (unsigned int i = 0; elf_segment_get(elf, i, &segment); i++) {
        if (segment.type != ELF_PT_LOAD || !segment.memsz)
            continue;
        error = plan_check_segment(elf, &segment);
        if (!error)
            error = plan_insert(plan, &(struct elf_plan_segment){ .paddr = segment.paddr, .offset = segment.offset,
                                                                  .filesz = segment.filesz, .memsz = segment.memsz });
        if (error)
            return plan_fail(plan, i, error);
    }
    if (!plan->nr)
        return plan_fail(plan, 0, ELF_PLAN_EMPTY);
    plan->start = plan->segment[0].paddr;
    plan->end = plan->segment[plan->nr - 1].paddr + plan->segment[plan->nr - 1].memsz;
    return plan->end - plan->start <= max_span ? ELF_PLAN_OK : plan_fail(plan, 0, ELF_PLAN_TOO_LARGE);
}
