/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include "../support/guest_tables.h"
#include "arch/sim/explore.h"
#include "core/grant/grant.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/sched.h"
#include "hv/softirq.h"
#include "hv/time.h"

#include <string.h>

enum { AREA = 16384, PARTS_MAX = 100000 };

struct domain *control, *guest, *peer;
mfn_t page[PAGES], peer_page;
static struct vcpu *actor[ACTORS];
static char area[ACTORS][AREA] __attribute__((aligned(64)));
static uint64_t free_at_first;

void *act_args(void) { return area[this_cpu_id()]; }
uint64_t *act_list(void) { return (uint64_t *)(area[this_cpu_id()] + AREA / 2); }

void act_leave(void)
{
    sim_exit_path(this_cpu_id());
    if (sim_exploring)
        sim_explore_inside();
}

long act(hypercall_fn fn, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    struct vcpu *self = actor[this_cpu_id()];
    struct hypercall call = { .arg = { a, b, c, d } };
    long rc = -ERESTART;

    for (unsigned int parts = 0; rc == -ERESTART && current_vcpu() == self; parts++) {
        if (parts == PARTS_MAX)
            panic("a hypercall is never done");
        rc = fn(&call);
        act_leave();
    }
    return rc;
}

void world_as(unsigned int on, void (*fn)(void))
{
    sim_on_cpu(on);
    fn();
    sim_on_cpu(0);
    sim_settle();
}

static void pin_to_cpu(struct domain *d, uint32_t id, unsigned int cpu)
{
    cpumask_t mask = { 0 };

    cpumask_set(&mask, cpu);
    if (vcpu_set_affinity(d->vcpu[id], &mask, NULL))
        panic("CPU %u is nobody's", cpu);
    actor[cpu] = d->vcpu[id];
}

static void grant_entry(struct domain *d, domid_t to, mfn_t m)
{
    struct grant_entry_v1 *v1 = d->grants->shared[0];
    v1[REF] = (struct grant_entry_v1){ GTF_permit_access, to, (uint32_t)m.nr };
}

static struct domain *guest_make(domid_t id, uint32_t vcpus)
{
    struct domain *d = sim_domain(id, vcpus);

    if (!guest_tables_make(d, SLOT_BASE))
        panic("no page tables");
    return d;
}

static void ports(void)
{
    ACT_EVENT(alloc_unbound, alloc_unbound, .dom = DOMID_SELF,
              .remote_dom = current_vcpu()->domain == guest ? PEER : GUEST);
}

static void world_make(void)
{
    guest = guest_make(GUEST, 2);
    peer = guest_make(PEER, 1);
    pin_to_cpu(guest, 0, ON_GUEST0);
    pin_to_cpu(guest, 1, ON_GUEST1);
    pin_to_cpu(peer, 0, ON_PEER);
    for (unsigned int i = 0; i < PAGES; i++)
        page[i] = domain_alloc_frames(guest, 0, HEAP_ZERO);
    peer_page = domain_alloc_frames(peer, 0, HEAP_ZERO);
    grant_entry(guest, PEER, page[0]);
    grant_entry(peer, GUEST, peer_page);
    sim_settle();
    for (unsigned int i = 0; i < ACTORS; i++)
        if (sim_cpu(i)->current != actor[i])
            panic("what shall run on CPU %u does not", i);
    world_as(ON_GUEST0, ports);
    world_as(ON_PEER, ports);
}

static void end(struct domain *d)
{
    for (unsigned int parts = 0; domain_kill(d) == -ERESTART; parts++) {
        if (parts == PARTS_MAX)
            panic("d%u never ends", d->id);
        sim_settle();
        sim_on_cpu(ON_CONTROL);
    }
    domain_put(d);
}

void world_ends(void)
{
    sim_on_cpu(ON_CONTROL);
    end(guest);
    end(peer);
    sim_run_until(now_ns() + 300 * NS_PER_MS);
    law_end(free_at_first);
}

void world_start(void)
{
    sim_start(&(struct sim_config){ .frames = 600, .cpus = ACTORS });
    sim_guest_window(area, sizeof(area));
    control = sim_domain(0, 1);
    control->is_privileged = true;
    if (!guest_tables_make(control, SLOT_BASE))
        panic("no page tables");
    pin_to_cpu(control, 0, ON_CONTROL);
    sim_run_until(10 * NS_PER_MS);
    free_at_first = 0;
    world_make(); /* once for what stays: slabs, tables of the core */
    sim_on_cpu(ON_CONTROL);
    end(guest);
    end(peer);
    sim_run_until(now_ns() + 300 * NS_PER_MS);
    free_at_first = heap_free_frames();
    world_make();
}
