/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two PV domains with a few dozen frames each, on the simulated machine. For the law test, its cases and its fuzzer.
 *
 * Beside the frame table stands a model of three TLBs that never evict: each translation that the tables of the
 * domain on a CPU have held since its last flush is still in it. CPU 0 does everything, as one domain or the other;
 * CPU 1 runs another vCPU of the first domain, CPU 2 one of the second, and both flush or go idle when they like.
 * With it the law can ask for what is hard to see otherwise: that each flush that was needed came, and early enough.
 */
#ifndef TEST_PVMM_WORLD_H
#define TEST_PVMM_WORLD_H

#include "arch/sim/sim.h"
#include "hv/domain.h"
#include "hv/frame.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"

#define WORLD_FRAMES 2048u
#define POOL         40u  /* frames that a domain works with */
#define DOMAINS      2u
#define CPUS         3u
#define GRANTS       8u

/* What a cached translation lets a CPU do, and whose the frame was. */
struct cached { bool read, write, walk; uint16_t owner; };

struct grant { bool active, writable, in_entry; mfn_t m; uint64_t where; bool is_pte; struct domain *mapper; };

/* Things that a run must have seen to mean something. */
enum seen {
    SEEN_TREE,
    SEEN_PTWR,
    SEEN_PTWR_AGAIN,
    SEEN_MMIO_STORE,
    SEEN_GDT,
    SEEN_LDT,
    SEEN_GRANT_MAP,
    SEEN_GRANT_UNMAP,
    SEEN_LINEAR_SELF,
    SEEN_LINEAR,
    SEEN_KINDS
};

struct world {
    struct domain *dom[DOMAINS];
    mfn_t pool[DOMAINS][POOL];
    struct cached tlb[CPUS][WORLD_FRAMES];
    unsigned int runs[CPUS]; /* domain; DOMAINS: idle */
    uint32_t (*chance)(void);
    unsigned int seen[SEEN_KINDS];
    unsigned int calls, refused, restarts, abandoned;
};

extern struct world world;
extern struct grant grants[GRANTS];

/* Memory that the guests' hypercall arguments are in. */
struct arguments {
    struct mmu_update mmu[4];
    struct mmuext_op ext[4];
    uint32_t done;
    uint64_t gdt[14];
};

extern struct arguments arguments;

/** Everything that the live tables of the domain on @cpu translate now comes into its TLB. */
void tlb_fill(unsigned int cpu);

/** @cpu goes over to domain @d, in the order of the real context switch; DOMAINS: idle. */
void world_switch(unsigned int cpu, unsigned int d);

/** CPU 0 runs domain @d from now on: calls are made in its name. */
void world_act_as(unsigned int d);

/** A frame of zeros for @d; there is enough memory. */
mfn_t world_new_frame(struct domain *d);

/** The machine and its domains, from nothing; @chance decides what the guests do. */
void world_start(uint32_t (*chance)(void));

#endif
