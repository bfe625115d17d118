/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest computes its time from (xen.h, struct vcpu_time_info): odd version, new values, even version. */
#include "cpu/features.h"
#include "hv/compiler.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "time/sync.h"
#include "time/tsc.h"

/* What the guest's RDTSC gives goes together with the scale: the machine's counter, or the emulated one. */
static void fill(const struct vcpu *v, struct vcpu_time_info *t)
{
    const struct vtsc *own = &v->domain->arch.vtsc;
    const struct tsc_scale *scale = own->emulated ? &own->to_ns : &tsc_scale;
    uint64_t tsc = rdtsc_ordered();

    t->system_time = tsc_scale_to_ns(tsc - this_cpu(tsc_epoch), &tsc_scale);
    t->tsc_timestamp = own->emulated ? vtsc_ticks(own, t->system_time) : tsc;
    if (v->domain->type == DOMAIN_HVM)
        t->tsc_timestamp += v->arch.hvm.tsc_offset;
    t->tsc_to_system_mul = scale->mul;
    t->tsc_shift = scale->shift;
    t->flags = cpu_has_invariant_tsc && tsc_same_everywhere ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
}

/* The guest's own copy, in memory of its choosing: only while its address space is loaded. */
static void update_area(struct vcpu *v, const struct vcpu_time_info *t)
{
    struct vcpu_time_info copy = *t;

    copy.version |= 1;
    if (copy_to_guest_va(v->time_area, &copy))
        return;
    barrier();
    copy.version = t->version;
    copy_array_to_guest(v->time_area, &copy.version, 1);
}

/* The same for what is always mapped, the guest's vcpu_info and the area by frame address. */
static void update_mapped(struct vcpu_time_info *t, const struct vcpu_time_info *new)
{
    WRITE_ONCE(t->version, new->version - 1);
    barrier();
    t->tsc_timestamp = new->tsc_timestamp;
    t->system_time = new->system_time;
    t->tsc_to_system_mul = new->tsc_to_system_mul;
    t->tsc_shift = new->tsc_shift;
    t->flags = new->flags;
    barrier();
    WRITE_ONCE(t->version, new->version);
}

void arch_vcpu_update_time(struct vcpu *v)
{
    struct vcpu_time_info *t = v->info ? &v->info->time : NULL;
    struct vcpu_time_info new = { 0 };

    if (!t)
        return;
    fill(v, &new);
    new.version = (READ_ONCE(t->version) | 1) + 1;
    update_mapped(t, &new);
    if (v != current_vcpu())
        return;
    if (v->area[VCPU_AREA_TIME])
        update_mapped(v->area[VCPU_AREA_TIME], &new);
    else if (v->time_area)
        update_area(v, &new);
}
