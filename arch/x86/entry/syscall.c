/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SYSCALL: from a guest kernel it is a hypercall, from guest user mode it is the guest's own system call. The stub that
 * LSTAR points to is made here, one for each CPU, because it must find the CPU's stack by itself.
 */
#include "entry/entry.h"
#include "entry/frame.h"
#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "mm/percpu_area.h"
#include "pv/hypercall.h"
#include "pv/pv.h"
#include "x86/msr/index.h"

#define STUB32_OFFSET 64

static uint8_t *emit_rel32(uint8_t *at, uint64_t at_va, uint64_t target_va)
{
    int64_t rel = (int64_t)(target_va - (at_va + 4));
    BUG_ON(rel != (int32_t)rel);
    int32_t rel32 = (int32_t)rel;
    memcpy(at, &rel32, 4);
    return at + 4;
}

/* mov %rsp, syscall_rsp(%rip); lea guest_regs.es(%rip), %rsp; jmp entry */
static void stub_make(uint8_t *page, unsigned int offset, unsigned int cpu, uint64_t entry)
{
    uint64_t va = percpu_area(cpu) + PERCPU_STUB;
    uint64_t info = (uint64_t)percpu_cpu_info(cpu);
    uint8_t *p = page + offset;

    memcpy(p, "\x48\x89\x25", 3);
    p = emit_rel32(p + 3, va + (uint64_t)(p + 3 - page), info + CPUINFO_SYSCALL_RSP);
    memcpy(p, "\x48\x8d\x25", 3);
    p = emit_rel32(p + 3, va + (uint64_t)(p + 3 - page), info + REGS_HW_END);
    *p = 0xe9;
    emit_rel32(p + 1, va + (uint64_t)(p + 1 - page), entry);
}

void syscall_init_cpu(unsigned int cpu)
{
    uint8_t *page = percpu_stub_page(cpu);
    uint64_t va = percpu_area(cpu) + PERCPU_STUB;

    stub_make(page, 0, cpu, (uint64_t)syscall64_entry);
    stub_make(page, STUB32_OFFSET, cpu, (uint64_t)syscall32_entry);

    /* SYSRET's user base gives the ABI's flat selectors; we return by IRET, but the guest kernels know these. */
    wrmsr(MSR_STAR, (uint64_t)HV_RING3_CS32 << 48 | (uint64_t)HV_CS << 32);
    wrmsr(MSR_LSTAR, va);
    wrmsr(MSR_CSTAR, va + STUB32_OFFSET);
    wrmsr(MSR_SYSCALL_MASK, RFLAGS_IF | RFLAGS_TF | RFLAGS_DF | RFLAGS_NT | RFLAGS_AC | RFLAGS_IOPL | RFLAGS_RF);
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
    wrmsr_safe(MSR_SYSENTER_CS, HV_CS);
    wrmsr_safe(MSR_SYSENTER_ESP, info_sysenter_stack(cpu));
    wrmsr_safe(MSR_SYSENTER_EIP, (uint64_t)sysenter_entry);
}

void syscall64(struct cpu_user_regs *regs)
{
    irq_enable();
    if (current_vcpu()->arch.pv.kernel_mode)
        pv_hypercall(regs);
    else
        pv_syscall(regs);
}

void syscall32(struct cpu_user_regs *regs)
{
    irq_enable();
    pv_syscall32(regs);
}

void sysenter(struct cpu_user_regs *regs)
{
    irq_enable();
    pv_sysenter(regs);
}
