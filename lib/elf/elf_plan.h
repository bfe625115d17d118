/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be copied where to load an ELF image, by physical address.
 *
 * The law (fuzzed): every segment of an accepted plan has its bytes in the file, none wraps, none overlaps another, and
 * all lie in [start, end), which is not longer than the caller allows. Segments come in ascending order of address.
 */
#ifndef LIB_ELF_ELF_PLAN_H
#define LIB_ELF_ELF_PLAN_H

#include "elf.h"

#define ELF_PLAN_MAX 32

enum elf_plan_error {
    ELF_PLAN_OK,
    ELF_PLAN_EMPTY,     /* no PT_LOAD segment with memory */
    ELF_PLAN_TOO_MANY,  /* more than ELF_PLAN_MAX such segments */
    ELF_PLAN_SHRINKS,   /* a segment with more bytes in the file than in memory */
    ELF_PLAN_TRUNCATED, /* a segment's bytes reach past the end of the file */
    ELF_PLAN_WRAPS,     /* a segment's addresses wrap around */
    ELF_PLAN_OVERLAPS,  /* two segments share an address */
    ELF_PLAN_TOO_LARGE, /* the span from the first to the last address is longer than the limit */
};

struct elf_plan_segment {
    uint64_t paddr;  /* where to put it */
    uint64_t offset; /* where its bytes lie in the file */
    uint64_t filesz; /* bytes to copy; the rest of memsz is zero */
    uint64_t memsz;
};

struct elf_plan {
    unsigned int nr;
    unsigned int at_fault; /* the number of the program header that an error speaks of */
    uint64_t start, end;   /* first address, and the address after the last */
    struct elf_plan_segment segment[ELF_PLAN_MAX];
};

/** Plans the load of @elf; on an error *@plan is empty but for at_fault. @max_span: bytes from start to end. */
enum elf_plan_error elf_plan(const struct elf_file *elf, uint64_t max_span, struct elf_plan *plan);

#endif
