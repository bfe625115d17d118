/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the list of steps, and runs it on the host the way the assembly does, so that tests see what it would do. */
#include "kexec/program.h"

#define PAGE  4096u
#define STEPS (PAGE / sizeof(struct kexec_step)) /* the last is kept for KEXEC_STEP_NEXT */

int kexec_program_begin(struct kexec_program *p, const struct kexec_pages *pages)
{
    *p = (struct kexec_program){ .pages = pages };
    p->first = pages->alloc(pages->opaque);
    if (!p->first)
        return -ENOMEM;
    p->step = pages->at(pages->opaque, p->first);
    return 0;
}

static int program_add(struct kexec_program *p, struct kexec_step s)
{
    if (p->used == STEPS - 1) {
        uint64_t next = p->pages->alloc(p->pages->opaque);

        if (!next)
            return -ENOMEM;
        p->step[p->used] = (struct kexec_step){ .to = next | KEXEC_STEP_NEXT };
        p->step = p->pages->at(p->pages->opaque, next);
        p->used = 0;
    }
    p->step[p->used++] = s;
    return 0;
}

int kexec_program_copy(struct kexec_program *p, uint64_t to, uint64_t from)
{
    struct kexec_step *last = p->used ? &p->step[p->used - 1] : NULL;

    if (last && (last->to & KEXEC_STEP_MASK) == KEXEC_STEP_COPY && last->from + last->pages * PAGE == from &&
        (last->to & ~(uint64_t)KEXEC_STEP_MASK) + last->pages * PAGE == to) {
        last->pages++;
        return 0;
    }
    return program_add(p, (struct kexec_step){ to | KEXEC_STEP_COPY, from, 1 });
}

int kexec_program_zero(struct kexec_program *p, struct range r)
{
    if (range_empty(r))
        return 0;
    return program_add(p, (struct kexec_step){ r.start | KEXEC_STEP_ZERO, 0, range_size(r) / PAGE });
}

int kexec_program_end(struct kexec_program *p)
{
    return program_add(p, (struct kexec_step){ KEXEC_STEP_END, 0, 0 });
}

static void step_run(const struct kexec_step *s, const struct kexec_pages *pages)
{
    uint64_t to = s->to & ~(uint64_t)KEXEC_STEP_MASK;

    for (uint64_t i = 0; i < s->pages; i++) {
        void *target = pages->at(pages->opaque, to + i * PAGE);

        if ((s->to & KEXEC_STEP_MASK) == KEXEC_STEP_COPY)
            memcpy(target, pages->at(pages->opaque, s->from + i * PAGE), PAGE);
        else
            memset(target, 0, PAGE);
    }
}

bool kexec_program_run(uint64_t first, uint64_t limit, const struct kexec_pages *pages)
{
    const struct kexec_step *s = pages->at(pages->opaque, first);

    for (; limit; limit--) {
        switch (s->to & KEXEC_STEP_MASK) {
        case KEXEC_STEP_END:
            return true;
        case KEXEC_STEP_NEXT:
            s = pages->at(pages->opaque, s->to & ~(uint64_t)KEXEC_STEP_MASK);
            break;
        default:
            step_run(s++, pages);
        }
    }
    return false;
}
