/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain has beyond vCPUs and memory: a CPU policy, and the part of the machine that it may touch. */
#include "cpu/cpuid_boot.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hvm/hvm.h"
#include "irq/pirq.h"
#include "guest/memory_map.h"
#include "platform/io_caps.h"
#include "pv/pv.h"

int arch_domain_create(struct domain *d, const struct domain_config *config)
{
    int rc;

    if (d->type == DOMAIN_SYSTEM || d->type == DOMAIN_IDLE)
        return 0;
    if (d->type == DOMAIN_HVM) {
        rc = hvm_domain_create(d, config);
        if (rc)
            return rc;
    }
    d->arch.msr_relaxed = config->arch.misc_flags & XEN_X86_MSR_RELAXED;
    rc = cpuid_domain_init(d);
    return rc ? rc : pirq_map_create(d);
}

void arch_domain_destroy(struct domain *d)
{
    if (d->arch.pirqs)
        pirq_map_destroy(d);
    if (d->type == DOMAIN_HVM)
        hvm_domain_destroy(d);
    io_caps_destroy(d);
    guest_map_free(d);
    cpuid_domain_free(d);
}
