/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain has beyond vCPUs and memory: a CPU policy, and the part of the machine that it may touch. */
#include "cpu/cpuid_boot.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "irq/pirq.h"
#include "guest/memory_map.h"
#include "platform/io_caps.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"

#define FRAMES_BETWEEN_CHECKS 64u

int arch_domain_create(struct domain *d, const struct domain_config *config)
{
    int rc;

    if (d->type != DOMAIN_PV)
        return d->type == DOMAIN_HVM ? -EOPNOTSUPP : 0;
    d->arch.msr_relaxed = config->arch.misc_flags & XEN_X86_MSR_RELAXED;
    rc = cpuid_domain_init_pv(d);
    if (rc)
        return rc;
    rc = pirq_map_create(d);
    if (!rc)
        return 0;
    cpuid_domain_free(d);
    return rc;
}

/* Takes the first frame of the list to its end and returns it, referenced; NULL if it is just being freed. */
static struct frame *frames_rotate(struct domain *d)
{
    spin_lock(&d->frames_lock);
    struct frame *f = frame_list_first(&d->frames);
    if (f) {
        frame_list_del(&d->frames, f);
        frame_list_add_tail(&d->frames, f);
        if (!frame_get(f, d))
            f = NULL;
    }
    spin_unlock(&d->frames_lock);
    return f;
}

/*
 * The domain drops its allocation reference on every frame. A dying domain gets no new ones, so one round of the list
 * as it is long at the beginning meets them all; what others still map stays on the list until they let go.
 */
static int frames_release(struct domain *d)
{
    uint64_t *left = &d->arch.relinquish_stage;

    for (unsigned int i = 0; *left > 1; i++, --*left) {
        if (hypercall_preempt_every(i, FRAMES_BETWEEN_CHECKS))
            return -ERESTART;
        struct frame *f = frames_rotate(d);
        if (!f)
            continue;
        if (frame_clear_allocated(f))
            frame_put(f);
        frame_put(f);
    }
    return 0;
}

/* relinquish_stage: 0 while page tables are given up, then one more than the frames still to be visited. */
int arch_domain_relinquish(struct domain *d)
{
    if (!d->arch.relinquish_stage) {
        int rc = d->type == DOMAIN_PV ? pv_mm_relinquish(d) : 0;
        if (rc)
            return rc;
        d->arch.relinquish_stage = d->tot_pages + 1;
    }
    return frames_release(d);
}

void arch_domain_destroy(struct domain *d)
{
    if (d->arch.pirqs)
        pirq_map_destroy(d);
    io_caps_destroy(d);
    guest_map_free(d);
    cpuid_domain_free(d);
}
