/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vCPUs: made, taken up and down, paused, destroyed. What they run and when is core/sched's and the architecture's. */
#include "core/domain/domain.h"
#include "hv/heap.h"

#define SHARED_VCPUS (sizeof(((shared_info_t *)0)->vcpu_info) / sizeof(vcpu_info_t))

struct vcpu *domain_vcpu(const struct domain *d, uint32_t id)
{
    return id < d->max_vcpus ? __atomic_load_n(&d->vcpu[id], __ATOMIC_ACQUIRE) : NULL;
}

/* Where its vcpu_info is until the guest says otherwise. */
static int vcpu_init_info(struct vcpu *v)
{
    shared_info_t *s = v->domain->shared_info;
    if (!s || v->id >= SHARED_VCPUS) {
        v->info_fallback = hv_zalloc(sizeof(vcpu_info_t));
        if (!v->info_fallback)
            return -ENOMEM;
    }
    v->info = v->info_fallback ? v->info_fallback : &s->vcpu_info[v->id];
    v->info->evtchn_upcall_mask = 1;
    v->info_mfn = MFN_NONE;
    return 0;
}

static struct vcpu *vcpu_alloc(struct domain *d, uint32_t id)
{
    struct vcpu *v = hv_zalloc(sizeof(*v));
    if (!v)
        return NULL;
    v->id = id;
    v->domain = d;
    v->runstate = RUNSTATE_offline;
    v->runstate_info.state = RUNSTATE_offline;
    v->runstate_info.state_entry_time = now_ns();
    spin_lock_init(&v->virq_lock, LOCK_EVENT_SOURCE);
    memset(&v->hard_affinity, 0xff, sizeof(v->hard_affinity));
    memset(&v->soft_affinity, 0xff, sizeof(v->soft_affinity));
    if (vcpu_init_info(v)) {
        hv_free(v);
        return NULL;
    }
    return v;
}

static void vcpu_free(struct vcpu *v)
{
    hv_free(v->info_fallback);
    hv_free(v);
}

struct vcpu *vcpu_create(struct domain *d, uint32_t id)
{
    if (id >= d->max_vcpus || d->vcpu[id])
        return NULL;
    struct vcpu *v = vcpu_alloc(d, id);
    if (!v)
        return NULL;
    v->pause_flags = VPF_DOWN;
    vcpu_timers_init(v);
    if (arch_vcpu_create(v))
        goto free;
    sched_vcpu_init(v);
    __atomic_store_n(&d->vcpu[id], v, __ATOMIC_RELEASE);
    vcpu_refresh_cpus(v); /* the pool may have changed while nobody could find it */
    return v;
free:
    vcpu_timers_destroy(v);
    vcpu_free(v);
    return NULL;
}

void vcpu_set_initialised(struct vcpu *v, bool initialised) { v->is_initialised = initialised; }

void vcpu_release(struct vcpu *v)
{
    arch_sync_vcpu(v);
    sched_vcpu_retire(v);
    vcpu_timer_stop_singleshot(v);
    vcpu_timer_stop_periodic(v);
    vcpu_unmap_info(v);
    vcpu_unmap_areas(v);
    v->runstate_area = v->time_area = 0;
}

void vcpu_destroy(struct vcpu *v)
{
    sched_vcpu_remove(v);
    vcpu_timers_destroy(v);
    arch_vcpu_destroy(v);
    BUG_ON(v->is_running || v->fifo || !mfn_eq(v->info_mfn, MFN_NONE) || v->area[VCPU_AREA_RUNSTATE] ||
           v->area[VCPU_AREA_TIME]);
    v->domain->vcpu[v->id] = NULL;
    vcpu_free(v);
}

struct vcpu *vcpu_create_idle(unsigned int cpu)
{
    if (domain_init_system())
        return NULL;
    struct domain *d = domain_idle;
    if (cpu >= d->max_vcpus || d->vcpu[cpu])
        return NULL;
    struct vcpu *v = vcpu_alloc(d, cpu);
    if (!v)
        return NULL;
    v->processor = cpu;
    cpumask_clear_all(&v->hard_affinity);
    cpumask_set(&v->hard_affinity, cpu);
    v->cpus = v->hard_affinity;
    vcpu_set_initialised(v, true);
    if (arch_vcpu_create(v)) {
        vcpu_free(v);
        return NULL;
    }
    d->vcpu[cpu] = v;
    return v;
}

void vcpu_up(struct vcpu *v)
{
    if (__atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST) & VPF_DOWN)
        vcpu_wake(v);
}

void vcpu_down(struct vcpu *v)
{
    if (!(__atomic_fetch_or(&v->pause_flags, VPF_DOWN, __ATOMIC_SEQ_CST) & VPF_DOWN))
        vcpu_sleep_nosync(v);
}
