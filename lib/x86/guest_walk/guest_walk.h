/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a linear address of a guest that has its own page tables to a guest-physical one, as its CPU would translate it:
 * without paging, by two levels (CR4.PAE clear), by three (PAE), or by four (long mode). APM volume 2, chapter 5; SDM
 * volume 3, chapter 4.
 *
 * The walk is a function of registers and of what its caller reads of guest memory. It never keeps a pointer into that
 * memory: each entry is read once, all at once, and judged from the copy. Accessed and dirty bits are set when nothing
 * can fail any more, each by comparing and exchanging the entry that was judged; one that has changed meanwhile ends
 * the walk with GUEST_WALK_CHANGED, and nothing that it said counts. A caller tries again a bounded number of times.
 */
#ifndef LIB_X86_GUEST_WALK_GUEST_WALK_H
#define LIB_X86_GUEST_WALK_GUEST_WALK_H

#include "port.h"
#include "x86/cpu/exception.h"

/** The registers that decide. @user and @ac are the vCPU's: CPL 3, and RFLAGS.AC. */
struct guest_paging {
    uint64_t cr0, cr3, cr4, efer;
    uint32_t pkru;
    uint8_t phys_bits;  /* width of guest-physical addresses that its CPUID states: 32 to 52 */
    bool pages_1g;      /* its CPUID has 1 GiB pages */
    bool user, ac;
    bool pdptes_loaded; /* PAE: the four entries are those that MOV to CR3 loaded, not those in memory */
    uint64_t pdpte[4];
};

/* What is wanted: reading, if neither. */
#define GUEST_WALK_WRITE    BIT(0)
#define GUEST_WALK_FETCH    BIT(1)
#define GUEST_WALK_IMPLICIT BIT(2) /* the CPU's own look into a descriptor table or TSS: supervisor whatever the CPL */

/** Guest-physical memory. Entries are 4 or 8 bytes and aligned; @old and @next hold that many. */
struct guest_walk_memory {
    /** One entry, read at once. False: there is no memory at @paddr. */
    bool (*read)(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t *entry);
    /** Compare and exchange. False: it is not @old any more. Memory that cannot be written stays as it is: true. */
    bool (*exchange)(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t old, uint64_t next);
    void *opaque;
};

enum guest_walk_end {
    GUEST_WALK_DONE,
    GUEST_WALK_FAULT,   /* #PF with @error */
    GUEST_WALK_ABSENT,  /* a table lies where there is no memory: at @paddr */
    GUEST_WALK_CHANGED, /* a table changed meanwhile: begin again */
};

struct guest_walk {
    uint64_t paddr;        /* where the address lies */
    unsigned int shift;    /* the page has 2^shift bytes: 12, 21, 22, 30; 12 without paging */
    uint64_t leaf;         /* the entry that maps it: caching, global; 0 without paging */
    uint32_t error;        /* page-fault error code (APM volume 2, 8.4.2) */
    bool user, writable, executable; /* rights of the address by the tables alone, whoever asks */
};


/**
 * Translate @va, which is canonical in long mode (what is not is #GP or #SS and the caller's), for an access of kind
 * @access. *@out is whole after GUEST_WALK_DONE; @error after GUEST_WALK_FAULT; @paddr after GUEST_WALK_ABSENT.
 * Memory changes only with GUEST_WALK_DONE, and then only accessed and dirty bits; before GUEST_WALK_CHANGED some of
 * them may have been set already.
 */
enum guest_walk_end guest_walk(const struct guest_paging *paging, const struct guest_walk_memory *memory, uint64_t va,
                               unsigned int access, struct guest_walk *out);

#endif
