/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl's view of processors: this one, or one recorded by Debian's `cpuid -r`. */
#ifndef XNL_CPU_H
#define XNL_CPU_H

#include "x86/cpuid/policy.h"
#include "x86/xstate/plan.h"

#define CPU_DUMP_MAX 512

/** A recorded processor. */
struct cpu_dump {
    unsigned int nr;
    struct {
        uint32_t leaf, subleaf;
        union cpuid_leaf value;
    } rows[CPU_DUMP_MAX];
    unsigned int nr_tried; /* XCR0 values with the EBX that CPUID.0xd then gave; may be none */
    struct xstate_tried tried[XSTATE_MAX_TRIED];
};

/** Reads the first CPU of a dump. 0, or -1 after a message on stderr that names file and line. */
int cpu_dump_read(const char *path, struct cpu_dump *dump);

/** Records the processor that runs this. */
void cpu_dump_this_machine(struct cpu_dump *dump);

/** From @path, or from this machine if NULL. */
int cpu_dump_from(const char *path, struct cpu_dump *dump);

void cpu_dump_capture(const struct cpu_dump *dump, struct xstate_capture *capture);

/** What the hypervisor would make of it. */
struct cpu_machine {
    struct xstate_plan plan;
    struct cpuid_policy raw, host, pv_max, hvm_max, pv_default, hvm_default;
};
void cpu_machine_from(const struct cpu_dump *dump, struct cpu_machine *m);

/** xnl cpu check; arguments and result as in xnl.h. */
extern const char cpu_usage[];
int cpu_check(int argc, char **argv);

#endif
