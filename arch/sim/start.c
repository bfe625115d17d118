/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start-up of the simulated machine, in the order of the real one's. */
#include "machine.h"

#include "hv/frame.h"
#include "hv/heap.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/sched.h"
#include "hv/trace.h"

static void cpu_start(unsigned int cpu)
{
    if (percpu_create(cpu))
        panic("no per-CPU data");
    timers_init_cpu(cpu);
    struct vcpu *idle = sched_create_idle(cpu);
    if (!idle)
        panic("no idle vCPU for CPU %u", cpu);
    sim_cpu(cpu)->current = idle;
    cpumask_set(&cpu_present, cpu);
    cpumask_set(&cpu_online, cpu);
}

void sim_start(const struct sim_config *config)
{
    sim_ram_create(config->frames);
    sim_cpus_create(config->cpus);
    cpu_count = config->cpus;
    sim_time_reset();
    for (uint64_t i = MAX(config->first_heap, 1); i < config->frames; i++)
        frame_table[i].count = 0;
    heap_add(mfn(config->first_heap), mfn(config->frames));
    hv_options.sched_ratelimit_us = 1000;
    hv_options.gnttab_max_frames = 64;
    hv_options.gnttab_max_maptrack_frames = 1024;
    trace_init();
    sched_init();
    for (unsigned int i = 0; i < config->cpus; i++)
        cpu_start(i);
    lock_debug_others_run();
}
