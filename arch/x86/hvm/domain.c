/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A container's birth and end: its memory, and what it was created with. The first one switches on every CPU what runs
 * containers; it stays on.
 */
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "hvm/params.h"
#include "hvm/vendor.h"

static cpumask_t cpus_on; /* bits are set by their CPUs */

static void cpu_on(void *unused)
{
    if (!cpumask_test(&cpus_on, this_cpu_id()) && hvm_vendor->cpu_on())
        cpumask_set(&cpus_on, this_cpu_id());
}

/* The first CPU also tries what its processor does: one begins, then the others. Under the domctl lock. */
static int all_cpus_on(void)
{
    unsigned int cpu;

    if (!hvm_vendor)
        return -EOPNOTSUPP;
    irqflags_t flags = irq_save();
    cpu_on(NULL);
    irq_restore(flags);
    if (cpumask_test(&cpus_on, this_cpu_id()))
        smp_call(&cpu_online, cpu_on, NULL);
    for_each_cpu(cpu, &cpu_online)
        if (!cpumask_test(&cpus_on, cpu)) {
            log_error("hvm: CPU %u: %s cannot be switched on", cpu, hvm_vendor->name);
            return -ENODEV;
        }
    return 0;
}

int hvm_domain_create(struct domain *d, const struct domain_config *config)
{
    int rc = all_cpus_on();

    if (rc)
        return rc;
    d->arch.hvm.emulation_flags = config->arch.emulation_flags;
    rc = hvm_params_create(d);
    return rc ? rc : hvm_p2m_create(d);
}

int hvm_domain_relinquish(struct domain *d) { return hvm_p2m_relinquish(d); }

void hvm_domain_destroy(struct domain *d)
{
    hvm_p2m_destroy(d);
    hvm_params_destroy(d);
}
