/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock order, in one table: the enumeration, the names in messages and the checker (core/smp/lock_debug.c) are made
 * of it. A CPU may take a lock only if its level comes after that of every lock that it holds. Debug builds and the
 * simulation check at each acquisition, before the wait.
 *
 * Two of a level at once:
 *   NEVER       one of them at a time
 *   BY_ADDRESS  two, the one at the lower address first; spin_lock_two() does that
 *   NESTED      a page table that names another of its level, and that one; pv/mm/entry.c says why there is no ring
 *
 * Interrupts when it is taken:
 *   ON          always on. Who waits for such a lock still answers other CPUs, so its holder may wait for them
 *   OFF         always off: interrupt handlers take it too. Its holder never waits for other CPUs
 *   ANY         either; it is held for a few instructions, and nobody waits for other CPUs under it
 *
 * Three levels are waits, not locks, and stand where they are allowed: a CPU may wait only if all it holds comes
 * before, and but for the last one with interrupts on. Whatever may have to wait says so on entry, whether or not it
 * has to this time:
 *   WAIT_VCPU   until a vCPU has left its CPU (vcpu_sleep_sync() and what calls it)
 *   WAIT_CPUS   until other CPUs have answered an interrupt (smp_call(), a TLB flush, the last reference of a frame),
 *               or one has come to the end of a timer's function (timer_kill())
 *   WAIT_IRQ    until an interrupt's handler on another CPU has raised its event, which waits for nobody
 */
#ifndef HV_LOCK_ORDER_H
#define HV_LOCK_ORDER_H

enum lock_pair { LOCK_PAIR_NEVER, LOCK_PAIR_BY_ADDRESS, LOCK_PAIR_NESTED };
enum lock_irqs { LOCK_IRQS_ON, LOCK_IRQS_OFF, LOCK_IRQS_ANY };

#define LOCK_LEVELS(X)                                                                                            \
    /* level          two at once  interrupts */                                                                  \
    X(NONE,           NEVER,       ANY) /* not checked: only before the log works */                              \
    X(DOMCTL,         NEVER,       ON)  /* one toolstack operation at a time */                                   \
    X(SYSCTL,         NEVER,       ON)                                                                            \
    X(CPUPOOL,        NEVER,       ON)  /* which CPUs and domains are in which pool */                            \
    X(M2P_SHARE,      NEVER,       ON)  /* which pages of the M2P are shown to privileged domains */              \
    X(WAIT_VCPU,      NEVER,       ON)                                                                            \
    X(DOMAIN,         NEVER,       ON)  /* one domain's set-up: vCPU allocation, limits, physmap changes */       \
    X(KEXEC,          NEVER,       ON)                                                                            \
    X(GRANT,          NEVER,       ON)  /* a grant table */                                                       \
    X(GRANT_MAPTRACK, NEVER,       ON)                                                                            \
    X(P2M,            NEVER,       ON)  /* a container's map of its memory: entries, tables, what they hold */    \
    X(TABLE_L4,       NESTED,      ON)  /* a page table: its type, or one of its entries, changes (pv/mm) */      \
    X(TABLE_L3,       NESTED,      ON)                                                                            \
    X(TABLE_L2,       NESTED,      ON)                                                                            \
    X(TABLE_L1,       NEVER,       ON)                                                                            \
    X(FRAME_TYPE,     NEVER,       ON)  /* a frame on its way to a type that is no page table */                  \
    X(WAIT_CPUS,      NEVER,       ON)                                                                            \
    X(FRAMES,         NEVER,       ON)  /* a domain's frame list and page counts */                               \
    X(EVENT,          BY_ADDRESS,  ANY) /* a domain's event channels */                                           \
    X(WAIT_IRQ,       NEVER,       ANY)                                                                           \
    X(EVENT_SOURCE,   NEVER,       OFF) /* which port a vCPU's VIRQs, a domain's pirqs are bound to */            \
    X(EVENT_QUEUE,    NEVER,       OFF) /* a domain's FIFO queues */                                              \
    X(PIRQ,           NEVER,       OFF) /* a domain's pirq map */                                                 \
    X(IRQ,            NEVER,       OFF) /* one interrupt's descriptor */                                          \
    X(VECTOR,         NEVER,       OFF) /* allocation of vectors and IO-APIC registers */                         \
    X(MSI_TABLES,     NEVER,       ON)   /* the mapped pages of MSI-X tables */                                   \
    X(PCI_FUNCTIONS,  NEVER,       ON)   /* functions with virtual ones; their BARs are sized under it */         \
    X(PCI,            NEVER,       OFF) /* configuration space and the address port; taken to program MSIs */     \
    X(SHUTDOWN,       NEVER,       OFF) /* a domain's shutdown state */                                           \
    X(SCHED,          BY_ADDRESS,  OFF) /* a run queue */                                                         \
    X(SCHED_POLICY,   NEVER,       OFF) /* what a scheduling policy keeps for several CPUs */                     \
    X(TIMER,          BY_ADDRESS,  OFF) /* a CPU's timers */                                                      \
    X(TASKLET,        NEVER,       OFF)                                                                           \
    X(HEAP,           NEVER,       OFF) /* free frames */                                                         \
    X(SLAB,           NEVER,       OFF) /* small objects; takes HEAP after dropping itself */                     \
    X(TIME,           NEVER,       ANY) /* system time calibration, wall clock */                                 \
    X(CONSOLE,        NEVER,       ANY) /* the log ring and the lines to the consoles */                          \
    X(SERIAL,         NEVER,       ANY) /* what waits to be sent on one serial port */                            \
    X(LEAF,           NEVER,       ANY) /* nothing is taken under it */

enum lock_level {
#define LOCK_LEVEL_NAME(name, pair, irqs) LOCK_##name,
    LOCK_LEVELS(LOCK_LEVEL_NAME)
#undef LOCK_LEVEL_NAME
    LOCK_LEVEL_COUNT
};

#endif
