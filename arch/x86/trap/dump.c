/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person needs to see when the hypervisor stops: registers, call trace by name, what was running. */
#include "base/format.h"
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/version.h"
#include "hw/native/cpu.h"
#include "trap/trap.h"

#define TRACE_DEPTH 32
#define SOURCE_MAX  8 /* addresses of a trace whose source lines are asked for */

/* The last trace, as addresses inside the instructions that are meant. */
static uint64_t traced[SOURCE_MAX];
static unsigned int traced_count;
static bool told;

/* @call: a return address, and what is meant is the call before it, which may be its function's last instruction. */
static void print_address(uint64_t address, bool call)
{
    uint64_t offset = 0;
    const char *name = symbol_find(address - call, &offset);

    log_error("   %016lx %s+%#lx", (unsigned long)address, name ?: "?", (unsigned long)offset + call);
    if (name && traced_count < SOURCE_MAX)
        traced[traced_count++] = address - call;
}

static bool on_this_stack(uint64_t p)
{
    uint64_t top = (uint64_t)(cpu_info() + 1);
    return p % 8 == 0 && p >= top - STACK_SIZE && p + 16 <= top;
}

static void print_callers(uint64_t rbp)
{
    for (unsigned int i = 0; i < TRACE_DEPTH && on_this_stack(rbp); i++) {
        const uint64_t *frame = (const uint64_t *)rbp;
        if (frame[1] < IMAGE_VIRT || frame[1] >= PERCPU_AREA_VIRT)
            break;
        print_address(frame[1], true);
        if (frame[0] <= rbp)
            break;
        rbp = frame[0];
    }
}

static void trap_backtrace(uint64_t rip, uint64_t rbp)
{
    traced_count = 0;
    log_error("call trace:");
    print_address(rip, false);
    print_callers(rbp);
}

void trap_backtrace_panic(void)
{
    uint64_t rbp = (uint64_t)__builtin_frame_address(0);

    if (told)
        return;
    for (unsigned int i = 0; i < 2 && on_this_stack(rbp); i++) /* this frame, arch_panic_report()'s: now panic()'s */
        rbp = *(const uint64_t *)rbp;
    traced_count = 0;
    log_error("call trace:");
    print_callers(rbp);
}

void trap_source_hint(void)
{
    char line[64 + 17 * SOURCE_MAX] = "", id[64];

    for (unsigned int i = 0; i < traced_count; i++)
        format_append(line, sizeof(line), " %lx", (unsigned long)traced[i]);
    version_build_id(id, sizeof(id));
    if (traced_count)
        log_error("source lines: addr2line -fipe xenolith.elf%s", line);
    log_error("xenolith.elf, the hypervisor with symbols, was made with it as build/hv/xenolith.elf; build id %s", id);
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

void trap_dump_fatal(const struct cpu_user_regs *r)
{
    trap_dump(r);
    told = true;
}
