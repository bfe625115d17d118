/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forgetting what CPUs cached of a container's memory. The request is counted; each vCPU compares before it enters the
 * guest, with interrupts off. Then the CPUs that may be in the guest are interrupted: an interrupt stops a guest, and
 * one that comes between the comparison and the entry stops it at once. So when all have answered, whoever runs on has
 * seen the count.
 */
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hvm/hvm.h"

static void stopped(void *unused) { }

void hvm_flush_tlb(struct domain *d)
{
    cpumask_t cpus;

    __atomic_fetch_add(&d->arch.hvm.flushes, 1, __ATOMIC_SEQ_CST);
    cpumask_and(&cpus, &d->arch.dirty_cpus, &cpu_online);
    if (cpumask_weight(&cpus))
        smp_call(&cpus, stopped, NULL);
}
