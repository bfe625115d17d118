/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine inside a Linux process: core/ and arch/x86/pv/mm run on it unchanged. It has one thread. CPUs take turns,
 * time moves only when nobody has anything to do, and the order of everything depends on nothing but the program: a run
 * that fails, fails again.
 *
 *     sim_start(&(struct sim_config){ .frames = 65536, .cpus = 4 });
 *     ...                          the test acts as CPU 0, or as another after sim_on_cpu()
 *     sim_run_until(t);            interrupts, timers, soft interrupts, sim_at() callbacks, until system time t
 *
 * There is one machine in the life of a process, so SIM_TESTS gives each test a process.
 */
#ifndef SIM_H
#define SIM_H

#include "hv/domain.h"
#include "hv/percpu.h"

#include <setjmp.h>

struct sim_config {
    uint64_t frames;     /* of RAM; all but the first are given to the heap */
    uint64_t first_heap; /* first frame that the heap gets; 0: frame 1 */
    unsigned int cpus;   /* 1 .. CPU_MAX */
};
/** Builds the machine and brings the core up on it: heap, idle vCPUs, scheduler, timers, all CPUs online. */
void sim_start(const struct sim_config *config);

/** From now on the code runs as @cpu. */
void sim_on_cpu(unsigned int cpu);
struct sim_cpu *sim_cpu(unsigned int cpu);
/** What a CPU does on its way out of the hypervisor: soft interrupts until there are none. */
void sim_exit_path(unsigned int cpu);
/** All CPUs that were kicked or have work, until none has. */
void sim_settle(void);
/** The same, and lets time pass. Returns at @time. */
void sim_run_until(uint64_t time);
/**
 * Calls @fn at system time @time. Not an interrupt: what a guest or device does. It begins as CPU 0 and may become
 * another with sim_on_cpu(), whose exit path then follows.
 */
void sim_at(uint64_t time, void (*fn)(void *data), void *data);
/** Moves the clock without letting anybody act. */
void sim_pass(uint64_t ns);

/** A domain with @vcpus vCPUs that are up, not paused. */
struct domain *sim_domain(domid_t id, uint32_t vcpus);

/** xorshift: the tests' only source of chance. */
uint64_t sim_random(uint64_t *state);

/** True if the statement panics; the message is in sim_panic_text. The machine is then good for nothing more. */
#define sim_panics(statement)                                      \
    ({                                                             \
        bool panicked_ = true;                                     \
        sim_panic_expected = true;                                 \
        if (!setjmp(sim_panic_jump)) {                             \
            statement;                                             \
            panicked_ = false;                                     \
        }                                                          \
        sim_panic_expected = false;                                \
        panicked_;                                                 \
    })
extern bool sim_panic_expected;
extern jmp_buf sim_panic_jump;
extern char sim_panic_text[256];

/** Counters of what the core asked of the machine. */
struct sim_counters { uint64_t kicks, call_ipis, tlb_flushes, switches, container_flushes; };
extern struct sim_counters sim_counters;
/** Called at each context switch, after it; NULL: nobody. */
extern void (*sim_switched)(struct vcpu *prev, struct vcpu *next);

/** Called for each CPU that drops its guest translations, if set: a test that models TLBs. */
extern void (*sim_on_tlb_flush)(unsigned int cpu);
/** @cpu drops them, as it does at a context switch. */
void sim_tlb_flush(unsigned int cpu);

/** hvm_flush_tlb() of a container: whatever a CPU may have cached of its map goes. */
extern void (*sim_on_container_flush)(struct domain *d);
/** Ticks a second that the machine offers to the watchdog, 0: none; how many CPUs it bit. */
extern unsigned int sim_watchdog_hz;
extern uint64_t sim_watchdog_bites;

/** What the architecture's nodes in hypfs say: so many lines, and this error. */
extern size_t sim_hypfs_lines;
extern int sim_hypfs_error;

/** Memory outside the arena that counts as the guest's for copy_{from,to}_guest; NULL forgets all. At most 16. */
void sim_guest_window(void *start, size_t len);
/** The memory of 32-bit code, from address 0; arch_hypercall_narrow() performs its calls. */
void sim_narrow_memory(void *base, size_t bytes);
/** Called after each read of a guest's memory, if set: another vCPU may change it at this moment. */
extern void (*sim_on_guest_read)(vaddr_t va, size_t len);

#endif
