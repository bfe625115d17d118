/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of loading: whatever the description, an accepted one is carried out to the letter. On a small machine its
 * program puts the sources into their destinations, zeros behind them, and changes no other byte; its page tables map
 * the destinations at their own addresses and no page of the tables. A refused one has a rule, an error and a sentence.
 * And of crashkernel=: what is read once is read the same way again.
 */
#include "kexec/checksum.h"
#include "kexec/crashkernel.h"
#include "kexec/load.h"
#include "kexec/tables.h"

#include "law.h"

#define PAGE  4096ULL
#define PAGES 512u /* of the machine: segments lie in the first half, what keeps them in either */

static uint8_t machine[PAGES * PAGE] __attribute__((aligned(4096))), before[PAGES * PAGE];
static uint8_t source[16 * PAGE];
static uint32_t next_page;
static const struct kexec_load *loading;

/* As the hypervisor does it: any free page, but never one in a destination. */
static uint64_t alloc(void *unused)
{
    while (next_page < PAGES && kexec_load_covers(loading, next_page * PAGE))
        next_page++;
    return next_page < PAGES ? next_page++ * PAGE : 0;
}

static void *at(void *unused, uint64_t paddr)
{
    require(paddr % PAGE == 0 && paddr < sizeof(machine));
    return machine + paddr;
}

static const struct kexec_pages pages = { alloc, at, NULL };

static bool is_ram(void *opaque, struct range r)
{
    return range_contains((struct range){ PAGE, PAGES / 2 * PAGE }, r);
}

/* 0 when it is all there; the machine may be too small. */
static int keep(const struct kexec_load *load, struct kexec_program *p, struct kexec_tables *t)
{
    int rc = kexec_program_begin(p, &pages);

    for (uint32_t i = 0; !rc && i < load->count; i++) {
        const struct kexec_segment *s = &load->segment[i];
        uint64_t done = 0;

        for (; !rc && s->has_source && done < s->source_size; done += PAGE) {
            uint64_t page = alloc(NULL);
            if (!page)
                return -ENOMEM;
            memcpy(at(NULL, page), source + done, MIN(PAGE, s->source_size - done));
            rc = kexec_program_copy(p, s->dest.start + done, page);
        }
        if (!rc && s->has_source)
            rc = kexec_program_zero(p, (struct range){ s->dest.start + done, s->dest.end });
    }
    rc = rc ?: kexec_program_end(p) ?: kexec_tables_begin(t, &pages);
    for (uint32_t i = 0; !rc && i < load->count; i++)
        rc = kexec_tables_map(t, load->segment[i].dest);
    return rc;
}

static void check_segment(const struct kexec_segment *s, const struct kexec_tables *t)
{
    for (uint64_t a = s->dest.start; a < s->dest.end; a++) {
        uint64_t i = a - s->dest.start;
        if (a % PAGE == 0)
            require(kexec_tables_lookup(t, a) == a);
        if (a < sizeof(machine))
            require(machine[a] == (s->has_source ? (i < s->source_size ? source[i] : 0) : before[a]));
    }
}

static void check_accepted(const struct kexec_load *load)
{
    struct kexec_program p;
    struct kexec_tables t;

    for (size_t i = 0; i < sizeof(machine); i++)
        machine[i] = (uint8_t)(i * 7 + i / PAGE);
    for (next_page = 1; next_page < PAGES; next_page++) /* pages from the heap are zero */
        if (!kexec_load_covers(load, next_page * PAGE))
            memset(machine + next_page * PAGE, 0, PAGE);
    loading = load;
    next_page = 1;
    if (keep(load, &p, &t))
        return;
    memcpy(before, machine, sizeof(machine));
    require(kexec_program_run(p.first, 10000, &pages));
    for (uint64_t a = 0; a < sizeof(machine); a += PAGE)
        require(kexec_load_covers(load, a) || !memcmp(machine + a, before + a, PAGE));
    for (uint32_t i = 0; i < load->count; i++)
        check_segment(&load->segment[i], &t);
    require(kexec_tables_lookup(&t, t.root) == UINT64_MAX);
}

static void one_load(const uint8_t *data, size_t size)
{
    const struct kexec_machine m = { .crash_area = { 0x40000, 0x80000 }, .max_pages = 200, .is_ram = is_ram };
    struct xen_kexec_load head;
    struct xen_kexec_segment seg;
    struct kexec_load load = { 0 };
    struct kexec_refusal why = { 0 };
    char text[200];

    if (size < sizeof(head))
        return;
    memcpy(&head, data, sizeof(head));
    head.nr_segments %= 9;
    int rc = kexec_load_head(&head, &load, &why);
    for (uint32_t i = 0; !rc && i < load.count; i++) {
        size_t off = sizeof(head) + i * 8;
        uint64_t bits = 0;
        if (off + 8 <= size)
            memcpy(&bits, data + off, 8);
        seg.buf._pad = bits & 1;
        seg.dest_maddr = bits & 2 ? bits << 20 : (bits >> 8 & 0x1ff) << 12 | (bits & 4 ? 1 : 0);
        seg.dest_size = bits & 8 ? ~0ULL << 12 : (bits >> 20 & 0xf) << 12;
        seg.buf_size = bits >> 32 & 0xffff;
        rc = kexec_load_segment(&seg, i, &load, &why);
    }
    rc = rc ?: kexec_load_check(&load, &m, &why);
    require((rc == 0) == (why.rule == KEXEC_ACCEPTED));
    require(strlen(kexec_refusal_text(&why, text, sizeof(text))) < sizeof(text) - 1);
    if (!rc)
        check_accepted(&load);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct crashkernel a, b;

    for (size_t i = 0; !source[1] && i < sizeof(source); i++)
        source[i] = (uint8_t)(i * 13 + 1);
    one_load(data, size);
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    if (!option_crashkernel((const char *)data, size, &a, NULL)) {
        require(a.count && a.count <= CRASHKERNEL_RANGES);
        require(!option_crashkernel((const char *)data, size, &b, NULL) && !memcmp(&a, &b, sizeof(a)));
        require(crashkernel_size(&a, 1ULL << 31) % PAGE == 0);
    }
    return 0;
}
