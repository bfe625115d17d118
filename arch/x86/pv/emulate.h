/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: one emulator for each kind of privileged instruction. The current vCPU executes it. */
#ifndef PV_EMULATE_H
#define PV_EMULATE_H

#include "pv/priv_insn.h"
#include "pv/pv.h"

enum emul_result {
    EMUL_DONE,      /* RIP moves past the instruction */
    EMUL_AGAIN,     /* registers record how far it came: same instruction again */
    EMUL_FAULT,     /* the guest gets #GP(0) */
    EMUL_INJECTED,  /* another exception is on its way, RIP is its handler's */
};

enum emul_result emul_io(struct cpu_user_regs *regs, const struct priv_insn *insn);
enum emul_result emul_string_io(struct cpu_user_regs *regs, const struct priv_insn *insn);
enum emul_result emul_cr_read(struct cpu_user_regs *regs, const struct priv_insn *insn);
enum emul_result emul_cr_write(struct cpu_user_regs *regs, const struct priv_insn *insn);
enum emul_result emul_dr_read(struct cpu_user_regs *regs, const struct priv_insn *insn);
enum emul_result emul_dr_write(struct cpu_user_regs *regs, const struct priv_insn *insn);
enum emul_result emul_rdmsr(struct cpu_user_regs *regs);
enum emul_result emul_wrmsr(struct cpu_user_regs *regs);
enum emul_result emul_rdtsc(struct cpu_user_regs *regs, bool with_aux);
enum emul_result emul_xsetbv(struct cpu_user_regs *regs);
/** @native: the plain instruction, not the forced-emulation prefix. */
void emul_cpuid(struct cpu_user_regs *regs, bool native);


/** General register @nr, 0..15 in the encoding's order. */
uint64_t *emul_gpr(struct cpu_user_regs *regs, unsigned int nr);

/** True if the current vCPU may use the @size ports from @port on, by IOPL or by its I/O bitmap. */
bool emul_port_allowed_to_mode(struct vcpu *v, unsigned int port, unsigned int size);
/** What the domain @d gets when its vCPU reads or writes ports: the machine's, ours, or nothing. */
uint32_t emul_port_read(struct domain *d, unsigned int port, unsigned int size);
void emul_port_write(struct domain *d, unsigned int port, unsigned int size, uint32_t value);

#endif
