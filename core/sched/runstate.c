/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a vCPU's time went (xen/vcpu.h, vcpu_runstate_info): four counters that add up to the time since its creation.
 */
#include "hv/guest_access.h"
#include "hv/trace.h"
#include "runq.h"

#include <narrow_layout.h>

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

/*
 * Nothing changes @v's record while it is read: what runs here and this CPU's idle vCPU change theirs when this CPU
 * schedules, which it does on its way out of the hypervisor. All others' are read under their run queue's lock.
 */
static bool stands_still(const struct vcpu *v) { return v == current_vcpu() || v == this_cpu(runq).idle; }

static uint64_t since_entry(const struct vcpu_runstate_info *r, uint64_t now)
{
    return now > r->state_entry_time ? now - r->state_entry_time : 0;
}

void vcpu_runstate_get(const struct vcpu *v, void *vcpu_runstate_info)
{
    struct vcpu_runstate_info info; /* a guest may see @vcpu_runstate_info, and write there: nothing is read back */
    irqflags_t irq;
    struct runq *rq = stands_still(v) ? NULL : runq_lock_vcpu(v, &irq);

    info = v->runstate_info;
    uint64_t now = now_ns();
    if (rq)
        spin_unlock_irqrestore(&rq->lock, irq);
    info.time[info.state] += since_entry(&info, now);
    memcpy(vcpu_runstate_info, &info, sizeof(info));
}

static uint64_t running_at(const struct vcpu_runstate_info *r, uint64_t now)
{
    return r->time[RUNSTATE_running] + (r->state == RUNSTATE_running ? since_entry(r, now) : 0);
}

uint64_t vcpu_running_ns(const struct vcpu *v)
{
    irqflags_t irq;

    if (stands_still(v))
        return running_at(&v->runstate_info, now_ns());
    struct runq *rq = runq_lock_vcpu(v, &irq);
    uint64_t ns = running_at(&v->runstate_info, now_ns());
    spin_unlock_irqrestore(&rq->lock, irq);
    return ns;
}

void vcpu_runstate_image(bool narrow, const struct vcpu_runstate_info *info, struct runstate_image *out)
{
    const size_t entry = offsetof(struct vcpu_runstate_info, state_entry_time);

    out->entry = narrow ? NARROW_RUNSTATE_STATE_ENTRY_TIME : entry;
    out->size = narrow ? NARROW_RUNSTATE_SIZE : sizeof(*info);
    memset(out->bytes, 0, sizeof(out->bytes));
    memcpy(out->bytes, &info->state, sizeof(info->state));
    memcpy(out->bytes + out->entry, &info->state_entry_time, sizeof(*info) - entry);
}

/* By frame address it is always written so. */
static void runstate_write(char *to, const struct runstate_image *image)
{
    uint64_t entry, marked;

    memcpy(&entry, image->bytes + image->entry, sizeof(entry));
    marked = entry | XEN_RUNSTATE_UPDATE;
    memcpy(to + image->entry, &marked, sizeof(marked));
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memcpy(to, image->bytes, image->entry);
    memcpy(to + image->entry + sizeof(entry), image->bytes + image->entry + sizeof(entry),
           image->size - image->entry - sizeof(entry));
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memcpy(to + image->entry, &entry, sizeof(entry));
}

/* Readers with the update flag see the top bit of state_entry_time set for as long as the rest is not consistent. */
void vcpu_update_runstate_area(struct vcpu *v)
{
    uint64_t va = v->runstate_area;
    struct vcpu_runstate_info info = v->runstate_info;
    struct runstate_image image;

    if (!v->area[VCPU_AREA_RUNSTATE] && !va)
        return;
    vcpu_runstate_image(v->runstate_narrow, &info, &image);
    if (v->area[VCPU_AREA_RUNSTATE]) {
        runstate_write(v->area[VCPU_AREA_RUNSTATE], &image);
        return;
    }
    if (!(v->domain->vm_assist & BIT(VMASST_TYPE_runstate_update_flag))) {
        (void)arch_copy_to_guest(va, image.bytes, image.size); /* not mapped now: the guest's loss */
        return;
    }
    uint64_t entry = info.state_entry_time, marked = entry | XEN_RUNSTATE_UPDATE;
    memcpy(image.bytes + image.entry, &marked, sizeof(marked));
    if (copy_to_guest_va(va + image.entry, &marked))
        return;
    __atomic_thread_fence(__ATOMIC_RELEASE);
    (void)arch_copy_to_guest(va, image.bytes, image.size);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    (void)copy_to_guest_va(va + image.entry, &entry);
}

uint64_t cpu_idle_time(unsigned int cpu)
{
    const struct vcpu *idle = per_cpu(runq, cpu).idle;

    return idle ? vcpu_running_ns(idle) : 0;
}
