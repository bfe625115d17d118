/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A further vCPU. It shares the first one's address space, so all that it needs besides is a stack. */
#include "guest.h"

void vcpu_prepare(struct vcpu_guest_context *c, void (*entry)(void), void *stack_top)
{
    memset(c, 0, sizeof(*c));
    c->flags = VGCF_in_kernel;
    c->user_regs.rip = PTR(entry);
    c->user_regs.rsp = PTR(stack_top) - 8; /* as behind a CALL */
    c->user_regs.cs = FLAT_KERNEL_CS;
    c->user_regs.ss = FLAT_KERNEL_SS;
    c->user_regs.rflags = 0x202;
    c->kernel_ss = FLAT_KERNEL_SS;
    c->kernel_sp = PTR(stack_top);
    c->ctrlreg[3] = va_to_mfn((void *)start_info->pt_base) << 12;
}
