/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instance of a variable for each CPU. The linker gathers them in the section "percpu"; each CPU has a copy of that
 * section, and percpu_offset[cpu] is the distance from the original to the copy. The architecture says where we run.
 * Every instance starts as zeros: a definition has no initialiser, set-up code fills it in.
 */
#ifndef HV_PERCPU_H
#define HV_PERCPU_H

#include "hv/cpumask.h"

#include <arch/current.h> /* unsigned int this_cpu_id(void); struct vcpu *current_vcpu(void) */

#define DEFINE_PER_CPU(type, name)  __attribute__((section("percpu"))) type percpu_##name
#define DECLARE_PER_CPU(type, name) extern __attribute__((section("percpu"))) type percpu_##name

extern uint64_t percpu_offset[CPU_MAX];

#define per_cpu(name, cpu) \
    (*(__typeof__(percpu_##name) *)((uintptr_t)&percpu_##name + percpu_offset[cpu]))
#define this_cpu(name) per_cpu(name, this_cpu_id())

/** Gives @cpu its zeroed copy; CPU 0 has the original. Again is no error. 0 or -ENOMEM. */
int percpu_create(unsigned int cpu);

#endif
