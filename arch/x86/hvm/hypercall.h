/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls of containers. */
#ifndef HVM_HYPERCALL_H
#define HVM_HYPERCALL_H

#include "hv/domain.h"

/**
 * The current vCPU @v calls by an instruction that ends at @next. It goes on there, or, with its arguments' progress
 * kept, at the instruction again.
 */
void hvm_hypercall(struct vcpu *v, struct cpu_user_regs *regs, uint64_t next);
/** Takes the width of the code that @v runs for that of its domain (domain_set_narrow()). @v is current. */
void hvm_latch_width(struct vcpu *v);
/** Fills the guest frame at @address with a stub for each call; nothing if no RAM is there. */
void hvm_hypercall_page(struct vcpu *v, uint64_t address);
/** Fills @page, of PAGE_SIZE bytes, with the calls. */
void hvm_hypercall_page_fill(uint8_t *page);

#endif
