/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IRET hypercall: the guest kernel's way back to where an exception or event took it from, and its only way to user
 * mode. Everything is on its stack (struct iret_context). Nothing there is trusted: selectors get RPL 3, flags that
 * belong to us are ours, and whatever else is bad makes our own IRET fault, which ends in the failsafe callback.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hw/native/cpu.h"
#include "pv/pv.h"

#include <hypercall_handlers.h>

static void load_frame(struct cpu_user_regs *regs, const struct iret_context *ctx)
{
    regs->rip = ctx->rip;
    regs->rsp = ctx->rsp;
    regs->rflags = (ctx->rflags & ~(RFLAGS_IOPL | RFLAGS_VM | RFLAGS_VIF | RFLAGS_VIP)) | RFLAGS_IF | RFLAGS_FIXED;
    regs->rax = ctx->rax;
    if (ctx->flags & VGCF_in_syscall) {
        /* As SYSRET would leave them. */
        regs->cs = FLAT_USER_CS64;
        regs->ss = FLAT_USER_SS64;
        regs->rcx = regs->rip;
        regs->r11 = regs->rflags;
        return;
    }
    regs->cs = (uint16_t)ctx->cs | 3;
    regs->ss = (uint16_t)ctx->ss | 3;
    regs->rcx = ctx->rcx;
    regs->r11 = ctx->r11;
}

long hypercall_iret(struct hypercall *call)
{
    struct vcpu *v = current_vcpu();
    struct pv_vcpu *pv = &v->arch.pv;
    struct cpu_user_regs *regs = guest_regs();
    struct iret_context ctx;

    if (copy_from_guest_va(&ctx, regs->rsp)) {
        domain_crash(v->domain, "IRET: the stack at %#lx cannot be read", (unsigned long)regs->rsp);
        return 0;
    }
    if ((ctx.cs & 3) == 3) {
        if (mfn_eq(pv->guest_table_user, MFN_NONE)) {
            domain_crash(v->domain, "IRET to user mode, and there is no user page table");
            return 0;
        }
        pv_toggle_mode(v);
    }
    if (v->domain->vm_assist & BIT(VMASST_TYPE_architectural_iopl))
        pv->iopl = (uint32_t)(ctx.rflags & RFLAGS_IOPL) >> 12;
    load_frame(regs, &ctx);
    pv->async_masked = 0;
    v->info->evtchn_upcall_mask = !(ctx.rflags & RFLAGS_IF);
    call->no_result = true;
    return 0;
}
