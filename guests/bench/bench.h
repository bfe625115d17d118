/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operation costs, in ticks of the TSC. Under QEMU's -icount shift=0 a tick is an instruction, the guest's own
 * included, so two hypervisors can be compared to the digit. One table of operations for each subject; main.c measures
 * them in order.
 */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include "common/guest.h"

struct bench_op {
    const char *name;
    long (*run)(void);   /* negative: it failed, and is not measured */
    long (*begin)(void); /* may be NULL; the same for what must be so before */
    void (*end)(void);   /* may be NULL */
    unsigned int per;    /* operations that one run makes; 0 is one */
    unsigned int rounds; /* runs that are measured; 0 is the usual number */
    bool waits;          /* time in which it waited is in bench_waited, and does not count */
};

#define BENCH_TABLE(subject)                           \
    const struct bench_op *subject##_ops(size_t *count) \
    {                                                  \
        *count = ARRAY_SIZE(ops);                      \
        return ops;                                    \
    }

const struct bench_op *calls_ops(size_t *count);
const struct bench_op *exceptions_ops(size_t *count);
const struct bench_op *instructions_ops(size_t *count);
const struct bench_op *msr_ops(size_t *count);
const struct bench_op *page_tables_ops(size_t *count);
const struct bench_op *mmuext_ops(size_t *count);
const struct bench_op *memory_ops(size_t *count);
const struct bench_op *events_ops(size_t *count);
const struct bench_op *grants_ops(size_t *count);
const struct bench_op *time_ops(size_t *count);
const struct bench_op *vcpus_ops(size_t *count);
const struct bench_op *toolstack_ops(size_t *count);
const struct bench_op *user_ops(size_t *count);
const struct bench_op *fifo_ops(size_t *count);

static inline uint64_t ticks(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

/** System time in ns, by the first vCPU's clock. */
uint64_t now(void);
/** Added to by operations that wait, in ticks. */
extern uint64_t bench_waited;

/* entry.S: handlers of a few instructions, in place of the ones that other guests have. */

/** Makes them the guest's. */
void entry_install(void);
/** Executes one asm text whose exception goes on behind it, and is counted. */
#define RAISE(insn, ...) __asm__ volatile("lea 771f(%%rip), %%rbx\n" insn "\n771:" __VA_ARGS__)
extern volatile uint64_t bench_traps;
/** Upcalls of the first vCPU, which have taken all of its pending events. */
extern volatile uint64_t bench_upcalls;
/** Replaces the port's event word: the FIFO ABI is in use. */
extern uint32_t *volatile bench_fifo_word, *volatile bench_fifo_head;

static inline void upcalls_allow(bool yes)
{
    __asm__ volatile("" ::: "memory");
    shared_info->vcpu_info[0].evtchn_upcall_mask = !yes;
}

/* Shorter names. */
static inline long event_op(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_event_channel_op, cmd, PTR(arg));
}
static inline long mmuext(struct mmuext_op *op, unsigned int count)
{
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(op), count, 0, DOMID_SELF);
}
static inline long mmu_update(struct mmu_update *u, unsigned int count)
{
    return hypercall4(__HYPERVISOR_mmu_update, PTR(u), count, 0, DOMID_SELF);
}
static inline long memory_op(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_memory_op, cmd, PTR(arg));
}
static inline long sched_op(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_sched_op, cmd, PTR(arg));
}
static inline long vcpu_op(unsigned int cmd, unsigned int vcpu, void *arg)
{
    return hypercall3(__HYPERVISOR_vcpu_op, cmd, vcpu, PTR(arg));
}
/** Binds an IPI to a vCPU; the port, or a negative error. */
long ipi_bind(uint32_t vcpu);
long port_close(uint32_t port);
static inline long port_send(uint32_t port)
{
    struct evtchn_send s = { .port = port };
    return event_op(EVTCHNOP_send, &s);
}

#endif
