/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of CPUs. A CPU is named by a dense index, 0 the boot CPU. */
#ifndef HV_CPUMASK_H
#define HV_CPUMASK_H

#include "hv/types.h"

#ifndef CPU_MAX
#define CPU_MAX 512
#endif

#define CPUMASK_WORDS ((CPU_MAX + 63) / 64)
typedef struct { uint64_t bits[CPUMASK_WORDS]; } cpumask_t;

extern cpumask_t cpu_online;  /**< CPUs that take interrupts and run vCPUs */
extern cpumask_t cpu_present; /**< CPUs that firmware names and we may start */
extern unsigned int cpu_count; /**< one more than the highest index in cpu_present */

static inline void cpumask_clear_all(cpumask_t *m) { *m = (cpumask_t){ { 0 } }; }
static inline bool cpumask_test(const cpumask_t *m, unsigned int cpu)
{
    return cpu < CPU_MAX && (__atomic_load_n(&m->bits[cpu / 64], __ATOMIC_RELAXED) >> (cpu % 64)) & 1;
}
static inline void cpumask_set(cpumask_t *m, unsigned int cpu)
{
    __atomic_fetch_or(&m->bits[cpu / 64], 1ULL << (cpu % 64), __ATOMIC_SEQ_CST);
}
static inline void cpumask_clear(cpumask_t *m, unsigned int cpu)
{
    __atomic_fetch_and(&m->bits[cpu / 64], ~(1ULL << (cpu % 64)), __ATOMIC_SEQ_CST);
}
static inline bool cpumask_empty(const cpumask_t *m)
{
    for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
        if (m->bits[i])
            return false;
    return true;
}
static inline void cpumask_and(cpumask_t *dst, const cpumask_t *a, const cpumask_t *b)
{
    for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
        dst->bits[i] = a->bits[i] & b->bits[i];
}
/** The first member at or after @from; CPU_MAX when there is none. */
static inline unsigned int cpumask_next(const cpumask_t *m, unsigned int from)
{
    for (; from < CPU_MAX; from = (from / 64 + 1) * 64) {
        uint64_t w = m->bits[from / 64] >> (from % 64);
        if (w)
            return from + __builtin_ctzll(w);
    }
    return CPU_MAX;
}
static inline unsigned int cpumask_weight(const cpumask_t *m)
{
    unsigned int n = 0;
    for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
        n += m->bits[i] ? (unsigned int)__builtin_popcountll(m->bits[i]) : 0;
    return n;
}
#define for_each_cpu(cpu, mask) \
    for ((cpu) = cpumask_next(mask, 0); (cpu) < CPU_MAX; (cpu) = cpumask_next(mask, (cpu) + 1))

#endif
