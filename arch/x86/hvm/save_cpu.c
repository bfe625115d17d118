/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU record: a vCPU's registers, at its birth and when it is saved. What the guest could not have written is
 * refused; so is what no processor would run.
 *
 * The time stamp counters of all vCPUs are of one moment (sync_tsc), so that they agree after a restore as well.
 */
#include "cpu/control.h"
#include "cpu/features.h"
#include "cpu/fpu.h"
#include "hv/compiler.h"
#include "hvm/control.h"
#include "hvm/hvm.h"
#include "hvm/save.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "public.h"
#include "x86/cpu/exception.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/efer.h"

/* Types of a pending event, as the control block of either vendor has them. */
enum { EVENT_INTERRUPT = 0, EVENT_NMI = 2, EVENT_FAULT = 3, EVENT_SOFT = 4, EVENT_TYPES = 7 };

/* The ABI's fields of a segment, by name. */
#define SEGMENTS(X) X(cs, EMU_CS) X(ds, EMU_DS) X(es, EMU_ES) X(fs, EMU_FS) X(gs, EMU_GS) X(ss, EMU_SS) \
                    X(tr, HVM_TR) X(ldtr, HVM_LDTR)
#define REGISTERS(X) X(rax) X(rbx) X(rcx) X(rdx) X(rbp) X(rsi) X(rdi) X(rsp) X(r8) X(r9) X(r10) X(r11) X(r12) X(r13) \
                     X(r14) X(r15) X(rip) X(rflags)
#define CONTROL(X) X(cr0, cr0) X(cr2, cr2) X(cr3, cr3) X(cr4, cr4) X(dr6, dr6) X(dr7, dr7) X(msr_efer, efer)          \
                   X(msr_star, star) X(msr_lstar, lstar) X(msr_cstar, cstar) X(msr_syscall_mask, sfmask)             \
                   X(shadow_gs, kernel_gs_base) X(sysenter_cs, sysenter_cs) X(sysenter_esp, sysenter_esp)            \
                   X(sysenter_eip, sysenter_eip) X(gdtr_base, gdt.base) X(idtr_base, idt.base)                       \
                   X(gdtr_limit, gdt.limit) X(idtr_limit, idt.limit)

static void event_save(const struct vcpu *v, struct hvm_hw_cpu *hw)
{
    static const uint8_t types[] = {
        [HVM_EVENT_INTERRUPT] = EVENT_INTERRUPT, [HVM_EVENT_NMI] = EVENT_NMI, [HVM_EVENT_FAULT] = EVENT_FAULT,
    };
    const struct hvm_event *e = &v->arch.hvm.event;

    if (!e->valid)
        return;
    hw->pending_valid = 1;
    hw->pending_vector = e->vector;
    hw->pending_type = types[e->kind];
    hw->pending_error_valid = e->has_error;
    hw->error_code = e->error;
}

static uint32_t cpu_save(struct vcpu *v, void *out)
{
    struct hvm_hw_cpu *hw = out;
    struct hvm_state s;

    _Static_assert(sizeof(struct hvm_hw_cpu) == 1032, "the ABI's, with all that was added at its end");
    if (READ_ONCE(v->pause_flags) & VPF_DOWN)
        return 0;
    hvm_vendor->state_get(v, &s);
    fpu_get_legacy(v, hw->fpu_regs);
#define SAVE(name) hw->name = v->arch.regs.name;
    REGISTERS(SAVE)
#undef SAVE
#define SAVE(name, field) hw->name = s.field;
    CONTROL(SAVE)
#undef SAVE
#define SAVE(name, number)                                                                   \
    hw->name##_sel = s.seg[number].selector, hw->name##_limit = s.seg[number].limit,         \
    hw->name##_base = s.seg[number].base, hw->name##_arbytes = s.seg[number].attr;
    SEGMENTS(SAVE)
#undef SAVE
    hw->dr0 = v->arch.debugreg[0];
    hw->dr1 = v->arch.debugreg[1];
    hw->dr2 = v->arch.debugreg[2];
    hw->dr3 = v->arch.debugreg[3];
    hw->msr_tsc_aux = v->arch.tsc_aux;
    hw->tsc = v->domain->arch.hvm.sync_tsc + v->arch.hvm.tsc_offset;
    hw->flags = XEN_X86_FPU_INITIALISED;
    event_save(v, hw);
    return sizeof(*hw);
}

static const char *control_check(const struct vcpu *v, const struct hvm_hw_cpu *hw)
{
    const struct control_state state = {
        .cr0 = hw->cr0, .cr3 = hw->cr3, .cr4 = hw->cr4, .efer = hw->msr_efer, .dr6 = hw->dr6, .dr7 = hw->dr7,
        .rip = hw->rip, .rflags = hw->rflags, .cs_attr = (uint16_t)hw->cs_arbytes,
        .address = { hw->msr_lstar, hw->msr_cstar, hw->shadow_gs, hw->fs_base, hw->gs_base, hw->tr_base, hw->ldtr_base,
                     hw->gdtr_base },
    };
    const struct control_limits limits = hvm_control_limits(v->domain);

    return hw->cr0 & CR0_ET ? control_wrong(&state, &limits) : "CR0 is no value that a processor has";
}

static const char *cpu_check(const struct vcpu *v, const void *in, uint32_t length)
{
    static const char *const no_event = "the pending event is none that can be delivered";
    const struct hvm_hw_cpu *hw = in;
    const char *why = control_check(v, hw);

    if (why)
        return why;
    if (hw->flags & ~XEN_X86_FPU_INITIALISED || hw->pad0)
        return "flags or padding are set that mean nothing";
    if (hw->msr_tsc_aux >> 32)
        return "TSC_AUX is wider than 32 bits";
    if (!hw->pending_valid)
        return NULL;
    if (hw->pending_type == 1 || hw->pending_type >= EVENT_TYPES || hw->pending_reserved)
        return no_event;
    if (hw->pending_type == EVENT_FAULT && (hw->pending_vector > 31 || hw->pending_vector == TRAP_NMI))
        return no_event;
    return NULL;
}

/* A software interrupt is raised by its instruction again: the instruction pointer is still there. */
static void event_load(struct vcpu *v, const struct hvm_hw_cpu *hw)
{
    enum hvm_event_kind kind = hw->pending_type == EVENT_INTERRUPT ? HVM_EVENT_INTERRUPT :
                               hw->pending_type == EVENT_NMI ? HVM_EVENT_NMI : HVM_EVENT_FAULT;

    v->arch.hvm.event = (struct hvm_event){
        .valid = hw->pending_valid && hw->pending_type < EVENT_SOFT, .has_error = hw->pending_error_valid,
        .kind = (uint8_t)kind, .vector = hw->pending_vector, .error = hw->error_code,
    };
}

static void state_load(struct vcpu *v, const struct hvm_hw_cpu *hw)
{
    struct hvm_state s = { 0 };

#define LOAD(name) v->arch.regs.name = hw->name;
    REGISTERS(LOAD)
#undef LOAD
    v->arch.regs.rflags |= RFLAGS_FIXED;
#define LOAD(name, field) s.field = hw->name;
    CONTROL(LOAD)
#undef LOAD
#define LOAD(name, number)                                                                                        \
    s.seg[number] = (struct emulate_seg){ .base = hw->name##_base, .limit = hw->name##_limit,                     \
                                          .selector = (uint16_t)hw->name##_sel,                                   \
                                          .attr = (uint16_t)hw->name##_arbytes };
    SEGMENTS(LOAD)
#undef LOAD
    hvm_vendor->state_put(v, &s);
}

static void cpu_load(struct vcpu *v, const void *in, uint32_t length, uint64_t now)
{
    const struct hvm_hw_cpu *hw = in;

    if (hw->flags & XEN_X86_FPU_INITIALISED)
        fpu_set_legacy(v, hw->fpu_regs);
    else
        fpu_registers_reset(v);
    v->arch.debugreg[0] = hw->dr0;
    v->arch.debugreg[1] = hw->dr1;
    v->arch.debugreg[2] = hw->dr2;
    v->arch.debugreg[3] = hw->dr3;
    v->arch.tsc_aux = (uint32_t)hw->msr_tsc_aux;
    v->arch.hvm.tsc_offset = hw->tsc - v->domain->arch.hvm.sync_tsc;
    v->arch.hvm.halted = v->arch.hvm.nmi_blocked = false;
    state_load(v, hw);
    event_load(v, hw);
    hvm_vendor->tsc_changed(v);
    vcpu_set_initialised(v, true);
    vcpu_up(v);
}

const struct hvm_record hvm_record_cpu = {
    HVM_SAVE_CODE(CPU), "registers", true, sizeof(struct hvm_hw_cpu), .save = cpu_save, .check = cpu_check,
    .load = cpu_load,
};
