/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See vtsc.h. */
#include "x86/tsc/vtsc.h"

#define NS_PER_KHZ_TICK 1000000u /* ns times kHz, for one tick */

static bool vtsc_needed(const struct vtsc_info *in, uint32_t host_khz)
{
    if (in->mode == VTSC_ALWAYS_EMULATE)
        return true;
    return in->mode == VTSC_DEFAULT && in->khz && in->khz != host_khz;
}

int vtsc_set(struct vtsc *v, const struct vtsc_info *in, uint32_t host_khz, uint64_t now)
{
    if (in->mode > VTSC_NEVER_EMULATE)
        return -EINVAL;
    bool emulated = vtsc_needed(in, host_khz);
    uint32_t khz = emulated && in->khz ? in->khz : host_khz;
    *v = (struct vtsc){
        .emulated = emulated, .mode = in->mode, .incarnation = in->incarnation + 1, .khz = khz,
        .zero_ns = now - in->elapsed_ns, .to_ns = tsc_scale_for(khz * 1000ULL),
    };
    return 0;
}

struct vtsc_info vtsc_get(const struct vtsc *v, uint32_t host_khz, uint64_t now, uint64_t host_ns)
{
    struct vtsc_info out = { .mode = v->mode, .incarnation = v->incarnation };

    if (v->mode == VTSC_NEVER_EMULATE)
        return out;
    out.khz = v->emulated ? v->khz : host_khz;
    out.elapsed_ns = v->emulated ? now - v->zero_ns : host_ns;
    if (out.elapsed_ns >> 63) /* a counter that was set to start later */
        out.elapsed_ns = 0;
    return out;
}

/* In two steps, so that the product stays within 64 bits for ages. */
uint64_t vtsc_ticks(const struct vtsc *v, uint64_t now)
{
    uint64_t ns = now - v->zero_ns;

    return ns / NS_PER_KHZ_TICK * v->khz + ns % NS_PER_KHZ_TICK * v->khz / NS_PER_KHZ_TICK;
}
