/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the buffers: pages that belong to DOMID_XEN, so that a control domain maps them by frame number. It
 * finds them by struct t_info (xen/trace.h), which it may only read: for each CPU where in t_info its list begins, and
 * the lists, 32 bits a frame. What is mapped cannot be taken back, so buffers are made once and stay.
 */
#include "core/trace/trace.h"

#include "hv/domain.h"
#include "hv/frame.h"
#include "hv/heap.h"
#include "hv/log.h"

#define INFO_WORDS_MAX 0x10000u /* an offset has 16 bits */

static struct t_info *info;
static uint32_t info_bytes;

bool trace_buffers_exist(void) { return info; }

void trace_info(uint64_t *mfn, uint32_t *bytes)
{
    *mfn = info ? virt_to_mfn(info).nr : 0;
    *bytes = info_bytes;
}

static void ring_free(struct trace_ring *r, uint32_t pages)
{
    if (!r)
        return;
    for (uint32_t i = 0; r->page && i < pages; i++)
        if (r->page[i])
            hv_free_pages(r->page[i], 0);
    hv_free(r->page);
    hv_free(r);
}

static struct trace_ring *ring_make(uint32_t pages)
{
    struct trace_ring *r = hv_zalloc(sizeof(*r));
    uint32_t **page = hv_zalloc_array(pages, sizeof(*page));

    if (!r || !page) {
        hv_free(r);
        hv_free(page);
        return NULL;
    }
    trace_ring_init(r, page, pages);
    for (uint32_t i = 0; i < pages; i++) {
        page[i] = hv_alloc_pages(0);
        if (!page[i] || virt_to_mfn(page[i]).nr > ~0u) {
            ring_free(r, pages);
            return NULL;
        }
    }
    return r;
}

/* Each online CPU's in @ring; false, and nothing is left, if there is no memory. */
static bool rings_make(struct trace_ring **ring, uint32_t pages)
{
    for (unsigned int cpu = 0; cpu < cpu_count; cpu++) {
        if (!cpumask_test(&cpu_online, cpu))
            continue;
        ring[cpu] = ring_make(pages);
        if (ring[cpu])
            continue;
        while (cpu--)
            ring_free(ring[cpu], pages);
        return false;
    }
    return true;
}

static uint32_t first_list(void)
{
    return (uint32_t)((sizeof(struct t_info) + cpu_count * sizeof(uint16_t) + 3) / 4);
}

static unsigned int order_of(uint32_t bytes)
{
    unsigned int order = 0;

    while ((uint32_t)PAGE_SIZE << order < bytes)
        order++;
    return order;
}

static void share_ring(struct t_info *t, unsigned int cpu, struct trace_ring *r, uint32_t offset)
{
    uint32_t *list = (uint32_t *)t + offset;

    t->mfn_offset[cpu] = (uint16_t)offset;
    for (uint32_t i = 0; i < t->tbuf_size; i++) {
        frame_share_with(r->page[i], domain_xen, false);
        list[i] = (uint32_t)virt_to_mfn(r->page[i]).nr;
    }
    __atomic_store_n(&per_cpu(trace_ring, cpu), r, __ATOMIC_RELEASE);
}

/* Nothing can fail any more. */
static void publish(struct t_info *t, struct trace_ring **ring, uint32_t pages, uint32_t bytes)
{
    uint32_t offset = first_list();

    t->tbuf_size = (uint16_t)pages;
    for (unsigned int cpu = 0; cpu < cpu_count; cpu++)
        if (ring[cpu]) {
            share_ring(t, cpu, ring[cpu], offset);
            offset += pages;
        }
    info_bytes = ROUND_UP(bytes, PAGE_SIZE);
    for (uint32_t at = 0; at < info_bytes; at += PAGE_SIZE)
        frame_share_with((uint8_t *)t + at, domain_xen, true);
    info = t;
}

int trace_set_size(uint32_t pages)
{
    uint64_t words = first_list() + (uint64_t)pages * cpumask_weight(&cpu_online);

    if (!pages || pages > TRACE_RING_PAGES_MAX || words > INFO_WORDS_MAX)
        return -EINVAL;
    if (info)
        return -EBUSY;
    uint32_t bytes = (uint32_t)words * 4;
    struct t_info *t = hv_alloc_pages(order_of(bytes));
    struct trace_ring **ring = hv_zalloc_array(cpu_count, sizeof(*ring));
    int rc = t && ring && rings_make(ring, pages) ? 0 : -ENOMEM;
    if (!rc)
        publish(t, ring, pages, bytes);
    else if (t)
        hv_free_pages(t, order_of(bytes));
    hv_free(ring);
    if (!rc)
        log_info("trace: buffers of %u pages on each of %u CPUs", pages, cpumask_weight(&cpu_online));
    return rc;
}
