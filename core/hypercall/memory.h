/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op by family. */
#ifndef CORE_HYPERCALL_MEMORY_H
#define CORE_HYPERCALL_MEMORY_H

#include "hv/domain.h"
#include "hv/hypercall.h"

/*
 * The command's low bits say what to do, the others count the extents that earlier parts of a continued call have done
 * (the ABI leaves them zero for the first part).
 */
#define MEMORY_CMD_BITS 6
#define MEMORY_CMD_MASK ((1u << MEMORY_CMD_BITS) - 1)
#define MEMORY_EXTENTS_MAX (0xffffffffu >> MEMORY_CMD_BITS)

/** Records that @done extents are done, and asks to be called again. */
long memory_continue(struct hypercall *call, uint32_t cmd, uint64_t done);

/**
 * The domain that @id names, referenced, if the caller may change its memory: its own, or any for a control domain. 0,
 * -ESRCH, -EPERM.
 */
int memory_target(domid_t id, struct domain **out);
/** The largest extent that @d may ask for, as an order. */
unsigned int memory_max_order(const struct domain *d);
/** Turns the caller's XENMEMF_* into heap flags. -EINVAL if no frame can satisfy them. */
int memory_heap_flags(unsigned int mem_flags, unsigned int *heap_flags);

long memory_reservation(struct hypercall *call, uint32_t cmd, uint64_t start, uint64_t arg);
long memory_exchange(uint64_t arg);
long memory_acquire_resource(struct hypercall *call, uint64_t start, uint64_t arg);

#endif
