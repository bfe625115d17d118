/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a vCPU's time went (xen/vcpu.h, vcpu_runstate_info): four counters that add up to the time since its creation.
 */
#include "hv/guest_access.h"
#include "hv/trace.h"
#include "runq.h"

int runstate_of_stopped(const struct vcpu *v)
{
    return READ_ONCE(v->pause_flags) & (VPF_BLOCKED | VPF_POLLED) ? RUNSTATE_blocked : RUNSTATE_offline;
}

static TRACE_COLD void trace_change(const struct vcpu *v, int state)
{
    if (v->runstate_info.state != state)
        TRACE(TRC_SCHED_RUNSTATE_CHANGE | (uint32_t)v->runstate_info.state << 8 | (uint32_t)state << 4,
              TRACE_VCPU_WORD(v));
}

void runstate_change(struct vcpu *v, int state, uint64_t now)
{
    struct vcpu_runstate_info *r = &v->runstate_info;

    if (now > r->state_entry_time) {
        r->time[r->state] += now - r->state_entry_time;
        r->state_entry_time = now;
    }
    if (trace_on())
        trace_change(v, state);
    r->state = state;
    v->runstate = (uint8_t)state;
}

void vcpu_runstate_get(const struct vcpu *v, void *vcpu_runstate_info)
{
    struct vcpu_runstate_info info; /* a guest may see @vcpu_runstate_info, and write there: nothing is read back */
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);

    info = v->runstate_info;
    uint64_t now = now_ns();
    spin_unlock_irqrestore(&rq->lock, irq);
    if (now > info.state_entry_time)
        info.time[info.state] += now - info.state_entry_time;
    memcpy(vcpu_runstate_info, &info, sizeof(info));
}

/* By frame address it is always written so. */
static void runstate_write(struct vcpu_runstate_info *to, const struct vcpu_runstate_info *info)
{
    WRITE_ONCE(to->state_entry_time, info->state_entry_time | XEN_RUNSTATE_UPDATE);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    WRITE_ONCE(to->state, info->state);
    for (unsigned int i = 0; i < ARRAY_SIZE(info->time); i++)
        WRITE_ONCE(to->time[i], info->time[i]);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    WRITE_ONCE(to->state_entry_time, info->state_entry_time);
}

/* Readers with the update flag see the top bit of state_entry_time set for as long as the rest is not consistent. */
void vcpu_update_runstate_area(struct vcpu *v)
{
    uint64_t va = v->runstate_area, entry_va = va + offsetof(struct vcpu_runstate_info, state_entry_time);
    struct vcpu_runstate_info info = v->runstate_info;

    if (v->area[VCPU_AREA_RUNSTATE]) {
        runstate_write(v->area[VCPU_AREA_RUNSTATE], &info);
        return;
    }
    if (!va)
        return;
    if (!(v->domain->vm_assist & BIT(VMASST_TYPE_runstate_update_flag))) {
        (void)copy_to_guest_va(va, &info); /* not mapped now: the guest's loss */
        return;
    }
    uint64_t entry = info.state_entry_time;
    info.state_entry_time |= XEN_RUNSTATE_UPDATE;
    if (copy_to_guest_va(entry_va, &info.state_entry_time))
        return;
    __atomic_thread_fence(__ATOMIC_RELEASE);
    (void)copy_to_guest_va(va, &info);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    (void)copy_to_guest_va(entry_va, &entry);
}

uint64_t cpu_idle_time(unsigned int cpu)
{
    const struct vcpu *idle = per_cpu(runq, cpu).idle;
    struct vcpu_runstate_info info;

    if (!idle)
        return 0;
    vcpu_runstate_get(idle, &info);
    return info.time[RUNSTATE_running];
}
