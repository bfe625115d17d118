/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TSC that a domain sees, set by its toolstack at its start and when it is restored. See lib/x86/tsc/vtsc.h. */
#include "hv/log.h"
#include "hv/time.h"
#include "hv/toolstack.h"
#include "hw/native/cpu.h"
#include "time/tsc.h"

#include <arch/current.h>
#include <toolstack_handlers.h>

long domctl_settscinfo(struct domctl_call *c)
{
    const struct xen_domctl_tsc_info *op = &c->op.u.tsc_info;
    const struct vtsc_info in = {
        .mode = op->tsc_mode, .khz = op->gtsc_khz, .incarnation = op->incarnation, .elapsed_ns = op->elapsed_nsec,
    };

    domain_pause(c->d); /* its vCPUs load their CR4.TSD and their time when they run again */
    int rc = vtsc_set(&c->d->arch.vtsc, &in, tsc_khz(), now_ns());
    domain_unpause(c->d);
    if (rc)
        guest_log(current_vcpu(), LOG_WARNING,
                  "settscinfo of d%u: mode %u, wanted 0 (default), 1 (always emulate) or 2 (never emulate)",
                  c->d->id, in.mode);
    return rc;
}

long domctl_gettscinfo(struct domctl_call *c)
{
    const struct vtsc_info out = vtsc_get(&c->d->arch.vtsc, tsc_khz(), now_ns(), tsc_scale_to_ns(rdtsc(), &tsc_scale));

    c->op.u.tsc_info = (struct xen_domctl_tsc_info){
        .tsc_mode = out.mode, .gtsc_khz = out.khz, .incarnation = out.incarnation, .elapsed_nsec = out.elapsed_ns,
    };
    c->copy_back = true;
    return 0;
}
