/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's life: one function for each turn that it takes, and all of them here.
 *
 *   building --started--> alive --killed--> dying --everything given up--> dead --last reference--> gone
 *        \-----------------------killed----->/
 *
 * dying    it is paused for good: no new ports, grants or frames. Its parts are given up, see parts.c
 * dead     nothing is held but pages of ours that others may still map; they are looked at again from time to time, and
 *          when they are back the domain's own reference is dropped
 * gone     nobody finds it, and it is freed
 */
#include "core/domain/domain.h"
#include "core/domain/parts.h"
#include "hv/trace.h"

#define REAP_INTERVAL (100 * NS_PER_MS)

void domain_controller_pause(struct domain *d)
{
    domain_pause(d);
    spin_lock(&d->lock);
    d->controller_pauses++;
    spin_unlock(&d->lock);
}

static void started(struct domain *d)
{
    domain_update_wallclock(d); /* who built or restored it cleared the page that has it */
}

int domain_controller_unpause(struct domain *d)
{
    spin_lock(&d->lock);
    bool paused = d->controller_pauses, starts = d->controller_pauses == 1 && d->life == DOMAIN_BUILDING;
    if (paused)
        d->controller_pauses--;
    if (starts)
        d->life = DOMAIN_ALIVE;
    spin_unlock(&d->lock);
    if (!paused)
        return -EINVAL;
    if (starts)
        started(d);
    domain_unpause(d);
    return 0;
}

static void dying(struct domain *d)
{
    domain_pause(d);
    spin_lock(&d->frames_lock);
    d->life = DOMAIN_DYING;
    spin_unlock(&d->frames_lock);
    domain_changed(d->id);
    virq_forget_handler(d);
}

static void reap(void *data)
{
    struct domain *d = data;

    if (domain_parts_unshare(d))
        domain_put(d);
    else
        timer_set(&d->teardown.reaper, now_ns() + REAP_INTERVAL);
}

static void dead(struct domain *d)
{
    d->life = DOMAIN_DEAD;
    virq_forget_hardware_domain(d);
    domain_changed(d->id);
    timer_init(&d->teardown.reaper, reap, d, this_cpu_id());
    virq_raise_global(VIRQ_DOM_EXC);
    reap(d);
}

int domain_kill(struct domain *d)
{
    if (__atomic_exchange_n(&d->teardown.busy, true, __ATOMIC_ACQUIRE))
        return -ERESTART; /* another CPU works at it: wait one's turn */
    if (d->life < DOMAIN_DYING)
        dying(d);
    int rc = d->life < DOMAIN_DEAD ? domain_parts_release(d) : 0;
    if (!rc && d->life < DOMAIN_DEAD)
        dead(d);
    __atomic_store_n(&d->teardown.busy, false, __ATOMIC_RELEASE);
    return rc;
}

/*
 * No reference is left: nobody finds the domain, none of its vCPUs runs, it has no frames, no channels and no grants.
 * If it has, then somebody's books are wrong, and it may be named where we cannot know: memory that is lost is better
 * than memory that two think is theirs. So it stays for ever, with its id, and is found by nobody.
 */
static const char *still_holds(struct domain *d)
{
    if (d->refs)
        return "references";
    return d->life != DOMAIN_DEAD ? "its life" : domain_parts_held(d);
}

void domain_gone(void *data)
{
    struct domain *d = data;
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
    timer_kill(&d->teardown.reaper);
    domain_parts_destroy(d);
    domain_free(d);
}
