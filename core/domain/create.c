/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Birth and final release of a domain. What lies between is in kill.c, shutdown.c and the folders of what a domain
 * holds.
 */
#include "base/bitmap.h"
#include "core/domain/domain.h"
#include "hv/console.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/trace.h"

#define VCPUS_MAX 8192u

static uint64_t domains_made;

struct domain *domain_alloc(domid_t id, enum domain_type type, uint32_t max_vcpus)
{
    struct domain *d = hv_zalloc(sizeof(*d));
    struct vcpu **vcpus = max_vcpus ? hv_zalloc_array(max_vcpus, sizeof(*vcpus)) : NULL;
    unsigned long *polling = max_vcpus ? hv_zalloc_array(BITMAP_WORDS(max_vcpus), sizeof(*polling)) : NULL;
    if (!d || (max_vcpus && (!vcpus || !polling))) {
        hv_free(polling);
        hv_free(vcpus);
        hv_free(d);
        return NULL;
    }
    d->id = id;
    d->unique_id = __atomic_add_fetch(&domains_made, 1, __ATOMIC_RELAXED);
    d->type = type;
    d->refs = 1;
    d->vcpu = vcpus;
    d->polling = polling;
    d->max_vcpus = max_vcpus;
    d->frames = (struct frame_list)FRAME_LIST_EMPTY;
    d->shutdown_code = ~0u;
    sched_domain_init(d);
    spin_lock_init(&d->lock, LOCK_DOMAIN);
    spin_lock_init(&d->frames_lock, LOCK_FRAMES);
    domain_shutdown_init(d);
    tasklet_init(&d->destroy, domain_destroy, d);
    domain_watchdogs_init(d);
    return d;
}

static int domain_alloc_shared_info(struct domain *d)
{
    d->shared_info = hv_alloc_pages(0);
    if (!d->shared_info)
        return -ENOMEM;
    frame_share_with(d->shared_info, d, false);
    return 0;
}

/* Everything that may be half made; the domain was never found by anybody. */
static void domain_undo(struct domain *d)
{
    grant_table_free(d);
    evtchn_free(d);
    if (d->shared_info && frame_unshare(d->shared_info, d))
        hv_free_pages(d->shared_info, 0);
    hv_free(d->polling);
    hv_free(d->vcpu);
    hv_free(d);
}

int domain_create(domid_t id, const struct domain_config *config, struct domain **out)
{
    if (id >= DOMID_FIRST_RESERVED || !config->max_vcpus || config->max_vcpus > VCPUS_MAX)
        return -EINVAL;
    struct domain *d = domain_alloc(id, config->flags & XEN_DOMCTL_CDF_hvm ? DOMAIN_HVM : DOMAIN_PV, config->max_vcpus);
    if (!d)
        return -ENOMEM;
    d->is_privileged = config->privileged;
    d->is_hardware = config->hardware;
    d->is_xenstore = config->flags & XEN_DOMCTL_CDF_xs_domain;
    d->create_flags = config->flags;
    d->pause_count = d->controller_pauses = 1;

    int rc = domain_alloc_shared_info(d);
    rc = rc ? rc : evtchn_init(d, config->max_evtchn_port);
    rc = rc ? rc : grant_table_init(d, config->max_grant_frames, config->max_maptrack_frames, config->grant_opts);
    if (rc)
        goto undo;
    rc = arch_domain_create(d, config);
    if (rc)
        goto undo;
    rc = domain_table_add(d);
    if (rc)
        goto undo_arch;
    TRACE(TRC_SCHED_DOM_ADD, id);
    TRACE(TRC_DOM0_DOM_ADD, id);
    domain_changed(id);
    domain_update_wallclock(d);
    if (d->is_hardware)
        hardware_domain = d;
    domain_get(d);
    *out = d;
    return 0;
undo_arch:
    arch_domain_destroy(d);
undo:
    domain_undo(d);
    return rc;
}

/* What a domain without a reference must not have any more, because others name it, or it them; NULL: nothing. */
static const char *still_holds(struct domain *d)
{
    struct vcpu *v;
    if (d->refs)
        return "references";
    if (d->life != DOMAIN_DEAD)
        return "its life";
    if (d->tot_pages || frame_list_first(&d->frames))
        return "frames";
    if (d->hv_pages)
        return "shared pages of the hypervisor";
    if (d->events.active || d->events.fifo)
        return "event channels";
    if (grant_table_maps(d))
        return "mappings of others' grants";
    for_each_vcpu(d, v)
        if (v->fifo || !mfn_eq(v->info_mfn, MFN_NONE))
            return "a vCPU in use";
    return NULL;
}

/*
 * No reference is left: nobody finds the domain, none of its vCPUs runs, it has no frames, no channels and no grants.
 * If it has, then somebody's books are wrong, and it may be named where we cannot know: memory that is lost is better
 * than memory that two think is theirs. So it stays for ever, with its id, and is found by nobody.
 */
void domain_destroy(void *data)
{
    struct domain *d = data;
    struct vcpu *v;
    const char *left = still_holds(d);
    if (left) {
        log_error("Domain %u is at its end and still has %s: its memory is not used again. This is a defect of the "
                  "hypervisor, please report it", d->id, left);
        ASSERT(!left);
        return;
    }
    TRACE(TRC_DOM0_DOM_REM, d->id);
    TRACE(TRC_SCHED_DOM_REM, d->id);
    domain_table_remove(d);
    domain_changed(d->id);
    virq_raise_global(VIRQ_DOM_EXC);
    for_each_vcpu(d, v)
        vcpu_destroy(v);
    domain_watchdogs_stop(d);
    timer_kill(&d->reaper);
    grant_table_free(d);
    evtchn_free(d);
    console_guest_forget(d);
    arch_domain_destroy(d);
    hv_free_pages(d->shared_info, 0);
    hv_free(d->polling);
    hv_free(d->vcpu);
    hv_free(d);
}
