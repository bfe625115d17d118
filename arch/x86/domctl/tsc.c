/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TSC that a domain sees (xl.cfg(5), tsc_mode; CPUID leaf 0x40000003): the machine's, or one of its own frequency, emulated,
 * that goes on where it was when the domain was saved. By default a domain gets the machine's if the frequency is the one that it
 * was started with: our own clock is that TSC, so it is as good as anything we could emulate.
 */
#include "hv/time.h"
#include "hv/toolstack.h"
#include "hw/native/cpu.h"
#include "pv/emulate.h"
#include "time/tsc.h"

#include <toolstack_handlers.h>

enum { TSC_MODE_DEFAULT, TSC_MODE_ALWAYS_EMULATE, TSC_MODE_NEVER_EMULATE };

static uint32_t host_khz(void) { return (uint32_t)(tsc_hz / 1000); }

static bool tsc_emulate(const struct xen_domctl_tsc_info *in)
{
    if (in->tsc_mode == TSC_MODE_ALWAYS_EMULATE)
        return true;
    return in->tsc_mode == TSC_MODE_DEFAULT && in->gtsc_khz && in->gtsc_khz != host_khz();
}

long domctl_settscinfo(struct domctl_call *c)
{
    const struct xen_domctl_tsc_info *in = &c->op.u.tsc_info;
    struct arch_domain *a = &c->d->arch;

    if (in->tsc_mode > TSC_MODE_NEVER_EMULATE || in->elapsed_nsec >> 63)
        return -EINVAL;
    domain_pause(c->d);
    a->tsc_mode = in->tsc_mode;
    a->tsc_incarnation = in->incarnation + 1;
    a->vtsc = tsc_emulate(in);
    a->tsc_khz = in->gtsc_khz && a->vtsc ? in->gtsc_khz : host_khz();
    a->tsc_offset = now_ns() - in->elapsed_nsec;
    domain_unpause(c->d);
    return 0;
}

long domctl_gettscinfo(struct domctl_call *c)
{
    const struct arch_domain *a = &c->d->arch;

    c->op.u.tsc_info = (struct xen_domctl_tsc_info){
        .tsc_mode = a->tsc_mode,
        .gtsc_khz = a->tsc_khz ? (uint32_t)a->tsc_khz : host_khz(),
        .incarnation = a->tsc_incarnation,
        .elapsed_nsec = a->vtsc ? now_ns() - a->tsc_offset : tsc_scale_to_ns(rdtsc(), &tsc_scale),
    };
    c->copy_back = true;
    return 0;
}
