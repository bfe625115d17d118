/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's TSC is the machine's and an offset, or, where that is emulated, a function of system time and an offset. */
#include "hvm/time.h"

#include "hv/percpu.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "time/tsc.h"

uint64_t hvm_tsc_base(const struct domain *d, uint64_t now)
{
    return d->arch.vtsc.emulated ? vtsc_ticks(&d->arch.vtsc, now) : rdtsc();
}

uint64_t hvm_tsc(const struct vcpu *v, uint64_t now) { return hvm_tsc_base(v->domain, now) + v->arch.hvm.tsc_offset; }

static void offset_add(struct vcpu *v, uint64_t delta)
{
    v->arch.hvm.tsc_offset += delta;
    v->arch.hvm.tsc_adjust += delta;
    hvm_vendor->tsc_changed(v);
    arch_vcpu_update_time(v);
}

void hvm_tsc_write(struct vcpu *v, uint64_t value) { offset_add(v, value - hvm_tsc(v, now_ns())); }

void hvm_tsc_adjust_write(struct vcpu *v, uint64_t value) { offset_add(v, value - v->arch.hvm.tsc_adjust); }

uint64_t hvm_tsc_to_time(const struct vcpu *v, uint64_t tsc, uint64_t now)
{
    const struct vtsc *t = &v->domain->arch.vtsc;
    const struct tsc_scale *scale = t->emulated ? &t->to_ns : &tsc_scale;
    int64_t ticks = (int64_t)(tsc - hvm_tsc(v, now));
    uint64_t ns = ticks > 0 ? tsc_scale_to_ns((uint64_t)ticks, scale) : 0;

    return ns < TIME_NEVER - now ? now + ns : TIME_NEVER;
}
