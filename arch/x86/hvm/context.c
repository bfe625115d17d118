/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's vCPU in the form that the ABI made for PV: what debuggers and dumps look at. It cannot be set by it. */
#include "cpu/fpu.h"
#include "hvm/hvm.h"
#include "hvm/vendor.h"

void hvm_vcpu_get_context(struct vcpu *v, struct vcpu_guest_context *c)
{
    struct hvm_state s;

    hvm_vendor->state_get(v, &s);
    memset(c, 0, sizeof(*c));
    fpu_get_legacy(v, &c->fpu_ctxt);
    c->flags = VGCF_i387_valid | (s.seg[EMU_SS].attr >> 5 & 3 ? 0 : VGCF_in_kernel) |
               (READ_ONCE(v->pause_flags) & VPF_DOWN ? 0 : VGCF_online);
    c->user_regs = v->arch.regs;
    c->user_regs.cs = s.seg[EMU_CS].selector;
    c->user_regs.ss = s.seg[EMU_SS].selector;
    c->user_regs.ds = s.seg[EMU_DS].selector;
    c->user_regs.es = s.seg[EMU_ES].selector;
    c->user_regs.fs = s.seg[EMU_FS].selector;
    c->user_regs.gs = s.seg[EMU_GS].selector;
    c->fs_base = s.seg[EMU_FS].base;
    c->gs_base_kernel = c->flags & VGCF_in_kernel ? s.seg[EMU_GS].base : s.kernel_gs_base;
    c->gs_base_user = c->flags & VGCF_in_kernel ? s.kernel_gs_base : s.seg[EMU_GS].base;
    c->ctrlreg[0] = s.cr0;
    c->ctrlreg[2] = s.cr2;
    c->ctrlreg[3] = s.cr3;
    c->ctrlreg[4] = s.cr4;
    memcpy(c->debugreg, v->arch.debugreg, sizeof(c->debugreg));
    c->debugreg[6] = s.dr6;
    c->debugreg[7] = s.dr7;
}
