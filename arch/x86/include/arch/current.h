/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who and where we are. Stacks are aligned to STACK_SIZE, and the top of each holds this block; the guest's registers
 * at entry are its first member, so the hardware's own push builds it. GS belongs to the guest and says nothing.
 */
#ifndef ARCH_CURRENT_H
#define ARCH_CURRENT_H

#include "public.h"

#include <arch/layout.h>

struct vcpu;

struct cpu_info {
    struct cpu_user_regs guest_regs; /* of the current vCPU while the hypervisor runs */
    struct vcpu *current;
    uint64_t syscall_rsp; /* scratch of the syscall stub */
    uint32_t cpu;
    uint32_t flags;
    uint64_t pad;
};
_Static_assert(sizeof(struct cpu_info) % 16 == 8, "TSS.RSP0 &guest_regs.es must be 16-byte aligned");

static inline struct cpu_info *cpu_info(void)
{
    uint64_t sp;
    __asm__("mov %%rsp, %0" : "=r"(sp));
    return (struct cpu_info *)((sp | (STACK_SIZE - 1)) + 1) - 1;
}
static inline unsigned int this_cpu_id(void)
{
    return cpu_info()->cpu;
}
static inline struct vcpu *current_vcpu(void)
{
    return cpu_info()->current;
}
/** The guest's registers as they were when it entered the hypervisor on this CPU. */
static inline struct cpu_user_regs *guest_regs(void)
{
    return &cpu_info()->guest_regs;
}

#endif
