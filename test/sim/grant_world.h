/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three domains that grant each other frames, with page tables in which these are mapped. */
#ifndef TEST_GRANT_WORLD_H
#define TEST_GRANT_WORLD_H

#include "sim_test.h"

#include "core/grant/grant.h"
#include "guest.h"
#include "support/guest_tables.h"
#include "hv/heap.h"

enum { DOMAINS = 3, FRAMES = 12 };
static struct domain *dom[DOMAINS];
static mfn_t frame[DOMAINS][FRAMES];

/* Addresses of a guest where grants are mapped: one slot a page, from SLOT_BASE; NO_SLOT has no table. */
enum { SLOTS = 64, NO_SLOT = 300, SLOT_BASE = 0x100000 };

static inline void birth(unsigned int i)
{
    dom[i] = sim_domain((domid_t)(i + 1), 1);
    assert_true(guest_tables_make(dom[i], SLOT_BASE));
    for (unsigned int n = 0; n < FRAMES; n++)
        frame[i][n] = domain_alloc_frames(dom[i], 0, HEAP_ZERO);
}

static inline void death(unsigned int i)
{
    guest_kill(dom[i]);
    dom[i] = NULL;
}

static inline void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 1 });
    sim_guest_window(box, sizeof(box));
    for (unsigned int i = 0; i < DOMAINS; i++)
        birth(i);
    sim_settle();
}

static inline struct grant_entry_v1 *entry(unsigned int d, uint32_t ref)
{
    return &((struct grant_entry_v1 *)dom[d]->grants->shared[ref / ENTRIES_V1])[ref % ENTRIES_V1];
}

static inline void grant(unsigned int d, uint32_t ref, unsigned int to, unsigned int n, uint16_t more)
{
    *entry(d, ref) = (struct grant_entry_v1){ .flags = GTF_permit_access | more,
                                              .domid = (domid_t)(to + 1),
                                              .frame = (uint32_t)frame[d][n].nr };
}

static inline struct gnttab_map_grant_ref map(unsigned int by, unsigned int of, uint32_t ref, unsigned int at,
                                              uint32_t flags)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = SLOT_BASE + at * PAGE_SIZE, .flags = flags, .ref = ref, .dom = (domid_t)(of + 1)
    };
    assert_int_equal(guest_op(dom[by]->vcpu[0], hypercall_grant_table_op, GNTTABOP_map_grant_ref, &op), 0);
    return op;
}

static inline int unmap(unsigned int by, uint32_t handle, uint64_t host_addr, uint64_t dev)
{
    struct gnttab_unmap_grant_ref op = { .host_addr = host_addr, .dev_bus_addr = dev, .handle = handle };
    assert_int_equal(guest_op(dom[by]->vcpu[0], hypercall_grant_table_op, GNTTABOP_unmap_grant_ref, &op), 0);
    return op.status;
}

static inline int copy(unsigned int by, struct gnttab_copy *op)
{
    assert_int_equal(guest_op(dom[by]->vcpu[0], hypercall_grant_table_op, GNTTABOP_copy, op), 0);
    return op->status;
}

#endif
