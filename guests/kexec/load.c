/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The payload with what it looks at: the notes of all CPUs, a page of contents, a page of zeros. */
#include "kexec/kexec.h"
#include "kexec/payload/payload.h"

extern const uint8_t payload32[], payload32_end[], payload64[], payload64_end[];

#define FILLED (PAYLOAD_BASE + 0x100000)
#define ZEROED (PAYLOAD_BASE + 0x200000)

static uint8_t image[PAYLOAD_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static uint32_t contents[PAGE_SIZE / 4];
static struct xen_kexec_segment segment[4 + PAYLOAD_NOTES];
static uint32_t segments;

static void segment_add(const void *from, uint64_t bytes, uint64_t at, uint64_t size)
{
    struct xen_kexec_segment *s = &segment[segments++];

    *s = (struct xen_kexec_segment){ .buf_size = bytes, .dest_maddr = at, .dest_size = size };
    s->buf._pad = PTR(from);
}

/* A place that is only to be reached, unless a segment before leads there already. */
static void page_add(uint64_t at)
{
    at &= ~(PAGE_SIZE - 1);
    for (uint32_t i = 0; i < segments; i++)
        if (segment[i].dest_maddr == at)
            return;
    segment_add(NULL, 0, at, PAGE_SIZE);
}

static uint64_t range_of(int range, int nr)
{
    struct xen_kexec_range r = { .range = range, .nr = nr };

    return kexec_op(KEXEC_CMD_kexec_get_range, &r) ? 0 : r.start;
}

static void params_fill(struct payload_params *p, bool crashed)
{
    for (int cpu = 0; cpu < PAYLOAD_NOTES && range_of(KEXEC_RANGE_MA_CPU, cpu); cpu++) {
        p->note[p->notes++] = (uint32_t)range_of(KEXEC_RANGE_MA_CPU, cpu);
        page_add(p->note[cpu]);
    }
    p->vmcoreinfo = (uint32_t)range_of(KEXEC_RANGE_MA_VMCOREINFO, 0);
    if (p->vmcoreinfo)
        page_add(p->vmcoreinfo);
    p->crashed = crashed;
    p->filled = FILLED;
    p->zeroed = ZEROED;
}

long payload_load(uint8_t type, unsigned int bits)
{
    const uint8_t *from = bits == 32 ? payload32 : payload64, *end = bits == 32 ? payload32_end : payload64_end;
    struct xen_kexec_load load = { .type = type, .arch = bits == 32 ? 3 : 62, .entry_maddr = PAYLOAD_BASE };

    segments = 0;
    memset(image, 0, sizeof(image));
    memcpy(image, from, (size_t)(end - from));
    for (uint32_t i = 0; i < ARRAY_SIZE(contents); i++)
        contents[i] = i * 4 * 3 + 1;
    segment_add(image, (uint64_t)(end - from), PAYLOAD_BASE, sizeof(image));
    segment_add(contents, sizeof(contents), FILLED, PAGE_SIZE);
    segment_add(contents, 0, ZEROED, PAGE_SIZE);
    segment_add(NULL, 0, 0, 0x100000);
    struct payload_params params = { 0 };
    params_fill(&params, type == KEXEC_TYPE_CRASH);
    memcpy(image + PAYLOAD_PARAMS, &params, sizeof(params));
    load.nr_segments = segments;
    load.segments._pad = PTR(segment);
    return kexec_op(KEXEC_CMD_kexec_load, &load);
}
