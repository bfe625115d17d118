/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory: frames in powers of two from a buddy allocator, and small objects on top. All RAM is in the direct map, so
 * there is one heap; what a guest has used is scrubbed before anybody else gets it.
 */
#ifndef HV_HEAP_H
#define HV_HEAP_H

#include "hv/types.h"

#define HEAP_MAX_ORDER 18 /* 1 GiB */

/* Flags of heap_alloc(). */
#define HEAP_ZERO       (1u << 0)  /* contents are zero; without it they are unspecified but never another guest's */
#define HEAP_ADDR_BITS(n) ((unsigned int)(n) << 8) /* every byte below 2^n; 0: anywhere */
#define HEAP_ADDR_BITS_OF(flags) (((flags) >> 8) & 0xff)

/**
 * Gives the RAM frames [@start, @end) to the heap. Boot only, and for init memory afterwards. Their entries in the
 * frame table exist and are zero, or those of frames that the hypervisor used.
 */
void heap_add(mfn_t start, mfn_t end);
/** Allocates 2^@order frames, naturally aligned; MFN_NONE if there are none. Any context that may take LOCK_HEAP. */
mfn_t heap_alloc(unsigned int order, unsigned int flags);
/**
 * Gives 2^@order frames back. @dirty: they held a guest's data and must be scrubbed before they are used again; up to
 * eight frames are scrubbed at once, more wait for heap_scrub_some() or their next user. Context as heap_alloc().
 */
void heap_free(mfn_t first, unsigned int order, bool dirty);
/** The same for @nr frames from @first, which need not be one block. */
void heap_free_range(mfn_t first, uint64_t nr, bool dirty);
/**
 * Dirty frames that are freed one after the other: those that follow each other go back as blocks, scrubbed one by one
 * or, @scrub_later, like a large block. Begins as { 0 }; who has one flushes it before a guest runs again.
 */
struct heap_run { uint64_t first, nr; bool scrub_later; };
void heap_run_add(struct heap_run *run, mfn_t m);
void heap_run_flush(struct heap_run *run);
/** What is free now may hold somebody's secrets from before we came: treats it as a guest's. Boot, bootscrub=. */
void heap_taint(void);
/** Frames free now, scrubbed or waiting for it. */
uint64_t heap_free_frames(void);
/** Of these, frames that wait to be scrubbed. */
uint64_t heap_dirty_frames(void);
/** Frames that heap_add() has ever received. */
uint64_t heap_total_frames(void);
/**
 * Scrubs some waiting frames, until a softirq is pending here; true if more wait, false also if another CPU is at it.
 * Called by idle CPUs.
 */
bool heap_scrub_some(void);
/** Arch duty: zeroes the page at @page, which nobody is about to read. Any context. */
void arch_scrub_page(void *page);

/** As heap_alloc(), as an address in the direct map, zeroed; NULL if there is none. */
void *hv_alloc_pages(unsigned int order);
/** @p is what hv_alloc_pages() gave; it counts as dirty, because it may hold copies of a guest's data. */
void hv_free_pages(void *p, unsigned int order);

/**
 * Objects, aligned to 16 (to 64 from 64 bytes on, to pages above 2048), zeroed; NULL if there is no memory or @size is
 * 0. Their pages are not for sharing with guests: use hv_alloc_pages() for those.
 */
void *hv_zalloc(size_t size);
/** As hv_zalloc(nr * size), NULL on overflow. */
void *hv_zalloc_array(size_t nr, size_t size);
void hv_free(void *p);

#endif
