/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of different spaces are different types, so that they cannot be mixed without a visible conversion.
 *
 *   mfn_t    number of a 4 KiB frame of machine memory
 *   gfn_t    number of a 4 KiB frame of a guest's physical memory (equal to the mfn for a PV guest)
 *   paddr_t  machine address in bytes
 *   vaddr_t  linear address in bytes, the hypervisor's or a guest's
 */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include "port.h"

typedef uint64_t paddr_t;
typedef uint64_t vaddr_t;

typedef struct { uint64_t nr; } mfn_t;
typedef struct { uint64_t nr; } gfn_t;

#define MFN_NONE ((mfn_t){ ~0ULL })
#define GFN_NONE ((gfn_t){ ~0ULL })

static inline mfn_t mfn(uint64_t nr) { return (mfn_t){ nr }; }
static inline gfn_t gfn(uint64_t nr) { return (gfn_t){ nr }; }
static inline bool mfn_eq(mfn_t a, mfn_t b) { return a.nr == b.nr; }
static inline mfn_t mfn_add(mfn_t m, uint64_t n) { return mfn(m.nr + n); }

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ULL
#define PAGE_MASK  (~(PAGE_SIZE - 1))

static inline paddr_t mfn_to_paddr(mfn_t m) { return m.nr << PAGE_SHIFT; }
static inline mfn_t paddr_to_mfn(paddr_t p) { return mfn(p >> PAGE_SHIFT); }

struct domain;
struct vcpu;
struct frame;
struct cpu_user_regs;

#endif
