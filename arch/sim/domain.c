/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulated domains: they are PV guests, with the product's page tables, frames and grants. */
#include "machine.h"

#include "hv/log.h"
#include "hv/memory_op.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "pv/memory_exchange.h"

/* Containers have the product's map of their memory, walked by the tests; pages of it are all that there is to them. */
int arch_domain_create(struct domain *d, const struct domain_config *config)
{
    return d->type == DOMAIN_HVM ? hvm_p2m_create(d) : 0;
}
void arch_domain_destroy(struct domain *d)
{
    if (d->type == DOMAIN_HVM)
        hvm_p2m_destroy(d);
}
int hvm_domain_relinquish(struct domain *d) { return hvm_p2m_relinquish(d); }
unsigned int hvm_p2m_order_max(void) { return 18; }

void (*sim_on_container_flush)(struct domain *d);
void hvm_flush_tlb(struct domain *d)
{
    sim_counters.container_flushes++;
    if (sim_on_container_flush)
        sim_on_container_flush(d);
}

void arch_hardware_shutdown(uint32_t reason) { panic("the hardware domain shut down, reason %u", reason); }

const struct memory_row *arch_memory_row(uint32_t cmd) { return cmd == XENMEM_exchange ? &pv_memory_exchange : NULL; }

struct domain *sim_domain(domid_t id, uint32_t vcpus)
{
    const struct domain_config config = {
        .max_vcpus = vcpus,
        .max_evtchn_port = 1023,
        .max_grant_frames = 4,
        .max_maptrack_frames = 4,
    };
    struct domain *d;

    int rc = domain_create(id, &config, &d);
    if (rc)
        panic("no domain: %d", rc);
    d->max_pages = 1 << 20;
    for (uint32_t i = 0; i < vcpus; i++) {
        struct vcpu *v = vcpu_create(d, i);
        if (!v)
            panic("no vCPU %u", i);
        vcpu_set_initialised(v, true);
        vcpu_up(v);
    }
    d->controller_pauses = 0;
    domain_unpause(d);
    return d;
}
