/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TSC that a domain sees (xl.cfg(5), tsc_mode): the machine's, or one of its own frequency that is emulated and
 * goes on where it was when the domain was saved.
 *
 * By default a domain gets the machine's if the frequency is the one that it was started with: system time itself is
 * made from that TSC, so it is as good as anything that could be emulated. Whatever is emulated is a function of system
 * time alone, so all vCPUs agree on it.
 */
#ifndef LIB_X86_TSC_VTSC_H
#define LIB_X86_TSC_VTSC_H

#include "x86/tsc/scale.h"

enum vtsc_mode { VTSC_DEFAULT, VTSC_ALWAYS_EMULATE, VTSC_NEVER_EMULATE }; /* 3, PVRDTSCP, is gone since Xen 4.14 */

/** As XEN_DOMCTL_{set,get}tscinfo carry it. */
struct vtsc_info {
    uint32_t mode, khz, incarnation;
    uint64_t elapsed_ns; /* what the counter shows, in ns */
};

struct vtsc {
    bool emulated;
    uint32_t mode, incarnation;
    uint32_t khz;            /* 0: never set, the machine's */
    uint64_t zero_ns;        /* system time at which the counter was 0 (modulo 2^64) */
    struct tsc_scale to_ns;  /* of the counter that the domain sees */
};

/** @now: system time in ns. 0, -EINVAL: no such mode. Nothing changes on error. */
int vtsc_set(struct vtsc *v, const struct vtsc_info *in, uint32_t host_khz, uint64_t now);
/** What vtsc_set() on another machine needs. @host_ns: the machine's counter in ns. */
struct vtsc_info vtsc_get(const struct vtsc *v, uint32_t host_khz, uint64_t now, uint64_t host_ns);
/** The emulated counter at system time @now. */
uint64_t vtsc_ticks(const struct vtsc *v, uint64_t now);

#endif
