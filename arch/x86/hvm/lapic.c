/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timer's callback runs on some other CPU, perhaps, so it only marks and wakes: registers are the vCPU's own to
 * change (lib/x86/vlapic).
 */
#include "hvm/lapic.h"

#include "hv/heap.h"
#include "hvm/hvm.h"
#include "hvm/time.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/index.h"

/* Of a periodic timer: what is shorter would leave the guest no time between two, and comes as fewer ticks. */
#define PERIOD_MIN (50 * NS_PER_US)

static struct hvm_lapic *lapic(const struct vcpu *v) { return v->arch.hvm.lapic; }

static void timer_ends(void *data)
{
    struct vcpu *v = data;

    __atomic_store_n(&lapic(v)->due, true, __ATOMIC_SEQ_CST);
    vcpu_notify(v);
}

/* As after power-on. */
static void reset(struct vcpu *v)
{
    timer_stop(&lapic(v)->timer);
    vlapic_reset(&lapic(v)->apic, v->id * 2, v->id == 0);
}

int hvm_lapic_create(struct vcpu *v)
{
    struct hvm_lapic *l = hv_zalloc(sizeof(*l));

    if (!l)
        return -ENOMEM;
    v->arch.hvm.lapic = l;
    timer_init(&l->timer, timer_ends, v, v->processor);
    reset(v);
    return 0;
}

void hvm_lapic_destroy(struct vcpu *v)
{
    struct hvm_lapic *l = lapic(v);

    if (!l)
        return;
    timer_kill(&l->timer);
    v->arch.hvm.lapic = NULL;
    hv_free(l);
}

void hvm_lapic_init_signal(struct vcpu *v)
{
    timer_stop(&lapic(v)->timer);
    vlapic_init_signal(&lapic(v)->apic);
}

/* Not before @least from now. */
static void rearm(struct vcpu *v, uint64_t least)
{
    struct hvm_lapic *l = lapic(v);
    uint64_t now = now_ns(), when;

    switch (vlapic_timer_next(&l->apic, now, &when)) {
    case VLAPIC_TIMER_NS:
        break;
    case VLAPIC_TIMER_TSC:
        when = hvm_tsc_to_time(v, when, now);
        break;
    default:
        timer_stop(&l->timer);
        return;
    }
    when = MAX(when, now + least);
    l->when = when;
    timer_migrate(&l->timer, v->processor);
    timer_set(&l->timer, when);
}

void hvm_lapic_rearm(struct vcpu *v) { rearm(v, 0); }

void hvm_lapic_tick(struct vcpu *v)
{
    struct hvm_lapic *l = lapic(v);
    int vector;

    if (likely(!__atomic_load_n(&l->due, __ATOMIC_SEQ_CST)))
        return;
    __atomic_store_n(&l->due, false, __ATOMIC_SEQ_CST);
    uint64_t now = now_ns(), when;
    enum vlapic_timer_unit unit = vlapic_timer_next(&l->apic, now, &when);
    if (unit == VLAPIC_TIMER_OFF || now < l->when)
        return; /* stopped, or set for a later time, meanwhile */
    if (unit == VLAPIC_TIMER_TSC && hvm_tsc_to_time(v, when, now) > now) {
        hvm_lapic_rearm(v);
        return;
    }
    vector = vlapic_timer_end(&l->apic, now);
    if (vector >= 0)
        vlapic_accept(&l->apic, (uint8_t)vector, false);
    rearm(v, PERIOD_MIN);
}

void hvm_lapic_raise(struct vcpu *v, uint8_t vector)
{
    if (vlapic_enabled(&lapic(v)->apic) && vlapic_accept(&lapic(v)->apic, vector, false))
        vcpu_notify(v);
}

static void raise_error(struct vcpu *v)
{
    uint32_t lvt = vlapic_get(&lapic(v)->apic, VLAPIC_LVT_ERROR);

    if (!(lvt & VLAPIC_LVT_MASKED))
        hvm_lapic_raise(v, (uint8_t)lvt); /* a number below 16 is not accepted */
}

static void carry_out(struct vcpu *v, const struct vlapic_effect *e)
{
    if (e->error)
        raise_error(v);
    if (e->timer)
        hvm_lapic_rearm(v);
    if (e->enabled && READ_ONCE(v->info->evtchn_upcall_pending))
        hvm_event_raised(v);
    if (e->ipi)
        hvm_ipi(v, &e->command);
}

bool hvm_lapic_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
    const struct vlapic *a = &lapic(v)->apic;

    if (msr == MSR_APIC_BASE) {
        *value = a->base;
        return true;
    }
    if (msr == MSR_TSC_DEADLINE) {
        *value = vlapic_deadline_read(a);
        return true;
    }
    return vlapic_msr_read(a, msr, now_ns(), value);
}

static bool base_write(struct vcpu *v, uint64_t value)
{
    if (!vlapic_base_write(&lapic(v)->apic, value, cpuid_policy_has(v->domain->arch.policy, CPUFEAT_X2APIC)))
        return false;
    hvm_lapic_rearm(v);
    return true;
}

bool hvm_lapic_msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
    struct vlapic *a = &lapic(v)->apic;
    struct vlapic_effect effect = { 0 };

    if (msr == MSR_APIC_BASE)
        return base_write(v, value);
    if (msr == MSR_TSC_DEADLINE)
        vlapic_deadline_write(a, value, &effect);
    else if (!vlapic_msr_write(a, msr, value, now_ns(), &effect))
        return false;
    carry_out(v, &effect);
    return true;
}

bool hvm_lapic_is_at(const struct vcpu *v, uint64_t gpa)
{
    const struct vlapic *a = &lapic(v)->apic;

    return gpa >> PAGE_SHIFT == VLAPIC_BASE_DEFAULT >> PAGE_SHIFT && vlapic_hw_enabled(a) && !vlapic_x2apic(a);
}

uint64_t hvm_lapic_read(struct vcpu *v, unsigned int offset, unsigned int bytes)
{
    return vlapic_mmio_read(&lapic(v)->apic, offset, bytes, now_ns());
}

void hvm_lapic_write(struct vcpu *v, unsigned int offset, unsigned int bytes, uint64_t value)
{
    struct vlapic_effect effect = { 0 };

    vlapic_mmio_write(&lapic(v)->apic, offset, bytes, value, now_ns(), &effect);
    carry_out(v, &effect);
}
