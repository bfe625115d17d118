/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain holds is this table: how each part is made, given up while the domain dies, taken back from others once
 * it is dead, and freed. Parts are made from the top down; everything else goes from the bottom up, so that what a part
 * leans on is there as long as it is.
 *
 * Giving up (release) can be interrupted and continued. What it remembers, d->teardown, is written by the end of the
 * domain alone: nothing that a guest can begin and abandon leaves its progress there. A part counts itself what the
 * domain holds, and its order is such that nothing later can take it again. At the end each part is asked once more.
 */
#include "core/domain/parts.h"

#include "core/domain/domain.h"
#include "hv/console.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/log.h"

struct domain_part {
    const char *holds;   /* what is said of a domain that does not let go of it */
    int (*create)(struct domain *d, const struct domain_config *config);
    int (*release)(struct domain *d);  /* 0 or -ERESTART; teardown.cursor is its own, and 0 at first */
    bool (*unshare)(struct domain *d);
    bool (*held)(struct domain *d);
    void (*destroy)(struct domain *d); /* also undoes create() that failed halfway */
};

static int shared_info_create(struct domain *d, const struct domain_config *config)
{
    d->shared_info = hv_alloc_pages(0);
    if (!d->shared_info)
        return -ENOMEM;
    frame_share_with(d->shared_info, d, false);
    return 0;
}

static bool shared_info_unshare(struct domain *d) { return frame_unshare(d->shared_info, d); }
static bool shared_info_held(struct domain *d) { return d->hv_pages; }

static void shared_info_destroy(struct domain *d)
{
    if (d->shared_info && frame_unshare(d->shared_info, d))
        hv_free_pages(d->shared_info, 0);
}

static bool frames_held(struct domain *d) { return d->tot_pages || frame_list_first(&d->frames); }

static int vcpus_release(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu(d, v)
        vcpu_release(v);
    return 0;
}

static bool vcpus_held(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu(d, v)
        if (v->fifo || !mfn_eq(v->info_mfn, MFN_NONE))
            return true;
    return false;
}

static void vcpus_destroy(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu(d, v)
        vcpu_destroy(v);
}

static int grants_create(struct domain *d, const struct domain_config *c)
{
    return grant_table_init(d, c->max_grant_frames, c->max_maptrack_frames, c->grant_opts);
}

static bool grants_held(struct domain *d) { return grant_table_maps(d); }

static int events_create(struct domain *d, const struct domain_config *c) { return evtchn_init(d, c->max_evtchn_port); }
static bool events_held(struct domain *d) { return d->events.active || d->events.fifo; }

static int watchdogs_release(struct domain *d)
{
    domain_watchdogs_stop(d);
    return 0;
}

static const struct domain_part parts[] = {
    { "shared pages of the hypervisor", shared_info_create, .unshare = shared_info_unshare, .held = shared_info_held,
      .destroy = shared_info_destroy },
    { "frames", .release = domain_release_frames, .held = frames_held },
    { "the architecture's part", arch_domain_create, arch_domain_relinquish, .destroy = arch_domain_destroy },
    { "a line for the console", .destroy = console_guest_forget },
    { "a vCPU in use", .release = vcpus_release, .held = vcpus_held, .destroy = vcpus_destroy },
    { "mappings of others' grants", grants_create, grant_table_release_mappings, grant_table_unshare, grants_held,
      grant_table_free },
    { "event channels", events_create, evtchn_destroy_all, .held = events_held, .destroy = evtchn_free },
    { "watchdogs", .release = watchdogs_release, .destroy = domain_watchdogs_stop },
};

static void destroy_from(struct domain *d, size_t nr)
{
    while (nr--)
        if (parts[nr].destroy)
            parts[nr].destroy(d);
}

int domain_parts_create(struct domain *d, const struct domain_config *config)
{
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        int rc = parts[i].create ? parts[i].create(d, config) : 0;

        if (rc) {
            destroy_from(d, i + 1);
            return rc;
        }
    }
    return 0;
}

int domain_parts_release(struct domain *d)
{
    struct domain_teardown *t = &d->teardown;

    for (; t->released < ARRAY_SIZE(parts); t->released++) {
        const struct domain_part *p = &parts[ARRAY_SIZE(parts) - 1 - t->released];
        int rc = p->release ? p->release(d) : 0;

        if (rc)
            return rc;
        t->cursor = 0;
    }
    return 0;
}

bool domain_parts_unshare(struct domain *d)
{
    bool all = true;

    for (size_t i = ARRAY_SIZE(parts); i--;)
        if (parts[i].unshare)
            all &= parts[i].unshare(d);
    return all;
}

const char *domain_parts_held(struct domain *d)
{
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (parts[i].held && parts[i].held(d))
            return parts[i].holds;
    return NULL;
}

void domain_parts_destroy(struct domain *d) { destroy_from(d, ARRAY_SIZE(parts)); }
