/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person needs to see when the hypervisor stops: registers, call trace by name, what was running. */
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "trap/trap.h"

#define TRACE_DEPTH 32

static void print_address(const char *lead, uint64_t address)
{
    uint64_t offset = 0;
    const char *name = symbol_find(address, &offset);

    log_error("%s%016lx %s+%#lx", lead, (unsigned long)address, name ?: "?", (unsigned long)offset);
}

static bool on_this_stack(uint64_t p)
{
    uint64_t top = (uint64_t)(cpu_info() + 1);
    return p % 8 == 0 && p >= top - STACK_SIZE && p + 16 <= top;
}

void trap_backtrace(uint64_t rip, uint64_t rbp)
{
    log_error("call trace:");
    print_address("   ", rip);
    for (unsigned int i = 0; i < TRACE_DEPTH && on_this_stack(rbp); i++) {
        const uint64_t *frame = (const uint64_t *)rbp;
        if (frame[1] < IMAGE_VIRT || frame[1] >= PERCPU_AREA_VIRT)
            break;
        print_address("   ", frame[1]);
        if (frame[0] <= rbp)
            break;
        rbp = frame[0];
    }
}

void trap_dump(const struct cpu_user_regs *r)
{
    const struct vcpu *v = current_vcpu();

    log_error("CPU %u, running %s%u vCPU %u", this_cpu_id(), v ? "domain " : "nothing yet ", v ? v->domain->id : 0,
              v ? v->id : 0);
    log_error("rip %04x:%016lx rsp %04x:%016lx rflags %08lx", r->cs, (unsigned long)r->rip, r->ss,
              (unsigned long)r->rsp, (unsigned long)r->rflags);
    log_error("rax %016lx rbx %016lx rcx %016lx rdx %016lx", (unsigned long)r->rax, (unsigned long)r->rbx,
              (unsigned long)r->rcx, (unsigned long)r->rdx);
    log_error("rsi %016lx rdi %016lx rbp %016lx r8  %016lx", (unsigned long)r->rsi, (unsigned long)r->rdi,
              (unsigned long)r->rbp, (unsigned long)r->r8);
    log_error("r9  %016lx r10 %016lx r11 %016lx r12 %016lx", (unsigned long)r->r9, (unsigned long)r->r10,
              (unsigned long)r->r11, (unsigned long)r->r12);
    log_error("r13 %016lx r14 %016lx r15 %016lx", (unsigned long)r->r13, (unsigned long)r->r14, (unsigned long)r->r15);
    log_error("cr0 %08lx cr2 %016lx cr3 %010lx cr4 %08lx", (unsigned long)read_cr0(), (unsigned long)read_cr2(),
              (unsigned long)read_cr3(), (unsigned long)read_cr4());
    if (!regs_from_guest(r))
        trap_backtrace(r->rip, r->rbp);
}
