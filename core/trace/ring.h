/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One CPU's buffer of records, in the form of xen/trace.h: struct t_buf at the start of the first page, records behind
 * it, over all pages. Its CPU alone writes records; a tool in a control domain reads them and moves `cons`.
 *
 * The pages are mapped writable by that domain, so nothing in them is believed. Where we write is kept here, and is
 * never read back; `cons` is copied once, and decides nothing but whether there is room. One that cannot be means that
 * there is none: records are counted as lost until it makes sense again.
 *
 * `cons` and `prod` go from 0 to twice the size, so that full and empty differ. A record never runs over the end: the
 * rest is filled by one that says so. When there is room again after records were lost, the first to be written says
 * how many, and since when.
 */
#ifndef TRACE_RING_H
#define TRACE_RING_H

#include "hv/types.h"
#include "public.h"

struct trace_ring {
    uint32_t **page;         /* struct t_buf and records; each page by itself */
    uint32_t size;           /* bytes for records */
    uint32_t prod;           /* where the next goes: 0 .. 2 * size - 1, a multiple of 4 */
    uint32_t session;        /* of what `lost` counts: see trace_enable() */
    uint32_t lost;
    uint64_t lost_since;     /* stamp of the first */
    bool bogus;              /* the tool's index made no sense when it was last looked at */
};

enum trace_written { TRACE_WRITTEN, TRACE_HALF_FULL /* and now it is */, TRACE_LOST };

struct trace_record {
    uint32_t event;
    unsigned int nr;         /* words */
    const uint32_t *word;
    uint64_t stamp;
    uint16_t domain, vcpu;   /* who runs, for the record about lost ones */
};

#define TRACE_RING_PAGES_MAX 0xffffu /* t_info.tbuf_size has 16 bits */

/** @pages of them, 1 .. TRACE_RING_PAGES_MAX, zeroed, are at @page. */
void trace_ring_init(struct trace_ring *r, uint32_t **page, uint32_t pages);
/** Its CPU, interrupts off. */
enum trace_written trace_ring_write(struct trace_ring *r, const struct trace_record *record);

#endif
