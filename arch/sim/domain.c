/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arch_* duties of a simulated domain: frames are given back as on x86, some at a time; nothing else needs
 * doing.
 */
#include "machine.h"

#include "hv/debugger.h"
#include "hv/grant.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/memory_op.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "pv/memory_exchange.h"
#include "pv/mm/types.h"

int arch_domain_create(struct domain *d, const struct domain_config *config)
{
    return d->type == DOMAIN_HVM ? hvm_p2m_create(d) : 0;
}
void arch_domain_destroy(struct domain *d)
{
    if (d->type == DOMAIN_HVM)
        hvm_p2m_destroy(d);
}
void hvm_flush_tlb(struct domain *d)
{
    sim_counters.container_flushes++;
    if (sim_on_container_flush)
        sim_on_container_flush(d);
}
unsigned int hvm_p2m_order_max(void) { return 18; }
void arch_hardware_shutdown(uint32_t reason) { panic("the hardware domain shut down, reason %u", reason); }

void (*sim_on_container_flush)(struct domain *d);
void (*sim_on_relinquish)(struct domain *d);
void (*sim_on_write_hold)(struct domain *d, struct frame *f);

int arch_domain_relinquish(struct domain *d)
{
    if (sim_on_relinquish)
        sim_on_relinquish(d);
    return d->type == DOMAIN_HVM ? hvm_p2m_relinquish(d) : 0;
}

static struct frame *frame_of(struct domain *d, gfn_t g, bool write)
{
    if (d->type == DOMAIN_HVM)
        return hvm_frame_get(d, g, write);
    struct frame *f = mfn_valid(mfn(g.nr)) ? mfn_to_frame(mfn(g.nr)) : NULL;
    return f && frame_get(f, d) ? f : NULL;
}

struct frame *arch_guest_frame_get(struct domain *d, gfn_t g, bool write)
{
    struct frame *f = frame_of(d, g, write);
    if (f && write && frame_type_get(f, FT_WRITABLE)) {
        frame_put(f);
        return NULL;
    }
    if (f && write && sim_on_write_hold)
        sim_on_write_hold(d, f);
    return f;
}
/* Addresses are frame numbers here. */
struct frame *arch_guest_va_frame_get(const struct vcpu *v, vaddr_t va, bool write)
{
    return arch_guest_frame_get(v->domain, gfn(va >> PAGE_SHIFT), write);
}
void arch_guest_frame_put(struct frame *f, bool write)
{
    if (write)
        frame_put_typed(f);
    else
        frame_put(f);
}

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

const struct memory_row *arch_memory_row(uint32_t cmd) { return cmd == XENMEM_exchange ? &pv_memory_exchange : NULL; }
void arch_grant_cache_flush(mfn_t m) { sim_counters.cache_flushes++; }
