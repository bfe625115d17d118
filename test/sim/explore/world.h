/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world that scenarios run in: four CPUs, each with a vCPU of its own that runs there: two of a guest, one of a
 * peer that it shares with, one of the control domain. An operation is a function that one of these calls; what it
 * needs is there before: pages, tables, ports, grants.
 */
#ifndef TEST_EXPLORE_WORLD_H
#define TEST_EXPLORE_WORLD_H

#include "../sim_test.h"

#include "hv/domain.h"
#include "hv/frame.h"
#include "hv/hypercall.h"

#include <hypercall_handlers.h>

enum { ON_GUEST0, ON_GUEST1, ON_PEER, ON_CONTROL, ACTORS };
enum { GUEST = 2, PEER = 3, PAGES = 8, REF = 9, SLOT_BASE = 0x100000 };

extern struct domain *control, *guest, *peer;
extern mfn_t page[PAGES], peer_page;

/** Machine and domains; the frames that are free before these live are counted. */
void world_start(void);
/** Everybody ends; then the laws of the end. Panics if one is broken. */
void world_ends(void);
/** The laws of every moment at which nobody is inside the hypervisor. */
void law_live(void);
void law_end(uint64_t free_frames);

/** Runs @fn as what lives on CPU @on does. */
void world_as(unsigned int on, void (*fn)(void));
/** A hypercall by the running vCPU, continued until it is done or the vCPU is taken off the CPU. */
long act(hypercall_fn fn, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
/** Memory for arguments and lists of the running CPU. */
void *act_args(void);
uint64_t *act_list(void);
/** The running CPU leaves the hypervisor and comes back. */
void act_leave(void);

#define ACT_OP(fn, cmd, type, ...)                       \
    ({                                                   \
        type *op_ = act_args();                          \
        *op_ = (type){ __VA_ARGS__ };                    \
        act(fn, cmd, (uint64_t)(uintptr_t)op_, 1, 0);    \
    })
#define ACT_EVENT(cmd, type, ...) ACT_OP(hypercall_event_channel_op, EVTCHNOP_##cmd, struct evtchn_##type, __VA_ARGS__)
#define ACT_GRANT(cmd, type, ...) ACT_OP(hypercall_grant_table_op, GNTTABOP_##cmd, struct gnttab_##type, __VA_ARGS__)

#endif
