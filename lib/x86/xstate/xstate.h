/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended processor state: layout arithmetic, the rules for XCR0, and the checks on images that come from elsewhere.
 *
 * CPUID leaf 0xD describes each state component by size, offset and flags. Everything here is computed from those
 * descriptions and never from the totals that the leaf also offers, because totals depend on hidden state (the current
 * XCR0) and are what outer hypervisors get wrong. XSAVE writes every component at its own offset, so the bound computed
 * from components is the true one.
 *
 * Intel SDM volume 1, chapter 13; AMD APM volume 2, section 11.5.
 */
#ifndef LIB_X86_XSTATE_XSTATE_H
#define LIB_X86_XSTATE_XSTATE_H

#include "port.h"

#define XSTATE_MAX_COMPONENTS 63 /* bit 63 is the compaction flag in images and no component anywhere */

#define XSTATE_X87      BIT(0)
#define XSTATE_SSE      BIT(1)
#define XSTATE_YMM      BIT(2)
#define XSTATE_BNDREGS  BIT(3)
#define XSTATE_BNDCSR   BIT(4)
#define XSTATE_OPMASK   BIT(5)
#define XSTATE_ZMM_HI   BIT(6)
#define XSTATE_HI_ZMM   BIT(7)
#define XSTATE_PKRU     BIT(9)
#define XSTATE_TILECFG  BIT(17)
#define XSTATE_TILEDATA BIT(18)
#define XSTATE_APX      BIT(19)
#define XSTATE_LWP      BIT(62)

#define XSTATE_LEGACY (XSTATE_X87 | XSTATE_SSE)
#define XSTATE_BND    (XSTATE_BNDREGS | XSTATE_BNDCSR)
#define XSTATE_AVX512 (XSTATE_OPMASK | XSTATE_ZMM_HI | XSTATE_HI_ZMM)
#define XSTATE_TILE   (XSTATE_TILECFG | XSTATE_TILEDATA)

/* Components that XCR0 can enable and whose rules are known here; the rest of XCR0 is refused. */
#define XSTATE_KNOWN_XCR0                                                                                              \
    (XSTATE_LEGACY | XSTATE_YMM | XSTATE_BND | XSTATE_AVX512 | XSTATE_PKRU | XSTATE_TILE | XSTATE_APX | XSTATE_LWP)
/* Components that only IA32_XSS can enable. */
#define XSTATE_KNOWN_XSS (BIT(8) | BIT(10) | BIT(11) | BIT(12) | BIT(13) | BIT(14) | BIT(15) | BIT(16))

#define XSTATE_LEGACY_SIZE 512u
#define XSTATE_MIN_SIZE    0x240u /* legacy region and header */

#define XSTATE_COMP_SUPERVISOR BIT(0) /* enabled by IA32_XSS, has no offset in the standard format */
#define XSTATE_COMP_ALIGN64    BIT(1) /* 64-byte aligned in the compacted format */

/** One component as leaf 0xD, sub-leaf n >= 2 answers it: EAX, EBX, ECX, EDX. */
struct xstate_component {
    uint32_t size;   /* bytes */
    uint32_t offset; /* bytes from the start of a standard-format image; 0 for supervisor components */
    uint32_t flags;  /* XSTATE_COMP_* */
    uint32_t reserved;
} __attribute__((may_alias)); /* CPU policies hold the same words as CPUID registers */

/** The 64 bytes at offset 512 of every image. */
struct xstate_header {
    uint64_t xstate_bv;
    uint64_t xcomp_bv;
    uint64_t reserved[6];
};
#define XSTATE_COMPACTED BIT(63) /* in xcomp_bv */

/** A component's usual name ("AVX", "PKRU"), or "?" where none is known. Never NULL. */
const char *xstate_component_name(unsigned int index);

/**
 * Bytes of a standard-format image with the components of @mask, from the 63 descriptions at @comp: 0 for an empty
 * mask, otherwise at least XSTATE_MIN_SIZE. A maximum and not a sum, because components may lie in any order.
 * Descriptions whose end overflows count as UINT32_MAX.
 */
uint32_t xstate_size_std(const struct xstate_component *comp, uint64_t mask);

/** Bytes of a compacted image whose XCOMP_BV is @mask (bit 63 is ignored). Saturates at UINT32_MAX. */
uint32_t xstate_size_compact(const struct xstate_component *comp, uint64_t mask);

/** Offset of component @index >= 2 in a compacted image with components @mask. */
uint32_t xstate_offset_compact(const struct xstate_component *comp, uint64_t mask, unsigned int index);

/** Whether XSETBV would accept @xcr0 on a processor that supports the components @supported. */
bool xstate_valid_xcr0(uint64_t supported, uint64_t xcr0);

/** The largest valid XCR0 within @mask: what remains when components without their partners are taken away. */
uint64_t xstate_settle_xcr0(uint64_t mask);

/** A guest's XSETBV: 0, or -EINVAL, for which the guest gets #GP(0). @allowed is the policy's XCR0 maximum. */
int xstate_check_xsetbv(uint32_t index, uint64_t value, uint64_t allowed) __must_check;

/** State as a toolstack hands it over: always in standard format. */
struct xstate_image {
    uint64_t xcr0;       /* of the vCPU at the time of saving */
    uint64_t xcr0_accum; /* every component that was ever enabled */
    const void *data;    /* legacy region, header, components: private to the caller, not guest memory */
    size_t size;         /* bytes at @data */
};

/**
 * Whether @image can be loaded for a guest whose policy allows @allowed: 0; -EINVAL for masks that contradict each
 * other, policy or XCR0's rules, or for missing bytes; -EOPNOTSUPP for a compacted image; -EIO for reserved bytes.
 */
int xstate_check_image(const struct xstate_component *comp, uint64_t allowed, const struct xstate_image *image)
    __must_check;

/**
 * Rewrites an image of the hypervisor's own (compacted at @src, components @mask) in standard format at @dst of @size
 * bytes, or back. Components that xstate_bv says are in their initial state are left zero. -ENOSPC if @size is less
 * than xstate_size_std() of @mask, -EINVAL if @src is not of the format that it should have. Supervisor components
 * have no place in the standard format and are left out.
 */
int xstate_expand(const struct xstate_component *comp, const void *src, size_t src_size, void *dst, size_t size)
    __must_check;
int xstate_compact(const struct xstate_component *comp, uint64_t mask, const void *src, size_t src_size, void *dst,
                   size_t size) __must_check;

#endif
