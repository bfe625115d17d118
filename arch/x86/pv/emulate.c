/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Privileged instructions. The guest's kernel runs at CPL 3, so they fault, and what they mean to a guest is done here.
 * A #GP with a non-zero error code is never one of these.
 */
#include "pv/emulate.h"

#include "hv/trace.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "mm/guest_read.h"
#include "x86/cpu/debugreg.h"

/* UD2, "xen", CPUID; and the same as a number. */
static const uint8_t forced_cpuid[] = { 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2 };
#define FORCED_CPUID 0x00a20f6e65780b0full
#define FORCED_MASK  0x00ffffffffffffffull

uint64_t *emul_gpr(struct cpu_user_regs *r, unsigned int nr)
{
    switch (nr & 15) {
    case 0: return &r->rax;
    case 1: return &r->rcx;
    case 2: return &r->rdx;
    case 3: return &r->rbx;
    case 4: return &r->rsp;
    case 5: return &r->rbp;
    case 6: return &r->rsi;
    case 7: return &r->rdi;
    case 8: return &r->r8;
    case 9: return &r->r9;
    case 10: return &r->r10;
    case 11: return &r->r11;
    case 12: return &r->r12;
    case 13: return &r->r13;
    case 14: return &r->r14;
    default: return &r->r15;
    }
}

/* After an instruction: the next one, and the trap that single-stepping or a breakpoint for a port owes the guest. */
static void step(struct cpu_user_regs *regs, unsigned int length, bool long_mode, uint64_t hits)
{
    regs->rip += length;
    if (!long_mode)
        regs->rip = (uint32_t)regs->rip;
    regs->rflags &= ~RFLAGS_RF;
    if (regs->rflags & RFLAGS_TF)
        hits |= DR6_BS;
    if (hits) {
        current_vcpu()->arch.debugreg[6] |= hits;
        pv_inject(regs, TRAP_DB, 0);
    }
}

/* Any code segment, and up to the very end of a page. */
static __attribute__((noinline)) bool at_forced_cpuid_anywhere(const struct cpu_user_regs *regs, bool *long_mode)
{
    struct pv_insn insn;

    if (!pv_insn_fetch(regs, &insn) || insn.length < sizeof(forced_cpuid))
        return false;
    *long_mode = insn.long_mode;
    return !__builtin_memcmp(insn.bytes, forced_cpuid, sizeof(forced_cpuid));
}

/* Nearly always the segment is the flat one, and one byte more can be read: then it is one read and one comparison. */
static bool at_forced_cpuid(const struct cpu_user_regs *regs, bool *long_mode)
{
    uint64_t bytes;

    if (regs->cs != FLAT_KERNEL_CS || !guest_read_u64(regs->rip, &bytes))
        return at_forced_cpuid_anywhere(regs, long_mode);
    *long_mode = true;
    return (bytes & FORCED_MASK) == FORCED_CPUID;
}

void pv_invalid_opcode(struct cpu_user_regs *regs)
{
    bool long_mode;

    if (!at_forced_cpuid(regs, &long_mode)) {
        pv_inject(regs, TRAP_UD, 0);
        return;
    }
    TRACE(TRC_PV_FORCED_INVALID_OP | TRC_64_FLAG, TRACE_64(regs->rip));
    emul_cpuid(regs, false);
    step(regs, sizeof(forced_cpuid), long_mode, 0);
}

/* For the guest's kernel only. */
static enum emul_result emulate_kernel(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    struct vcpu *v = current_vcpu();

    switch (insn->op) {
    case PRIV_CLTS:
        pv_set_ts(v, false);
        return EMUL_DONE;
    case PRIV_WBINVD:
        if (v->domain->is_hardware)
            wbinvd();
        return EMUL_DONE; /* without devices of its own a guest sees coherent memory */
    case PRIV_MOV_FROM_CR: return emul_cr_read(regs, insn);
    case PRIV_MOV_TO_CR: return emul_cr_write(regs, insn);
    case PRIV_MOV_FROM_DR: return emul_dr_read(regs, insn);
    case PRIV_MOV_TO_DR: return emul_dr_write(regs, insn);
    case PRIV_RDMSR: return emul_rdmsr(regs);
    case PRIV_WRMSR: return emul_wrmsr(regs);
    case PRIV_XSETBV: return emul_xsetbv(regs);
    default: return EMUL_FAULT;
    }
}

static enum emul_result emulate(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    struct vcpu *v = current_vcpu();

    if (insn->op != PRIV_NONE && insn->undefined) {
        pv_inject(regs, TRAP_UD, 0);
        return EMUL_INJECTED;
    }
    switch (insn->op) {
    case PRIV_NONE: return EMUL_FAULT;
    case PRIV_IN:
    case PRIV_OUT: return emul_io(regs, insn);
    case PRIV_INS:
    case PRIV_OUTS: return emul_string_io(regs, insn);
    case PRIV_CLI:
    case PRIV_STI: return pv_iopl_ok(v) ? EMUL_DONE : EMUL_FAULT; /* events have their own mask */
    case PRIV_RDTSC: return emul_rdtsc(regs, false);
    case PRIV_RDTSCP: return emul_rdtsc(regs, true);
    case PRIV_CPUID:
        if (!v->arch.pv.kernel_mode && (v->arch.msr_misc_features & 1))
            return EMUL_FAULT; /* the guest's kernel asked for just that */
        emul_cpuid(regs, true);
        return EMUL_DONE;
    default: return v->arch.pv.kernel_mode ? emulate_kernel(regs, insn) : EMUL_FAULT;
    }
}

static uint64_t port_hits(const struct priv_insn *insn, unsigned int port)
{
    if (insn->op != PRIV_IN && insn->op != PRIV_OUT && insn->op != PRIV_INS && insn->op != PRIV_OUTS)
        return 0;
    return pv_debugreg_port_hits(current_vcpu(), insn->immediate_port ? insn->port : port, insn->operand_size);
}

bool pv_emulate_privileged(struct cpu_user_regs *regs)
{
    unsigned int port = regs->dx; /* an instruction may write it */
    struct pv_insn bytes;
    struct priv_insn insn;

    if (!pv_insn_fetch(regs, &bytes))
        return false;
    priv_insn_decode(&bytes, &insn);
    switch (emulate(regs, &insn)) {
    case EMUL_DONE:
        TRACE(TRC_PV_EMULATE_PRIVOP | TRC_64_FLAG, TRACE_64(regs->rip));
        step(regs, insn.length, bytes.long_mode, port_hits(&insn, port));
        return true;
    case EMUL_AGAIN:
    case EMUL_INJECTED:
        return true;
    default:
        return false;
    }
}
