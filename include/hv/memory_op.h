/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op(cmd, arg) (xen/memory.h), decoded once. The dispatcher (core/hypercall/memory_op.c) finds the operation's
 * row, copies its structure from the guest, and writes back what the row says is an answer. A handler has the copy and
 * never sees the guest's pointer, so that what it checks, above all whose memory is meant, is what it acts on.
 */
#ifndef HV_MEMORY_OP_H
#define HV_MEMORY_OP_H

#include "hv/domain.h"

struct memory_call {
    uint32_t cmd;     /* XENMEM_* */
    uint64_t start;   /* extents that earlier parts of a continued call have done; with -ERESTART, all that are done */
    bool answer;      /* set by the handler: the row's answer is to be written, whatever the result */
    union {
        struct xen_memory_reservation reservation;
        struct xen_memory_exchange exchange;
        struct xen_memory_map map;
        struct xen_foreign_memory_map foreign_map;
        struct xen_machphys_mapping mapping;
        struct xen_machphys_mfn_list mfn_list;
        struct xen_add_to_physmap add;
        struct xen_add_to_physmap_batch batch;
        struct xen_remove_from_physmap remove;
        struct xen_pod_target pod;
        struct xen_vnuma_topology_info vnuma;
        struct xen_mem_acquire_resource resource;
    } op;
};

struct memory_row {
    long (*fn)(struct memory_call *m); /* result, or -ERESTART with m->start the extents that are done */
    uint16_t size;                     /* of the structure that is copied in; 0: none */
    uint16_t answer_at, answer_size;   /* what of it is the answer */
    int16_t no_start;                  /* the error of a call that claims to have begun; 0: there is none */
    bool control;                      /* control domains only, said before the structure is looked at */
    bool counts;                       /* has no errors: a structure that cannot be read means "no more done" */
};
#define MEMORY_IN(member)      .size = sizeof(((struct memory_call *)0)->op.member)
#define MEMORY_ANSWER(member)  .answer_size = sizeof(((struct memory_call *)0)->op.member)
#define MEMORY_ANSWER_FIELD(type, member, field) \
    .answer_at = offsetof(struct type, field), .answer_size = sizeof(((struct memory_call *)0)->op.member.field)

#define MEMORY_EXTENTS_MAX (0xffffffffu >> 6) /* what the command's upper bits can count */

/**
 * The domain that @id names, referenced, if the caller may change its memory: its own, or any for a control domain. 0,
 * -ESRCH, -EPERM.
 */
int memory_target(domid_t id, struct domain **out);
/** The largest extent that @d may ask for, as an order. */
unsigned int memory_max_order(const struct domain *d);
/** Turns the caller's XENMEMF_* into heap flags. -EINVAL if no frame can satisfy them. */
int memory_heap_flags(unsigned int mem_flags, unsigned int *heap_flags);

/** Arch duty: the row of an operation that core does not know (maps of the machine, the M2P); NULL: there is none. */
const struct memory_row *arch_memory_row(uint32_t cmd);

#endif
