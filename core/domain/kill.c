/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a domain, in stages that can each be interrupted and continued: d->kill_stage says where. A stage gives
 * up one kind of thing that the domain holds, and the order is such that nothing later can take it again:
 *
 *   stop      it is paused for good and dying: no new ports, grants or frames
 *   events    its ports are closed, its peers see "unbound"
 *   grants    what it mapped of others is unmapped in their books
 *   vcpus     registered areas, timers
 *   arch      page tables, then its frames
 *   done      dead; the domain's own reference is dropped once nobody maps hypervisor pages of it any more
 *
 * What a stage remembers of how far it came (kill_stage; the cursors of grants and frames) is written by the end of the
 * domain alone: nothing that a guest can begin and abandon leaves its progress there. What the domain holds a stage
 * counts itself. domain_destroy() asks for all of it again, and keeps what has not let go.
 */
#include "core/domain/domain.h"
#include "hv/grant.h"
#include "hv/heap.h"

enum { KILL_STOP, KILL_EVENTS, KILL_GRANTS, KILL_VCPUS, KILL_ARCH, KILL_DONE, KILL_STAGES };

#define REAP_INTERVAL (100 * NS_PER_MS)

static int kill_stop(struct domain *d)
{
    domain_pause(d);
    spin_lock(&d->frames_lock);
    d->life = DOMAIN_DYING;
    spin_unlock(&d->frames_lock);
    domain_changed(d->id);
    virq_forget_handler(d);
    domain_watchdogs_stop(d);
    return 0;
}

static int kill_vcpus(struct domain *d)
{
    struct vcpu *v;
    for_each_vcpu(d, v) {
        arch_sync_vcpu(v);
        vcpu_timer_stop_singleshot(v);
        vcpu_timer_stop_periodic(v);
        vcpu_unmap_info(v);
        vcpu_unmap_areas(v);
        v->runstate_area = v->time_area = 0;
    }
    return 0;
}

/* Pages of ours that a toolstack still maps keep the domain; they are looked at again from time to time. */
static void kill_reap(void *data)
{
    struct domain *d = data;
    bool grants = grant_table_unshare(d), info = frame_unshare(d->shared_info, d);
    if (!grants || !info) {
        timer_set(&d->reaper, now_ns() + REAP_INTERVAL);
        return;
    }
    domain_put(d);
}

static int kill_done(struct domain *d)
{
    d->life = DOMAIN_DEAD;
    virq_forget_hardware_domain(d);
    domain_changed(d->id);
    timer_init(&d->reaper, kill_reap, d, this_cpu_id());
    virq_raise_global(VIRQ_DOM_EXC);
    kill_reap(d);
    return 0;
}

static int (*const stages[KILL_STAGES])(struct domain *d) = {
    [KILL_STOP] = kill_stop,
    [KILL_EVENTS] = evtchn_destroy_all,
    [KILL_GRANTS] = grant_table_release_mappings,
    [KILL_VCPUS] = kill_vcpus,
    [KILL_ARCH] = arch_domain_relinquish,
    [KILL_DONE] = kill_done,
};

int domain_kill(struct domain *d)
{
    if (__atomic_exchange_n(&d->kill_busy, true, __ATOMIC_ACQUIRE))
        return -ERESTART; /* another CPU works at it: wait one's turn */
    int rc = 0;
    while (!rc && d->kill_stage < KILL_STAGES) {
        rc = stages[d->kill_stage](d);
        if (!rc)
            d->kill_stage++;
    }
    __atomic_store_n(&d->kill_busy, false, __ATOMIC_RELEASE);
    return rc;
}
