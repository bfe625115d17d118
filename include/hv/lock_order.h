/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock order. A CPU may take a lock only if its level is greater than that of every lock that it holds; debug
 * builds check it at each acquisition. Two locks of one level are never held together, except where the comment says
 * how.
 */
#ifndef HV_LOCK_ORDER_H
#define HV_LOCK_ORDER_H

enum lock_level {
    LOCK_NONE = 0,     /* not checked: only before the log works */
    LOCK_DOMCTL,       /* one toolstack operation at a time */
    LOCK_SYSCTL,
    LOCK_CPU_HOTPLUG,  /* cpu_online does not shrink or grow */
    LOCK_CPUPOOL,      /* which CPUs and domains are in which pool */
    LOCK_DOMAIN_LIST,  /* the list of domains, and birth and death on it */
    LOCK_DOMAIN,       /* one domain's set-up: vCPU allocation, limits, physmap changes; two domains: lower id first */
    LOCK_KEXEC,
    LOCK_GRANT,        /* a grant table; two domains: lower id first */
    LOCK_GRANT_MAPTRACK,
    LOCK_P2M,          /* an HVM guest's physical address map */
    LOCK_PAGE_TYPE,    /* serialises one frame's type change; nests down the levels of a page table only */
    LOCK_FRAMES,       /* a domain's frame list and page counts */
    LOCK_EVENT,        /* a domain's event channels; two domains: lower id first */
    LOCK_EVENT_SOURCE, /* which port a vCPU's VIRQs, a domain's pirqs are bound to; taken by interrupt handlers */
    LOCK_EVENT_QUEUE,  /* a domain's FIFO queues */
    LOCK_PIRQ,         /* a domain's pirq map */
    LOCK_IRQ,          /* one interrupt's descriptor */
    LOCK_VECTOR,       /* allocation of vectors and IO-APIC registers */
    LOCK_PCI,          /* configuration space and the address port; taken to program MSIs */
    LOCK_SHUTDOWN,     /* a domain's shutdown state */
    LOCK_SCHED,        /* a run queue; two CPUs: lower index first */
    LOCK_SCHED_CAP,    /* a domain's budget of CPU time */
    LOCK_TIMER,        /* a CPU's timers; two CPUs: lower index first */
    LOCK_TASKLET,
    LOCK_HEAP,         /* free frames */
    LOCK_SLAB,         /* small objects; takes LOCK_HEAP after dropping itself */
    LOCK_TLB,
    LOCK_TIME,         /* system time calibration, wall clock */
    LOCK_TRACE,
    LOCK_CONSOLE,      /* the log ring and the lines to the consoles */
    LOCK_SERIAL,       /* one serial port */
    LOCK_LEAF,         /* nothing is taken under it */
};

#endif
