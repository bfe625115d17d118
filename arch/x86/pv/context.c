/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's whole context at once, as VCPUOP_initialise and a toolstack give it. First all is checked, then page tables
 * and descriptor tables are taken, which may fail or have to be continued, and at last the rest, which cannot fail. A
 * vCPU whose context could not be set is not started, so that references taken on the way are only waiting for the next
 * attempt, or for the domain's end.
 */
#include "cpu/fpu.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "mm/va.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/update.h"
#include "pv/pv.h"

#define LDT_ENTRIES_MAX 8192u
#define ASSISTS (BIT(VMASST_TYPE_4gb_segments) | BIT(VMASST_TYPE_4gb_segments_notify) | \
                 BIT(VMASST_TYPE_writable_pagetables) | BIT(VMASST_TYPE_pae_extended_cr3) | \
                 BIT(VMASST_TYPE_architectural_iopl) | BIT(VMASST_TYPE_runstate_update_flag) | \
                 BIT(VMASST_TYPE_m2p_strict))

static int refuse(const struct vcpu *v, const char *what, uint64_t seen, const char *wanted)
{
    guest_log(v, LOG_WARNING, "context refused: %s is %#lx, wanted %s", what, (unsigned long)seen, wanted);
    return -EINVAL;
}

static int addresses_check(const struct vcpu *v, const struct vcpu_guest_context *c)
{
    const struct { const char *name; uint64_t value; } address[] = {
        { "RIP", c->user_regs.rip },
        { "RSP", c->user_regs.rsp },
        { "kernel stack", c->kernel_sp },
        { "FS base", c->fs_base },
        { "kernel GS base", c->gs_base_kernel },
        { "user GS base", c->gs_base_user },
        { "event callback", c->event_callback_eip },
        { "failsafe callback", c->failsafe_callback_eip },
        { "syscall callback", c->syscall_callback_eip },
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(address); i++)
        if (!va_is_canonical(address[i].value))
            return refuse(v, address[i].name, address[i].value, "a canonical address");
    for (unsigned int i = 0; i < ARRAY_SIZE(c->trap_ctxt); i++)
        if (!va_is_canonical(c->trap_ctxt[i].address))
            return refuse(v, "a trap handler", c->trap_ctxt[i].address, "a canonical address");
    return 0;
}

static int context_check(const struct vcpu *v, const struct vcpu_guest_context *c)
{
    if (c->ldt_ents > LDT_ENTRIES_MAX)
        return refuse(v, "number of LDT entries", c->ldt_ents, "at most 8192");
    if (c->ldt_ents && (c->ldt_base & ~PAGE_MASK || !va_is_canonical(c->ldt_base)))
        return refuse(v, "LDT base", c->ldt_base, "the canonical address of a page");
    if (c->gdt_ents > FIRST_RESERVED_GDT_ENTRY)
        return refuse(v, "number of GDT entries", c->gdt_ents, "at most 7168");
    if (!(c->flags & VGCF_in_kernel) && !c->ctrlreg[1])
        return refuse(v, "user page table (CR1)", 0, "one, because the vCPU starts in user mode");
    return addresses_check(v, c);
}

static int finished(struct vcpu *v, int rc)
{
    if (rc == -ERESTART)
        pv_mm_finish(current_vcpu());
    return rc == UPDATE_LEFTOVER ? 0 : rc;
}

static int tables_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
    int rc = finished(v, pv_set_kernel_root(v, mfn(xen_cr3_to_pfn(c->ctrlreg[3]))));

    if (!rc)
        rc = finished(v, pv_set_user_root(v, c->ctrlreg[1] ? mfn(xen_cr3_to_pfn(c->ctrlreg[1])) : MFN_NONE));
    if (!rc)
        rc = finished(v, pv_set_gdt(v, c->gdt_frames, (uint32_t)c->gdt_ents));
    if (!rc)
        pv_set_ldt(v, c->ldt_base, (uint32_t)c->ldt_ents);
    return rc;
}

/* The guest's selectors, all for CPL 3. What they mean is found out when they are loaded. */
static void registers_set(struct vcpu *v, const struct cpu_user_regs *from)
{
    struct cpu_user_regs *regs = &v->arch.regs;

    *regs = *from;
    regs->cs |= 3;
    regs->ss |= 3;
    regs->error_code = regs->entry_vector = 0;
    v->arch.pv.iopl = (uint32_t)(regs->rflags & RFLAGS_IOPL) >> 12;
    regs->rflags &= ~(RFLAGS_IOPL | RFLAGS_VM | RFLAGS_VIF | RFLAGS_VIP | RFLAGS_NT);
    regs->rflags |= RFLAGS_IF | RFLAGS_FIXED;
}

static void traps_set(struct pv_vcpu *pv, const struct vcpu_guest_context *c)
{
    for (unsigned int i = 0; i < PV_TRAPS; i++) {
        pv->trap[i] = c->trap_ctxt[i];
        pv->trap[i].vector = (uint8_t)i;
        pv->trap[i].cs |= 3;
    }
    pv->event = (struct pv_callback){ c->event_callback_eip, true };
    pv->failsafe = (struct pv_callback){ c->failsafe_callback_eip, c->flags & VGCF_failsafe_disables_events };
    pv->syscall64 = (struct pv_callback){ c->syscall_callback_eip, c->flags & VGCF_syscall_disables_events };
}

static void control_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct pv_vcpu *pv = &v->arch.pv;

    pv->cr0_ts = c->ctrlreg[0] & CR0_TS;
    pv->cr4 = c->ctrlreg[4] & pv_cr4_settable(v->domain);
    pv->kernel_ss = (c->kernel_ss & 0xffff) | 3;
    pv->kernel_sp = c->kernel_sp;
    pv->fs_base = c->fs_base;
    pv->gs_base_kernel = c->gs_base_kernel;
    pv->gs_base_user = c->gs_base_user;
    pv->kernel_mode = c->flags & VGCF_in_kernel;
    for (unsigned int i = 0; i < 8; i++)
        if (i != 4 && i != 5 && pv_debugreg_set(v, i, c->debugreg[i]))
            guest_log(v, LOG_WARNING, "debug register %u: %#lx ignored", i, (unsigned long)c->debugreg[i]);
}

int pv_vcpu_set_context(struct vcpu *v, const struct vcpu_guest_context *c)
{
    int rc = context_check(v, c);

    if (!rc)
        rc = tables_set(v, c);
    if (rc)
        return rc;
    arch_sync_vcpu(v);
    registers_set(v, &c->user_regs);
    traps_set(&v->arch.pv, c);
    control_set(v, c);
    pv_update_cr3(v);
    if (c->flags & VGCF_i387_valid)
        fpu_set_legacy(v, &c->fpu_ctxt);
    else
        fpu_registers_reset(v);
    if (v->id == 0)
        v->domain->vm_assist = c->vm_assist & ASSISTS;
    pv_roots_settle_m2p(v);
    return 0;
}

static void tables_get(const struct pv_vcpu *pv, struct vcpu_guest_context *c)
{
    c->ldt_base = pv->ldt_base;
    c->ldt_ents = pv->ldt_entries;
    for (unsigned int i = 0; i < PV_GDT_FRAMES && i * (PAGE_SIZE / 8) < pv->gdt_entries; i++)
        c->gdt_frames[i] = pv->gdt_frame[i];
    c->gdt_ents = pv->gdt_entries;
    c->ctrlreg[3] = mfn_eq(pv->guest_table, MFN_NONE) ? 0 : xen_pfn_to_cr3(pv->guest_table.nr);
    c->ctrlreg[1] = mfn_eq(pv->guest_table_user, MFN_NONE) ? 0 : xen_pfn_to_cr3(pv->guest_table_user.nr);
}

static uint64_t flags_get(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    return VGCF_i387_valid | (pv->kernel_mode ? VGCF_in_kernel : 0) | (v->pause_flags & VPF_DOWN ? 0 : VGCF_online) |
           (pv->failsafe.mask_events ? VGCF_failsafe_disables_events : 0) |
           (pv->syscall64.mask_events ? VGCF_syscall_disables_events : 0);
}

void pv_vcpu_get_context(struct vcpu *v, struct vcpu_guest_context *c)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    memset(c, 0, sizeof(*c));
    fpu_get_legacy(v, &c->fpu_ctxt);
    c->flags = flags_get(v);
    c->user_regs = v->arch.regs;
    c->user_regs.rflags |= (uint64_t)pv->iopl << 12;
    memcpy(c->trap_ctxt, pv->trap, PV_TRAPS_SIZE);
    tables_get(pv, c);
    c->ctrlreg[0] = CR0_PE | CR0_ET | CR0_PG | pv->cr0_ts;
    c->ctrlreg[4] = pv->cr4;
    c->kernel_ss = pv->kernel_ss;
    c->kernel_sp = pv->kernel_sp;
    memcpy(c->debugreg, v->arch.debugreg, sizeof(c->debugreg));
    c->event_callback_eip = pv->event.address;
    c->failsafe_callback_eip = pv->failsafe.address;
    c->syscall_callback_eip = pv->syscall64.address;
    c->vm_assist = v->domain->vm_assist;
    c->fs_base = pv->fs_base;
    c->gs_base_kernel = pv->gs_base_kernel;
    c->gs_base_user = pv->gs_base_user;
}
