/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to do with the extended state of this machine: from measurements to a decision and its reasons.
 *
 * The boot code measures (struct xstate_capture) and obeys (struct xstate_plan); between the two is a pure function
 * that has an answer for every input. A disagreement between what the processor says and what its components need is
 * never a reason to stop: it becomes a finding, with what was decided, and the machine boots on. Invariants of every
 * plan, which a fuzzer checks:
 *
 *   - xcr0 is 0 (FXSAVE) or valid by XCR0's rules, and only has components that were captured, sane and accepted;
 *   - accepted components don't overlap, and each lies within area_size in both formats;
 *   - comp[i] is all zero for every component that isn't in xcr0 or xss.
 */
#ifndef LIB_X86_XSTATE_PLAN_H
#define LIB_X86_XSTATE_PLAN_H

#include "x86/xstate/xstate.h"

/* What vCPUs' state is saved and restored for. AMX needs MSR_XFD and APX kernels that know it: neither is offered. */
#define XSTATE_MANAGED_XCR0                                                                                            \
    (XSTATE_LEGACY | XSTATE_YMM | XSTATE_BND | XSTATE_AVX512 | XSTATE_PKRU | XSTATE_LWP)

#define XSTATE_AREA_LIMIT 16384u /* a component that ends beyond this and beyond ECX is not believed */
#define XSTATE_AREA_MAX   65536u /* nor is one that ends beyond this, whatever ECX says */

/* CPUID.0xD[1].EAX */
#define XSTATE_CAP_XSAVEOPT BIT(0)
#define XSTATE_CAP_XSAVEC   BIT(1)
#define XSTATE_CAP_XGETBV1  BIT(2)
#define XSTATE_CAP_XSAVES   BIT(3)

#define XSTATE_MAX_TRIED 12

/** One XCR0 value that was written, and CPUID.0xD[0].EBX right after; or that XSETBV faulted. */
struct xstate_tried {
    uint64_t xcr0;
    uint32_t ebx;
    bool faulted;
};

/** Everything that is measured on one CPU. All zero describes a CPU without XSAVE. */
struct xstate_capture {
    uint32_t max_leaf; /* CPUID.0.EAX */
    bool has_fxsr;     /* CPUID.1.EDX bit 24 */
    bool has_sse;      /* CPUID.1.EDX bit 25 */
    bool has_xsave;    /* CPUID.1.ECX bit 26 */
    bool disabled;     /* xsave=0 on the command line */
    struct xstate_component leaf[XSTATE_MAX_COMPONENTS]; /* sub-leaf n as EAX, EBX, ECX, EDX; zero if not supported */
    unsigned int nr_tried;
    struct xstate_tried tried[XSTATE_MAX_TRIED];
};

enum xstate_insn { XSTATE_FXSAVE, XSTATE_XSAVE, XSTATE_XSAVEOPT, XSTATE_XSAVEC, XSTATE_XSAVES };

enum xstate_severity { XSTATE_INFO, XSTATE_WARNING, XSTATE_ERROR };

enum xstate_finding_kind {
    XSTATE_FIND_NO_XSAVE,       /* the CPU has no XSAVE */
    XSTATE_FIND_DISABLED,       /* xsave=0 */
    XSTATE_FIND_NO_LEAF,        /* XSAVE without leaf 0xD, or a leaf without x87 */
    XSTATE_FIND_NO_SSE,         /* seen: XCR0 mask without SSE */
    XSTATE_FIND_XSETBV_FAULT,   /* seen: the XCR0 that faulted */
    XSTATE_FIND_STATIC_TOTAL,   /* seen: EBX, expected: computed, decided: computed; EBX is ECX for every XCR0 */
    XSTATE_FIND_TOTAL_LARGER,   /* ditto for one XCR0 */
    XSTATE_FIND_TOTAL_SMALLER,
    XSTATE_FIND_NOT_MANAGED,    /* the hypervisor doesn't keep this component's state */
    XSTATE_FIND_SIZE_ZERO,
    XSTATE_FIND_OFFSET_LOW,     /* seen: offset inside legacy region and header */
    XSTATE_FIND_BEYOND_LIMIT,   /* seen: end, expected: at most */
    XSTATE_FIND_OVERLAP,        /* seen: offset, expected: at least */
    XSTATE_FIND_SUPERVISOR,     /* an XCR0 component says that XSS manages it */
    XSTATE_FIND_DEPENDS,        /* dropped with a component that it needs */
    XSTATE_FIND_CPU_FEATURE,    /* CPU differs: seen, expected: XSTATE_CAP_* or XSAVE itself */
    XSTATE_FIND_CPU_XCR0,       /* CPU differs: seen, expected: XCR0 masks */
    XSTATE_FIND_CPU_SIZE,       /* CPU differs in a component's size, offset or alignment */
    XSTATE_FIND_CPU_OFFSET,
    XSTATE_FIND_CPU_ALIGN,
};

#define XSTATE_NO_COMPONENT (-1)

struct xstate_finding {
    enum xstate_finding_kind kind;
    enum xstate_severity severity;
    int component; /* or XSTATE_NO_COMPONENT */
    uint64_t xcr0; /* for totals: the XCR0 in question */
    uint64_t seen, expected, decided; /* decided: the size used, or the XCR0 mask that remains */
};

#define XSTATE_MAX_FINDINGS 32

struct xstate_plan {
    uint64_t xcr0;      /* what the host enables; 0 means FXSAVE */
    uint64_t xss;       /* what the host sets in IA32_XSS: 0 in this version */
    uint64_t hw_xcr0;   /* what the CPU says it supports */
    uint32_t caps;      /* XSTATE_CAP_* */
    enum xstate_insn insn;
    uint32_t size_std;  /* standard image with all of xcr0 */
    uint32_t area_size; /* bytes to allocate for a vCPU, 64-byte aligned: holds either format */
    struct xstate_component comp[XSTATE_MAX_COMPONENTS];
    unsigned int nr_findings; /* at most XSTATE_MAX_FINDINGS; later ones are dropped, see more_findings */
    bool more_findings;
    struct xstate_finding findings[XSTATE_MAX_FINDINGS];
};

/**
 * The XCR0 values worth trying, given the leaves in @capture: x87 with SSE, then one group more each, then everything.
 * Returns their number, 0 if there is no XSAVE to try. Each is valid by XCR0's rules.
 */
unsigned int xstate_probe_masks(const struct xstate_capture *capture, uint64_t masks[XSTATE_MAX_TRIED]);

/**
 * Decides. Always succeeds; at worst the plan says FXSAVE. If descriptions were dropped, plan->xcr0 may be a value that
 * was not tried: write it where a fault is caught, and if it faults, add it to @capture->tried as faulted and plan
 * again.
 */
void xstate_plan(const struct xstate_capture *capture, struct xstate_plan *plan);

/**
 * Whether a CPU that measured @capture can run what @plan decided on the first one: 0, or -ENODEV and up to @max
 * findings at @findings. A CPU that has more than the plan uses is fine.
 */
int xstate_plan_compare_cpu(const struct xstate_plan *plan, const struct xstate_capture *capture,
                            struct xstate_finding *findings, unsigned int max, unsigned int *nr) __must_check;

/** One line of English for @finding, without newline, cut to @size bytes with its NUL. Returns @buf. */
const char *xstate_finding_text(const struct xstate_finding *finding, char *buf, size_t size);

/** One line for the whole plan: "size 0x340, components 0x7 (x87 SSE AVX), XSAVEOPT". */
const char *xstate_plan_text(const struct xstate_plan *plan, char *buf, size_t size);

#endif
