/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a linear address of a vCPU to guest-physical memory, by the guest's own page tables. */
#ifndef HVM_WALK_H
#define HVM_WALK_H

#include "hv/domain.h"
#include "x86/guest_walk/guest_walk.h"

/**
 * lib's guest_walk() for @v, which is current or does not run, with its registers as they are; @paging may be changed
 * before (who asks). An address that is not canonical in long mode is a fault with error 0 and no PF_PRESENT.
 */
enum guest_walk_end hvm_walk(const struct vcpu *v, const struct guest_paging *paging, uint64_t va, unsigned int access,
                             struct guest_walk *out);
/** The registers for it. */
void hvm_paging(const struct vcpu *v, struct guest_paging *p);

/** @count bytes at most, from linear @va on, as the CPU would fetch them: how many there are. */
unsigned int hvm_fetch(const struct vcpu *v, uint64_t va, uint8_t *code, unsigned int count, struct guest_walk *last);

#endif
