/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of hypercalls by 32-bit code, as handlers for 64-bit code want them. Nothing is converted before the call:
 * the handler gets an address that no 32-bit code has, and what it copies from there and to there is translated element
 * by element, by the rows of gen/compat.tbl. So lists may be of any length, nothing is read twice, and a call that
 * gives way needs only its pointer put back.
 */
#ifndef LIB_X86_COMPAT_H
#define LIB_X86_COMPAT_H

#include "port.h"

#define COMPAT_LENSES 8u
/* A structure is at most as big as this, in either layout. */
#define COMPAT_BYTES 96u

/** What is under way for one vCPU. All zeros: nothing. */
struct compat {
    uint8_t depth;                  /* calls under way: a multicall and one of its entries are two */
    uint8_t next;                   /* the lens that the next nested pointer gets */
    struct { uint8_t layout; uint32_t base; } lens[COMPAT_LENSES];
};

/** The caller's memory by its own addresses, all below 4 GiB. 0 or -EFAULT. */
struct compat_memory {
    int (*read)(void *dst, uint64_t address, size_t bytes);
    int (*write)(uint64_t address, const void *src, size_t bytes);
};

/** What a call's arguments need. */
struct compat_plan {
    uint8_t arg, layout; /* @layout 0: nothing */
};

/** False: 32-bit code has no call @nr with first argument @sub. */
bool compat_plan(uint64_t nr, uint64_t sub, struct compat_plan *plan);
/**
 * A call begins; *@arg becomes what the handler is to get. compat_end() puts the caller's pointer, moved on, there.
 * False: it is one in one in one.
 */
bool compat_begin(struct compat *c, const struct compat_plan *plan, uint64_t *arg);
void compat_end(struct compat *c, const struct compat_plan *plan, uint64_t *arg);

/** @va is an address that a handler has been given, and not the caller's. */
static inline bool compat_is_lens(const struct compat *c, uint64_t va)
{
    return c->depth && va >> 62 == 1;
}
/** Copies by such an address, in the layout of 64-bit code. 0 or -EFAULT, also for a part of a field. */
int compat_read(struct compat *c, const struct compat_memory *m, void *dst, uint64_t va, size_t bytes);
int compat_write(const struct compat *c, const struct compat_memory *m, uint64_t va, const void *src, size_t bytes);

#endif
