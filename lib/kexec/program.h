/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an image gets to its destinations when nothing of the hypervisor is left: a list of steps, carried out in order
 * by a page of assembly that knows nothing else. The steps lie in pages; the last step of a page leads to the next
 * page.
 *
 * The law that makes the order irrelevant: no page of the program, and no page that a step reads, lies in a
 * destination.
 */
#ifndef LIB_KEXEC_PROGRAM_H
#define LIB_KEXEC_PROGRAM_H

/* In the low bits of the first word. Also read by the assembly. */
#define KEXEC_STEP_COPY 1 /* `pages` pages at `from` go to `to` */
#define KEXEC_STEP_ZERO 2 /* `pages` pages at `to` become zero */
#define KEXEC_STEP_NEXT 3 /* go on at `to` */
#define KEXEC_STEP_END  4
#define KEXEC_STEP_MASK 7
#define KEXEC_STEP_SIZE 24

#ifndef __ASSEMBLER__

#include "base/range.h"

struct kexec_step {
    uint64_t to; /* page aligned, and KEXEC_STEP_* */
    uint64_t from;
    uint64_t pages;
};
_Static_assert(sizeof(struct kexec_step) == KEXEC_STEP_SIZE, "the assembly steps by this");

/** Where pages come from, and how machine addresses are reached. */
struct kexec_pages {
    uint64_t (*alloc)(void *opaque);              /* a zeroed page's address; 0: no memory */
    void *(*at)(void *opaque, uint64_t paddr);    /* valid for a page */
    void *opaque;
};

struct kexec_program {
    const struct kexec_pages *pages;
    uint64_t first;          /* address of the first page */
    struct kexec_step *step; /* page that is being filled */
    uint32_t used;
};

/** Begins with a first page. 0 or -ENOMEM. */
int kexec_program_begin(struct kexec_program *p, const struct kexec_pages *pages);
/** Adds: the page at @from goes to @to. 0 or -ENOMEM. */
int kexec_program_copy(struct kexec_program *p, uint64_t to, uint64_t from);
/** Adds: the pages of @r become zero; nothing if it is empty. 0 or -ENOMEM. */
int kexec_program_zero(struct kexec_program *p, struct range r);
/** Adds the end. 0 or -ENOMEM. */
int kexec_program_end(struct kexec_program *p);

/**
 * What the assembly does, in C: for tests, and as its specification. Stops after @limit steps. True if the end was
 * reached.
 */
bool kexec_program_run(uint64_t first, uint64_t limit, const struct kexec_pages *pages);

#endif
#endif
