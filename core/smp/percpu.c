/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of the section "percpu". The boot CPU uses the original, so that it has its data before there is a heap. */
#include "hv/percpu.h"

#include "hv/errno.h"
#include "hv/heap.h"

/* The linker gives these names to the borders of a section whose name is a C identifier. */
extern char __start_percpu[], __stop_percpu[];

uint64_t percpu_offset[CPU_MAX];
cpumask_t cpu_online, cpu_present;
unsigned int cpu_count = 1;

int percpu_create(unsigned int cpu)
{
    if (cpu == 0 || percpu_offset[cpu])
        return 0;
    char *copy = hv_zalloc((size_t)(__stop_percpu - __start_percpu));
    if (!copy)
        return -ENOMEM;
    percpu_offset[cpu] = (uint64_t)copy - (uint64_t)__start_percpu;
    return 0;
}
