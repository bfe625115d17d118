/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU policies: everything that CPUID, and two MSRs, will ever show to anybody.
 *
 *   raw      what the processor says
 *   host     what of it this hypervisor uses (boot options, the XSTATE plan)
 *   max      for PV and for HVM: the most that a guest can be given
 *   default  for PV and for HVM: what a guest gets without asking
 *
 * A guest's policy starts as default; a toolstack may replace it by anything that cpuid_compatible() accepts, after
 * which cpuid_policy_recalculate() takes away what cannot be given and says so bit by bit.
 *
 * Three numbers in a policy are limits: the highest basic leaf, leaf 7 sub-leaf and extended leaf. In max policies they
 * are constants on every machine and may only ever grow from one release to the next: a saved guest that was shown
 * a leaf must be welcome wherever this or a later release runs. No policy's limits are derived from which leaves happen
 * to be empty.
 *
 * Values that depend on the vCPU and its registers (APIC ids, OSXSAVE, XSTATE sizes, time) are zero in a policy:
 * cpuid_guest_view() adds them.
 */
#ifndef LIB_X86_CPUID_POLICY_H
#define LIB_X86_CPUID_POLICY_H

#include "x86/cpuid/features.h"
#include "x86/xstate/plan.h"
#include "x86/xstate/xstate.h"

#include "public.h"

#define CPUID_MAX_BASIC 0xdu
#define CPUID_MAX_FEAT  2u
#define CPUID_MAX_EXTD  0x80000021u

#define CPUID_NR_BASIC  (CPUID_MAX_BASIC + 1)
#define CPUID_NR_CACHE  6
#define CPUID_NR_FEAT   (CPUID_MAX_FEAT + 1)
#define CPUID_NR_TOPO   2
#define CPUID_NR_XSTATE XSTATE_MAX_COMPONENTS
#define CPUID_NR_EXTD   (CPUID_MAX_EXTD - 0x80000000u + 1)
#define CPUID_NR_HV     2 /* 0x40000000 and, behind another interface, 0x40000100 */

/* What serialising a policy gives, always. */
#define CPUID_SERIALISED_LEAVES                                                                                        \
    (CPUID_NR_BASIC - 4 + CPUID_NR_CACHE + CPUID_NR_FEAT + CPUID_NR_TOPO + CPUID_NR_XSTATE + CPUID_NR_EXTD +      \
     CPUID_NR_HV)
#define CPUID_SERIALISED_MSRS 2
_Static_assert(CPUID_SERIALISED_LEAVES == 120, "toolstacks of 4.17 expect 120 leaves");

#define PLATFORM_INFO_CPUID_FAULTING BIT(31)

union cpuid_leaf {
    struct {
        uint32_t a, b, c, d;
    };
    uint32_t reg[4];
};

struct cpuid_policy {
    union cpuid_leaf basic[CPUID_NR_BASIC]; /* elements 4, 7, 0xb and 0xd are unused: they have sub-leaves */
    union cpuid_leaf leaf4[CPUID_NR_CACHE];
    union cpuid_leaf leaf7[CPUID_NR_FEAT];
    union cpuid_leaf leafb[CPUID_NR_TOPO];
    union {
        union cpuid_leaf xstate[CPUID_NR_XSTATE];
        struct xstate_component xcomp[CPUID_NR_XSTATE]; /* the same registers under lib/x86/xstate's names */
    };
    union cpuid_leaf extd[CPUID_NR_EXTD];
    union cpuid_leaf hv[CPUID_NR_HV];
    uint64_t platform_info;
    union {
        uint64_t arch_caps;
        uint32_t arch_caps_word[2];
    };
};

enum cpuid_vendor { CPUID_VENDOR_OTHER, CPUID_VENDOR_INTEL, CPUID_VENDOR_AMD, CPUID_VENDOR_HYGON };
/** By the twelve letters of leaf 0. */
enum cpuid_vendor cpuid_policy_vendor(const struct cpuid_policy *p);

/*
 * The byte that a toolstack sets with maxhvleaf= (leaf 0x40000000 EAX, bits 7 to 0): how many of the hypervisor's
 * leaves the guest sees, 0 for all of them, and in bits 7 and 6 what becomes of a bit that is asked for and cannot be
 * given. It is kept in the policy and so goes along with a saved guest; a guest never sees it. Elsewhere such a number
 * is too large and means all leaves.
 */
#define CPUID_HV_LIMIT   0x3fu
#define CPUID_HV_LENIENT 0x40u
#define CPUID_HV_STRICT  0x80u
enum cpuid_rule { CPUID_RULE_HOST, CPUID_RULE_LENIENT, CPUID_RULE_STRICT };
/**
 * What @p says about that; CPUID_RULE_HOST, as the machine's switch says,
 * for everything but one of the bits and at most 5.
 */
enum cpuid_rule cpuid_policy_rule(const struct cpuid_policy *p);

/** Slot @leaf.@subleaf of @p, or NULL. @subleaf is XEN_CPUID_NO_SUBLEAF for exactly the leaves that have none. */
union cpuid_leaf *cpuid_policy_slot(struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf);
/** The 120 slots in ascending order. */
void cpuid_slot_address(unsigned int index, uint32_t *leaf, uint32_t *subleaf);
/** Whether @leaf.@subleaf lies within the limits that @p itself states. */
bool cpuid_policy_within(const struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf);

/** Feature words out of, and into, a policy. */
void cpuid_policy_features(const struct cpuid_policy *p, uint32_t set[CPUFEAT_WORDS]);
void cpuid_policy_set_features(struct cpuid_policy *p, const uint32_t set[CPUFEAT_WORDS]);
bool cpuid_policy_has(const struct cpuid_policy *p, unsigned int feature);

/** XCR0 components that @p lets a guest enable; 0 without XSAVE. */
static inline uint64_t cpuid_policy_xcr0(const struct cpuid_policy *p)
{
    return p->xstate[0].a | (uint64_t)p->xstate[0].d << 32;
}

/** The processor, or a recording of one. */
struct cpuid_source {
    void (*cpuid)(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out);
    int (*rdmsr)(void *opaque, uint32_t msr, uint64_t *value); /* non-zero if it faults; may be NULL: no MSRs */
    void *opaque;
};

/** Reads all that a policy has room for. Bits that follow the reader's own registers are cleared. */
void cpuid_policy_raw(const struct cpuid_source *source, struct cpuid_policy *p);

/** What to make of a processor's claim about its physical address bits: long mode has 36 to 52. */
static inline uint32_t cpuid_physical_width(uint32_t claimed)
{
    return MIN(MAX(claimed, 36u), 52u);
}

/** Adds to @off the features of whose registers this release keeps no copy for each vCPU: no guest gets them. */
void cpuid_features_not_kept(uint32_t off[CPUFEAT_WORDS]);

/** @raw without what @plan drops (NULL: believe leaf 0xD) and without the features @off (NULL: none). */
void cpuid_policy_host(const struct cpuid_policy *raw, const struct xstate_plan *plan,
                       const uint32_t off[CPUFEAT_WORDS], struct cpuid_policy *p);

/** The most that a guest of @type can get on this machine; its toolstack may ask for less. */
void cpuid_policy_max(const struct cpuid_policy *host, enum cpuid_guest_type type, struct cpuid_policy *p);
/** @max is the max policy of the same @type. */
void cpuid_policy_default(const struct cpuid_policy *host, const struct cpuid_policy *max, enum cpuid_guest_type type,
                          struct cpuid_policy *p);

static inline void cpuid_policy_pv_max(const struct cpuid_policy *host, struct cpuid_policy *p)
{
    cpuid_policy_max(host, CPUID_GUEST_PV, p);
}

static inline void cpuid_policy_hvm_max(const struct cpuid_policy *host, bool hap, struct cpuid_policy *p)
{
    cpuid_policy_max(host, hap ? CPUID_GUEST_HVM_HAP : CPUID_GUEST_HVM, p);
}

static inline void cpuid_policy_pv_default(const struct cpuid_policy *host, const struct cpuid_policy *max,
                                           struct cpuid_policy *p)
{
    cpuid_policy_default(host, max, CPUID_GUEST_PV, p);
}

static inline void cpuid_policy_hvm_default(const struct cpuid_policy *host, const struct cpuid_policy *max, bool hap,
                                            struct cpuid_policy *p)
{
    cpuid_policy_default(host, max, hap ? CPUID_GUEST_HVM_HAP : CPUID_GUEST_HVM, p);
}

/** Why a guest does not get a bit. */
enum cpuid_lost_reason {
    CPUID_LOST_HOST,     /* this machine lacks it, or it was switched off at boot */
    CPUID_LOST_TYPE,     /* not offered to this type of guest */
    CPUID_LOST_DEPENDS,  /* needs a feature that is off */
    CPUID_LOST_LIMIT,    /* lies in a leaf beyond the policy's own limit */
    CPUID_LOST_COMPUTED, /* the hypervisor computes the field, or the field means nothing to a guest */
};

struct cpuid_lost {
    uint32_t leaf, subleaf;  /* MSR index and 0 if msr */
    bool msr;
    uint8_t reg;             /* 0 EAX to 3 EDX; for an MSR 0 */
    uint8_t bit;             /* of the register, 0 to 63 for an MSR */
    enum cpuid_lost_reason reason;
    const char *name;        /* of the feature, NULL if the bit has none */
    const char *needs;       /* with CPUID_LOST_DEPENDS: what is missing */
};

/** Receives one bit that was taken away. */
struct cpuid_feedback {
    void (*lost)(void *opaque, const struct cpuid_lost *lost);
    void *opaque;
};

/** "0x7:0 EBX bit 16 (avx512f) asked for, not given: host lacks it", cut to @size bytes. Returns @buf. */
const char *cpuid_lost_text(const struct cpuid_lost *lost, char *buf, size_t size);

/**
 * Makes @p what its guest will really see: within @max, dependencies met, leaf 0xD rebuilt from features, computed
 * fields zero. Idempotent. @host only serves to tell reasons apart. @feedback may be NULL.
 */
void cpuid_policy_recalculate(struct cpuid_policy *p, const struct cpuid_policy *host, const struct cpuid_policy *max,
                              const struct cpuid_feedback *feedback);

/**
 * A toolstack that fills a leaf above a limit that it left as it was in @before wants the leaf to be seen: raises the
 * limit up to that leaf, at most to @max's. Returns how many limits were raised.
 */
unsigned int cpuid_policy_raise_limits(struct cpuid_policy *p, const struct cpuid_policy *before,
                                       const struct cpuid_policy *max);

/** Entry @index (below CPUID_SERIALISED_LEAVES or _MSRS) in the toolstack's form. Ascending, none is ever left out. */
void cpuid_policy_get_leaf(const struct cpuid_policy *p, unsigned int index, xen_cpuid_leaf_t *out);
void cpuid_policy_get_msr(const struct cpuid_policy *p, unsigned int index, xen_msr_entry_t *out);
/** Takes one entry in. -ERANGE: no such leaf, sub-leaf or MSR; -EINVAL: MSR flags; -EOVERFLOW: reserved MSR bits. */
int cpuid_policy_set_leaf(struct cpuid_policy *p, const xen_cpuid_leaf_t *in) __must_check;
int cpuid_policy_set_msr(struct cpuid_policy *p, const xen_msr_entry_t *in) __must_check;

/**
 * All entries at once. @nr is the room at @leaves on entry, the number of entries on return; -ENOBUFS (with @nr set) if
 * there is too little room. A NULL array only asks for the number.
 */
int cpuid_policy_serialise(const struct cpuid_policy *p, xen_cpuid_leaf_t *leaves, uint32_t *nr) __must_check;
int cpuid_policy_serialise_msrs(const struct cpuid_policy *p, xen_msr_entry_t *msrs, uint32_t *nr) __must_check;

/** Where a refused policy went wrong; ~0 where it does not apply. Layout of the domctl's err_ fields. */
struct cpuid_error {
    uint32_t leaf, subleaf, msr;
};
#define CPUID_NO_ERROR ((struct cpuid_error){ ~0u, ~0u, ~0u })

/** -E2BIG: more than CPUID_SERIALISED_LEAVES entries; else as cpuid_policy_set_leaf(), @err names the entry. */
int cpuid_policy_deserialise(struct cpuid_policy *p, const xen_cpuid_leaf_t *leaves, uint32_t nr,
                             struct cpuid_error *err) __must_check;
int cpuid_policy_deserialise_msrs(struct cpuid_policy *p, const xen_msr_entry_t *msrs, uint32_t nr,
                                  struct cpuid_error *err) __must_check;

#endif
