/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace buffers (xen/trace.h): what happened when on which CPU, for xentrace in a control domain. A record is an event
 * number of the ABI, the time stamp counter, and up to seven words.
 *
 * While tracing is off a trace point costs one test of a global that never changes, and evaluates none of its
 * arguments. While it is on, a record is written to the CPU's own buffer, with interrupts off and without a lock; so a
 * trace point may stand anywhere, under any lock and in an interrupt. Not in an NMI or a machine check: they may have
 * interrupted the writing of a record.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include "hv/compiler.h"
#include "hv/cpumask.h"
#include "hv/types.h"
#include "public.h"

struct hypercall;
struct vcpu;

#define TRACE_WORDS_MAX TRACE_EXTRA_MAX

extern bool trace_enabled; /* changed by core/trace alone */
/* A plain read, which is one comparison with memory: who sees the change some instructions later is none the worse. */
static inline bool trace_on(void) { return unlikely(trace_enabled); }

/** A record if the masks want it; @nr at most TRACE_WORDS_MAX. Any context but NMI and machine check. */
void trace_add(uint32_t event, const uint32_t *word, unsigned int nr);

/*
 * What a trace point calls lies elsewhere and keeps all registers, so that around it nothing is kept in memory, and no
 * frame is made, for what hardly ever happens.
 */
#ifdef __SSE__
#define TRACE_COLD __attribute__((noinline, cold))
#else
#define TRACE_COLD __attribute__((noinline, cold, no_caller_saved_registers))
#endif

/** The same with the words in pairs, the first in the lower half. For TRACE(). */
TRACE_COLD void trace_words(uint32_t event, unsigned int nr, uint64_t first, uint64_t second, uint64_t third);

#define TRACE_PAIR_(w, i) ((w)[i] | (uint64_t)(w)[(i) + 1] << 32)
/** A trace point: an event and its words, one to six. */
#define TRACE(event, ...)                                                                                   \
    do {                                                                                                    \
        if (trace_on()) {                                                                                   \
            const uint32_t trace_w_[6] = { __VA_ARGS__ };                                                   \
            trace_words((event), sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, TRACE_PAIR_(trace_w_, 0),         \
                        TRACE_PAIR_(trace_w_, 2), TRACE_PAIR_(trace_w_, 4));                                \
        }                                                                                                   \
    } while (0)
/** The two words of a 64-bit value. */
#define TRACE_64(x) (uint32_t)(uint64_t)(x), (uint32_t)((uint64_t)(x) >> 32)
/** The two words that name a vCPU, and the one that does. */
#define TRACE_VCPU(v)      (v)->domain->id, (v)->id
#define TRACE_VCPU_WORD(v) ((uint32_t)(v)->domain->id << 16 | ((v)->id & 0xffff))

/** An event whose two words name a vCPU: as TRACE(event, TRACE_VCPU(v)), and shorter where it stands. */
#define TRACE_OF(event, v)            \
    do {                              \
        if (trace_on())               \
            trace_vcpu((event), (v)); \
    } while (0)
TRACE_COLD void trace_vcpu(uint32_t event, const struct vcpu *v);

/** TRC_PV_HYPERCALL_V2, or @sub: that of an entry of a multicall. For who has seen trace_on(). */
void trace_hypercall(const struct hypercall *call, bool sub);

/** Boot, before any trace point can be on. */
void trace_init(void);
/** Boot, all CPUs online: buffers of @pages pages for each (0: none), with @mask (0: all), and tracing is on. */
void trace_boot(uint32_t pages, uint32_t mask);

/* XEN_SYSCTL_tbuf_op; one caller at a time. */
/** Buffers of @pages pages for each online CPU, once: 0, -EINVAL (0, or too many), -EBUSY (they exist), -ENOMEM. */
int trace_set_size(uint32_t pages);
/** -EINVAL: there are no buffers. */
int trace_enable(void);
void trace_disable(void);
void trace_set_events(uint32_t mask);
uint32_t trace_events(void);
void trace_set_cpus(const cpumask_t *cpus);
/** Where the page list begins and its size in bytes; both 0 without buffers. */
void trace_info(uint64_t *mfn, uint32_t *bytes);

/** Arch duty: the counter that records are stamped with; on one CPU it never goes backwards. */
uint64_t arch_cycles(void);

#endif
