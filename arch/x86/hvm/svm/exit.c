/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest stopped for, and who deals with it. An instruction that the processor has decoded is carried out from
 * its registers alone; how long it is says the processor, or, where that does not, a look at its bytes.
 */
#include "hvm/svm/svm.h"

#include "hv/log.h"
#include "hv/percpu.h"
#include "hvm/control.h"
#include "hvm/cpuid.h"
#include "hvm/hvm.h"
#include "hvm/hypercall.h"
#include "hvm/inject.h"
#include "hvm/insn.h"
#include "hvm/memory.h"
#include "hvm/msr.h"
#include "hvm/p2m.h"
#include "hvm/port.h"
#include "hvm/time.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "hw/native/svm.h"

typedef void exit_fn(struct vcpu *v, struct cpu_user_regs *regs);

/* False: it cannot be read any more, although it was executed. The guest goes there again. */
static bool next_rip(struct vcpu *v, const struct cpu_user_regs *regs, uint64_t *next)
{
    unsigned int length;

    if (svm_features.next_rip && svm_vmcb(v)->next_rip) {
        *next = svm_vmcb(v)->next_rip;
        return true;
    }
    length = hvm_instruction_length(v, regs);
    *next = regs->rip + length;
    return length;
}

static void done(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t next;

    if (next_rip(v, regs, &next))
        hvm_advance(v, regs, next);
}

static void exit_cpuid(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t next;

    if (!next_rip(v, regs, &next))
        return;
    if ((v->arch.msr_misc_features & 1) && hvm_vendor->cpl(v)) {
        hvm_inject_gp(v);
        return;
    }
    hvm_cpuid(v, regs);
    hvm_advance(v, regs, next);
}

static void exit_msr(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t next, value = regs->eax | (uint64_t)regs->edx << 32;
    bool write = svm_vmcb(v)->exit_info1 & 1, ok;

    if (!next_rip(v, regs, &next))
        return;
    ok = !hvm_vendor->cpl(v) && (write ? hvm_wrmsr(v, regs->ecx, value) : hvm_rdmsr(v, regs->ecx, &value));
    if (!ok) {
        guest_log(v, LOG_DEBUG, "%s of MSR %#x: #GP", write ? "write" : "read", regs->ecx);
        hvm_inject_gp(v);
        return;
    }
    if (!write) {
        regs->rax = (uint32_t)value;
        regs->rdx = value >> 32;
    }
    hvm_advance(v, regs, next);
}

/* The low bytes of EAX change; a whole EAX clears what is above. */
static void put_in_rax(struct cpu_user_regs *regs, unsigned int bytes, uint32_t value)
{
    if (bytes == 1)
        regs->rax = (regs->rax & ~0xffULL) | value;
    else if (bytes == 2)
        regs->rax = (regs->rax & ~0xffffULL) | value;
    else
        regs->rax = value;
}

static void exit_io(struct vcpu *v, struct cpu_user_regs *regs)
{
    struct svm_io io;

    if (!svm_exit_io(svm_vmcb(v), &io)) {
        hvm_inject_gp(v);
        return;
    }
    if (io.string) {
        if (!hvm_instruction(v, regs, HVM_INSN_PORT))
            hvm_inject_ud(v);
        return;
    }
    if (io.in)
        put_in_rax(regs, io.bytes, hvm_port_in(v, io.port, io.bytes));
    else
        hvm_port_out(v, io.port, io.bytes, regs->eax);
    hvm_advance(v, regs, io.next_rip);
}

/* Nobody can wake a vCPU that waits with interrupts off: it is down, and with the last one the domain is. */
static void last_down(struct vcpu *v)
{
    struct vcpu *other;
    bool up = false;

    vcpu_down(v);
    for_each_vcpu(v->domain, other)
        up |= !(READ_ONCE(other->pause_flags) & VPF_DOWN);
    if (!up)
        domain_shutdown(v->domain, SHUTDOWN_poweroff);
}

static void exit_hlt(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t next;

    if (!next_rip(v, regs, &next))
        return;
    hvm_advance(v, regs, next);
    if (regs->rflags & RFLAGS_IF)
        v->arch.hvm.halted = true;
    else
        last_down(v);
}

static void exit_vmmcall(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t next;

    if (next_rip(v, regs, &next))
        hvm_hypercall(v, regs, next);
}

static void exit_npf(struct vcpu *v, struct cpu_user_regs *regs)
{
    struct svm_nested_fault f = svm_exit_nested_fault(svm_vmcb(v));

    hvm_memory_fault(v, regs, f.address, (f.write ? HVM_P2M_WRITE : 0) | (f.fetch ? HVM_P2M_FETCH : 0));
}

static void exit_control(struct vcpu *v, struct cpu_user_regs *regs)
{
    if (!hvm_instruction(v, regs, HVM_INSN_CONTROL))
        hvm_inject_ud(v);
}

static void exit_debugreg(struct vcpu *v, struct cpu_user_regs *regs)
{
    if (!hvm_instruction(v, regs, HVM_INSN_DEBUG))
        hvm_inject_ud(v);
}

static void exit_xsetbv(struct vcpu *v, struct cpu_user_regs *regs)
{
    if (!(v->arch.hvm.cr4 & CR4_OSXSAVE) || !hvm_instruction(v, regs, HVM_INSN_XCR))
        hvm_inject_ud(v);
}

/* RDTSC and RDTSCP; one emulator says RDTSC for both. */
static void exit_rdtsc(struct vcpu *v, struct cpu_user_regs *regs)
{
    bool with_aux = svm_vmcb(v)->exit_code == SVM_EXIT_RDTSCP;
    uint64_t next, tsc = hvm_tsc(v, now_ns());

    if (!next_rip(v, regs, &next))
        return;
    if (!svm_features.next_rip && next - regs->rip > 2)
        with_aux = true;
    regs->rax = (uint32_t)tsc;
    regs->rdx = tsc >> 32;
    if (with_aux)
        regs->rcx = v->arch.tsc_aux;
    hvm_advance(v, regs, next);
}

/* A guest has no devices that would see what is in caches. */
static void exit_ignored(struct vcpu *v, struct cpu_user_regs *regs) { done(v, regs); }

/* Its CPUID does not have it. */
static void exit_absent(struct vcpu *v, struct cpu_user_regs *regs) { hvm_inject_ud(v); }

/* Interrupts and NMIs were taken when the guest was left; for a window the next turn has what is to be delivered. */
static void exit_nothing(struct vcpu *v, struct cpu_user_regs *regs) { }

static void exit_iret(struct vcpu *v, struct cpu_user_regs *regs) { hvm_iret_reached(v, regs); }

static void exit_shutdown(struct vcpu *v, struct cpu_user_regs *regs) { hvm_triple_fault(v); }

/* INT1: a trap, as after a step. */
static void exit_icebp(struct vcpu *v, struct cpu_user_regs *regs)
{
    done(v, regs);
    hvm_inject_fault(v, TRAP_DB, 0);
}

/* Intercepted so that the hypervisor sees that the guest does not go round in them; else they are the guest's own. */
static void exit_exception(struct vcpu *v, struct cpu_user_regs *regs)
{
    unsigned int vector = (unsigned int)(svm_vmcb(v)->exit_code - SVM_EXIT_EXCEPTION);

    if (vector == TRAP_MC)
        raise_machine_check(); /* the machine's, which nobody else has been told of */
    else
        hvm_inject_fault(v, vector, (uint32_t)svm_vmcb(v)->exit_info1);
}

static void exit_task_switch(struct vcpu *v, struct cpu_user_regs *regs)
{
    domain_crash(v->domain, "a hardware task switch, which is not done here");
}

static exit_fn *const by_code[] = {
    [SVM_EXIT_INTR] = exit_nothing,      [SVM_EXIT_NMI] = exit_nothing,       [SVM_EXIT_SMI] = exit_nothing,
    [SVM_EXIT_INIT] = exit_nothing,      [SVM_EXIT_VINTR] = exit_nothing,     [SVM_EXIT_RDTSC] = exit_rdtsc,
    [SVM_EXIT_RDTSCP] = exit_rdtsc,      [SVM_EXIT_RDPMC] = exit_absent,      [SVM_EXIT_CPUID] = exit_cpuid,
    [SVM_EXIT_IRET] = exit_iret,         [SVM_EXIT_INVD] = exit_ignored,      [SVM_EXIT_WBINVD] = exit_ignored,
    [SVM_EXIT_HLT] = exit_hlt,           [SVM_EXIT_IOIO] = exit_io,           [SVM_EXIT_MSR] = exit_msr,
    [SVM_EXIT_SHUTDOWN] = exit_shutdown, [SVM_EXIT_VMMCALL] = exit_vmmcall,   [SVM_EXIT_VMRUN] = exit_absent,
    [SVM_EXIT_VMLOAD] = exit_absent,     [SVM_EXIT_VMSAVE] = exit_absent,     [SVM_EXIT_STGI] = exit_absent,
    [SVM_EXIT_CLGI] = exit_absent,       [SVM_EXIT_SKINIT] = exit_absent,     [SVM_EXIT_INVLPGA] = exit_absent,
    [SVM_EXIT_ICEBP] = exit_icebp,       [SVM_EXIT_MONITOR] = exit_absent,    [SVM_EXIT_MWAIT] = exit_absent,
    [SVM_EXIT_XSETBV] = exit_xsetbv,     [SVM_EXIT_RDPRU] = exit_absent,      [SVM_EXIT_TASK_SWITCH] = exit_task_switch,
    [SVM_EXIT_PAUSE] = exit_ignored,
};

static exit_fn *handler(uint64_t code)
{
    if (code < SVM_EXIT_DR0_READ)
        return exit_control;
    if (code < SVM_EXIT_EXCEPTION)
        return exit_debugreg;
    if (code < SVM_EXIT_INTR)
        return exit_exception;
    if (code == SVM_EXIT_NPF)
        return exit_npf;
    return code < ARRAY_SIZE(by_code) ? by_code[code] : NULL;
}

/* QEMU 7.2 was seen to do so, once: what the guest's registers were is lost. It must not be entered with ours. */
static bool holds_host_state(const struct vmcb *b) { return b->rip == (uint64_t)svm_left && b->cr3 == read_cr3(); }

void svm_exit(struct vcpu *v, struct cpu_user_regs *regs)
{
    const struct vmcb *b = svm_vmcb(v);
    exit_fn *fn = handler(b->exit_code);

    if (unlikely(holds_host_state(b)))
        domain_crash(v->domain, "the processor left its own registers in the control block, and took the guest's");
    else if (likely(fn))
        fn(v, regs);
    else
        domain_crash(v->domain, "unexpected exit %#lx (%s)", (unsigned long)b->exit_code, svm_exit_text(b->exit_code));
}

const char *svm_last_exit(const struct vcpu *v, uint64_t info[3])
{
    const struct vmcb *b = svm_vmcb(v);

    info[0] = b->exit_code;
    info[1] = b->exit_info1;
    info[2] = b->exit_info2;
    return svm_exit_text(b->exit_code);
}
