/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What does each hypercall answer to what it must refuse? A guest that expects nothing: it goes through tables of
 * operations, damages one field of each at a time, and prints what came back. The same is run on two hypervisors, and
 * the outputs are compared (bench/matrix.py).
 *
 * An operation is a hypercall number, a structure and a list of fields; a field is a place, in a register or in the
 * structure, with a value that is right and a kind that says which wrong ones there are. One line is printed for each
 * field:
 *
 *     = event_channel_op.close port: base=0 0=-22 last=-22 ...
 *
 * "base" is the call with nothing wrong. A result is followed by the operation's own result words, each after a slash.
 * What an operation changed is put right after each call (struct op's after), so that calls don't depend on each other.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include "common/guest.h"

enum kind {
    FIXED,   /* has one value */
    STRUCT,  /* address of the structure */
    COPIED,  /* the same; all that is of interest is that the result cannot be written */
    DATA,    /* address of data, elsewhere */
    DOMAIN,  /* a domain's number */
    VCPU,    /* a vCPU's number */
    CPU,     /* a processor's number */
    COUNT,   /* how many there are of something */
    FRAME,   /* a frame's number */
    MACHINE, /* a machine address */
    ENTRY,   /* a page-table entry */
    ADDRESS, /* a virtual address that is not followed by the call */
    PLACE,   /* a virtual address whose mapping is to be changed */
    RESERVED,
    BITS,    /* flags */
    ANY,     /* a number */
    PORT,    /* an event channel */
    GRANT,   /* a grant reference */
    SUB,     /* which operation of a family: the ones that do not exist */
    VERSION, /* of an interface */
    SHOWN,   /* a result word */
};

/* Values that are known at run time only; the low bits say which. */
#define TOKEN      0xa5a5a5a500000000ul
#define T_DATA     (TOKEN | 1)  /* address of the data */
#define T_TAIL     (TOKEN | 2)  /* address of its last byte, a line feed */
#define T_OWN      (TOKEN | 3)  /* the domain's own number */
#define T_OTHER    (TOKEN | 4)  /* another domain's number */
#define T_FRAME    (TOKEN | 5)  /* a frame of ours without any use */
#define T_TABLE    (TOKEN | 6)  /* a frame of ours that is an L1 table */
#define T_L1E      (TOKEN | 7)  /* machine address of an entry of each level that maps nothing that is needed */
#define T_L2E      (TOKEN | 8)
#define T_L3E      (TOKEN | 9)
#define T_L4E      (TOKEN | 10)
#define T_SPARE    (TOKEN | 11) /* the virtual address that the L1 entry maps */
#define T_MACHINE  (TOKEN | 12) /* machine address of T_FRAME */
#define T_PFN      (TOKEN | 13) /* its pseudo-physical number */
#define T_PORT     (TOKEN | 14) /* an event channel of ours that waits for ourselves */
#define T_PEER     (TOKEN | 15) /* a frame of the other domain */
#define T_HYPER    (TOKEN | 16) /* a frame of the hypervisor */
#define T_SHARED   (TOKEN | 17) /* our shared_info's frame */
#define T_L2FRAME  (TOKEN | 18) /* frames that are tables of ours */
#define T_L3FRAME  (TOKEN | 19)
#define T_L4FRAME  (TOKEN | 20)
#define T_MFN_LIST (TOKEN | 21) /* address of a list of one frame, T_FRAME */
#define T_PFN_LIST (TOKEN | 22) /* the same of T_PFN */
#define T_ONES     (TOKEN | 23) /* address of a page of ones */
#define T_GRANTED  (TOKEN | 24) /* machine address of the frame that grants name */
#define IS_TOKEN(v) ((v) >> 32 == TOKEN >> 32)

#define REGISTER 0x8000u /* in field.at: the register, not the structure's byte */

struct field {
    const char *name;
    uint16_t at;
    uint8_t size;
    uint8_t kind;
    uint64_t base;
};

#define FIELDS 18
struct op {
    const char *name;
    uint32_t nr;
    uint16_t flags;
    uint16_t size; /* of the structure */
    struct field field[FIELDS];
    void (*before)(void); /* each call: what it is to meet */
    void (*after)(void);
};
/* In flags: what must not be tried because it would work. */
#define NO_BASE  1u /* the call as it stands, nor one that names a domain which is there */
#define NO_SELF  2u /* this domain */
#define NO_OTHER 4u /* the other one, if we control it */
#define DOMU     8u /* only where it is not allowed at all */
#define AMOUNT   16u /* a result above 0 differs from machine to machine */

#define IN_REGISTER(n, name, kind, base)   { name, REGISTER | (n), 8, kind, base }
#define IN_STRUCT(type, member, kind, base) { #member, offsetof(type, member), sizeof(((type *)0)->member), kind, base }
/* Of a handle: the pointer itself. */
#define HANDLE(type, member, base)         { #member, offsetof(type, member), 8, DATA, base }

extern const struct op domctl_ops[], sysctl_ops[], platform_ops[], memory_ops[], event_ops[], grant_ops[],
    physdev_ops[],
    mmu_ops[], cpu_ops[], vcpu_ops[], other_ops[], fifo_ops[], newer_ops[];

/** All cases of a table that ends with a nameless row. */
void run_table(const struct op *ops);
/** Hypercall numbers: those that are nobody's. */
void run_numbers(void);
/** The values of a kind that are tried: the nth, its name in *@name; false behind the last. */
bool value_get(unsigned int kind, unsigned int n, uint64_t base, const char **name, uint64_t *value);

/* The world (world.c). */

struct world {
    domid_t own, other;
    uint64_t peer;
    uint64_t hyper;
    uint32_t port;
};
extern struct world world;
/** The structure: it ends where a page ends, and what follows is not mapped. Its read-only alias. */
void *world_struct(unsigned int size);
void *world_struct_readonly(unsigned int size);
uint64_t world_token(uint64_t token);
uint64_t world_data_readonly(void);
/** The address at which the last byte of data lies. */
uint64_t world_data_end(void);
void world_make(void);
/** Another frame without use becomes T_FRAME: what happened to the last one is of no matter any more. */
void world_renew(void);
/** Fills the data with what lists and buffers hold before each call. */
void world_fill(void);

/* What puts things right again. */
void after_traps(void);
void after_stack(void);
void after_segments(void);
void after_debug(void);
void after_areas(void);
void after_tables(void);
void after_gdt(void);
void after_timer(void);
void after_watchdog(void);
void after_ports(void);
void after_create(void);
void after_pool(void);
void after_fpu(void);
void after_maps(void);
void after_iopl(void);
void after_status(void);
/* The first status page of the grant table, of version 2, is mapped. */
void before_status(void);

#endif
