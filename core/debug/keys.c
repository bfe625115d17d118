/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug keys about what core knows. A report reads without locks what may change under it: it is for people who look at
 * a system that may hang on one of those locks. Every loop is bounded by what the toolstack has set up.
 */
#include "core/debug/keys.h"

#include "hv/console.h"
#include "hv/domain.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/time.h"

static const char *life_name(unsigned int life)
{
    static const char *const name[] = { "building", "alive", "dying", "dead" };
    return life < ARRAY_SIZE(name) ? name[life] : "?";
}

static const char *runstate_name(unsigned int state)
{
    static const char *const name[] = { "running", "runnable", "blocked", "offline" };
    return state < ARRAY_SIZE(name) ? name[state] : "?";
}

static void show_vcpu(const struct vcpu *v)
{
    const struct vcpu_info *info = v->info;

    log_error("    vCPU %u: %s on CPU %u, pause flags %#x count %u, upcall %s%s, FIFO poll port %d", v->id,
              runstate_name(v->runstate), v->processor, v->pause_flags, v->pause_count,
              info && info->evtchn_upcall_pending ? "pending" : "idle",
              info && info->evtchn_upcall_mask ? " (masked)" : "", v->poll_port);
}

static void show_domain(struct domain *d)
{
    struct vcpu *v;

    log_error("  domain %u: %s, %u references, %lu pages of %lu, %u event ports, pause count %u%s", d->id,
              life_name(d->life), d->refs, (unsigned long)d->tot_pages, (unsigned long)d->max_pages, d->events.active,
              d->pause_count, d->is_shut_down ? ", shut down" : "");
    for_each_vcpu(d, v) show_vcpu(v);
}

static void domains_show(void (*fn)(struct domain *d))
{
    struct domain *d;

    for_each_domain(d) fn(d);
}

static void key_domains(char key)
{
    domains_show(show_domain);
}

static void key_run_queues(char key)
{
    unsigned int cpu;

    for_each_cpu(cpu, &cpu_online)
        log_error("  CPU %u: idle %lu ms of %lu", cpu, (unsigned long)(cpu_idle_time(cpu) / NS_PER_MS),
                  (unsigned long)(now_ns() / NS_PER_MS));
    domains_show(show_domain);
}

static void key_memory(char key)
{
    log_error("  %lu frames, %lu of them free (%lu KiB)", (unsigned long)heap_total_frames(),
              (unsigned long)heap_free_frames(), (unsigned long)(heap_free_frames() << (PAGE_SHIFT - 10)));
}

static void show_ports(struct domain *d)
{
    static const char *const name[] = { "free", "reserved", "unbound", "interdomain", "pirq", "virq", "ipi" };
    const struct evtchn_space *s = &d->events;

    log_error("  domain %u, %s ports:", d->id, s->fifo ? "FIFO" : "2-level");
    for (uint32_t port = 1; port < s->valid; port++) {
        const struct evtchn *e =
            s->bucket[port / EVTCHN_BUCKET] ? &s->bucket[port / EVTCHN_BUCKET][port % EVTCHN_BUCKET] : NULL;
        if (e && e->state != EVTCHN_FREE && e->state < ARRAY_SIZE(name))
            log_error("    %4u: %s, vCPU %u%s", port, name[e->state], e->notify_vcpu,
                      evtchn_port_pending(d, port) ? ", pending" : "");
    }
}

static void key_events(char key)
{
    domains_show(show_ports);
}

static void key_time(char key)
{
    uint64_t now = now_ns();

    log_error("  system time %lu.%09lu s, wall clock %lu s since 1970", (unsigned long)(now / NS_PER_SEC),
              (unsigned long)(now % NS_PER_SEC), (unsigned long)((wallclock_base_ns() + now) / NS_PER_SEC));
}

#define TIMERS_SHOWN 8u /* of each CPU */

static void show_timers(unsigned int cpu)
{
    struct timer first[TIMERS_SHOWN];
    unsigned int n = timers_peek(cpu, first, TIMERS_SHOWN);

    log_error("  CPU %u: %u timers%s", cpu, n, n == TIMERS_SHOWN ? " or more" : "");
    for (unsigned int i = 0; i < n; i++) {
        int64_t us = (int64_t)(first[i].expires - now_ns()) / (int64_t)NS_PER_US;
        log_error("    in %ld us: %s", (long)us, arch_code_name((uintptr_t)first[i].fn));
    }
}

static void key_timers(char key)
{
    unsigned int cpu;

    for_each_cpu(cpu, &cpu_online)
        show_timers(cpu);
}

static void key_grants(char key)
{
    domains_show(grant_table_report);
}

static void show_memory(struct domain *d)
{
    log_error("  domain %u: %lu pages, at most %lu; %lu promised, %u of the hypervisor's shared", d->id,
              (unsigned long)d->tot_pages, (unsigned long)d->max_pages, (unsigned long)d->outstanding_pages,
              d->hv_pages);
}

static void key_memory_by_domain(char key)
{
    key_memory(key);
    domains_show(show_memory);
}

void debug_keys_core_init(void)
{
    debug_key_register('a', key_timers, "timers");
    debug_key_register('g', key_grants, "grant tables");
    debug_key_register('u', key_memory_by_domain, "memory per domain (single NUMA node)");
    debug_key_register('q', key_domains, "domains and their vCPUs");
    debug_key_register('r', key_run_queues, "what runs and what waits");
    debug_key_register('m', key_memory, "memory");
    debug_key_register('H', key_memory, "free frames");
    debug_key_register('e', key_events, "event channels");
    debug_key_register('t', key_time, "time");
}
