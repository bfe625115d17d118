/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of physical memory. Firmware's answer is a claim: entries may be unsorted, overlap, wrap, be empty, or cut
 * pages in two. e820_sanitise() makes of it a map that holds the law
 *
 *     entries are not empty, sorted, do not overlap, end at or below 2^52; neighbours that touch differ in type;
 *     RAM consists of whole pages; where two claims overlapped, the more restrictive one has won.
 *
 * All other functions expect a map that holds the law and keep it. What no entry covers is a hole: no memory.
 */
#ifndef LIB_X86_BOOT_E820_H
#define LIB_X86_BOOT_E820_H

#include "base/range.h"

/* ACPI 6.4, table 15.4. Any other type counts as reserved. */
enum e820_type {
    E820_RAM = 1,
    E820_RESERVED = 2,
    E820_ACPI = 3, /* ACPI tables; RAM once they have been read */
    E820_NVS = 4,
    E820_UNUSABLE = 5,
    E820_PMEM = 7,
};

#define E820_INPUT_MAX 1024U                 /* entries taken from firmware; EFI's maps have hundreds */
#define E820_MAX       (2 * E820_INPUT_MAX)  /* n claims make at most 2n - 1 pieces */
#define E820_TOP       BIT(52)               /* no x86-64 physical address is wider */
#define E820_PAGE      4096U

struct e820_entry {
    uint64_t start, end;
    uint32_t type;
};

struct e820_map {
    uint32_t count;
    struct e820_entry entry[E820_MAX];
};

/** What was wrong with firmware's map. */
struct e820_findings {
    uint32_t empty, wrapped, too_high, unknown_type, overlapping, unaligned, dropped;
};

/**
 * Make @out from @count raw entries at @in (more than E820_INPUT_MAX: the rest is dropped and counted). @in and @out
 * must not overlap. @found may be NULL; a line goes to @log for each kind of finding.
 */
void e820_sanitise(struct e820_map *out, const struct e820_entry *in, size_t count, struct e820_findings *found,
                   const struct lib_log *log);

/** Bytes of RAM below @limit. */
uint64_t e820_ram_below(const struct e820_map *map, uint64_t limit);

/** End of the highest RAM; 0 if there is none. */
uint64_t e820_ram_end(const struct e820_map *map);

/** Is every byte of @r covered by entries of @type? True for an empty range. */
bool e820_covers(const struct e820_map *map, struct range r, uint32_t type);

/** Has any byte of @r an entry of @type? */
bool e820_touches(const struct e820_map *map, struct range r, uint32_t type);

/** Does every byte of @r lie in raw entries that are RAM, whole pages or not? True if @r is empty. */
bool e820_claims_ram(const struct e820_entry *in, size_t count, struct range r);

/** The entry that holds @paddr, or NULL in a hole. */
const struct e820_entry *e820_lookup(const struct e820_map *map, uint64_t paddr);

/**
 * Find @size bytes of RAM, aligned to @align (a power of two), inside @within and clear of all @avoid_count ranges at
 * @avoid: the highest such place, or the lowest. Returns its address, or UINT64_MAX if there is none.
 */
uint64_t e820_find_high(const struct e820_map *map, uint64_t size, uint64_t align, struct range within,
                        const struct range *avoid, size_t avoid_count);
uint64_t e820_find_low(const struct e820_map *map, uint64_t size, uint64_t align, struct range within,
                       const struct range *avoid, size_t avoid_count);

/**
 * Give the parts of @r (whole pages) that have type @from the type @to. Returns 0 or -ENOSPC (map full) or -EINVAL
 * (not whole pages), with nothing changed.
 */
int e820_retype(struct e820_map *map, struct range r, uint32_t from, uint32_t to);

/** Forget all RAM at and above @limit, rounded down to a page (mem=). Other types stay. Returns the bytes forgotten. */
uint64_t e820_clip_ram(struct e820_map *map, uint64_t limit);

/** Does the map hold the law above? For tests and debug builds. */
bool e820_lawful(const struct e820_map *map);

/** One line for each entry to @log. */
void e820_report(const struct e820_map *map, const struct lib_log *log);

#endif
