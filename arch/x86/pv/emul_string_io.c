/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INS and OUTS, with REP or without. A repeated one stops for other work every few elements: the registers say how far
 * it came, RIP stays, and the guest executes it again. Memory is checked before a port is read, because reading a port
 * may change the device.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "hw/native/segment.h"
#include "mm/va.h"
#include "pv/emulate.h"
#include "pv/page_walk.h"
#include "pv/selector.h"
#include "x86/msr/index.h"

#define ELEMENTS_AT_ONCE 64u

static uint64_t mask_of(unsigned int address_size)
{
    return address_size == 8 ? ~0ULL : address_size == 4 ? 0xffffffffu : 0xffffu;
}

/* A register of @address_size: 4 bytes zero-extend, 2 leave the rest alone. */
static void advance(uint64_t *reg, int64_t by, unsigned int address_size)
{
    uint64_t mask = mask_of(address_size), sum = (*reg + (uint64_t)by) & mask;

    *reg = address_size == 2 ? (*reg & ~mask) | sum : sum;
}

static uint16_t selector_of(const struct cpu_user_regs *regs, enum priv_segment seg)
{
    switch (seg) {
    case PRIV_SEG_ES: return read_es();
    case PRIV_SEG_CS: return regs->cs;
    case PRIV_SEG_SS: return regs->ss;
    case PRIV_SEG_FS: return read_fs();
    case PRIV_SEG_GS: return read_gs();
    default: return read_ds();
    }
}

static bool long_mode_code(const struct cpu_user_regs *regs)
{
    struct pv_segment cs;
    return pv_selector_read(regs->cs, &cs) && cs.long_mode;
}

static bool linear_address(const struct cpu_user_regs *regs, const struct priv_insn *insn, uint64_t offset,
                           uint64_t *va)
{
    enum priv_segment which = insn->op == PRIV_INS ? PRIV_SEG_ES : insn->segment;
    struct pv_segment seg;

    if (long_mode_code(regs)) {
        *va = offset;
        if (which == PRIV_SEG_FS || which == PRIV_SEG_GS)
            *va += rdmsr(which == PRIV_SEG_FS ? MSR_FS_BASE : MSR_GS_BASE);
        return true;
    }
    return pv_selector_read(selector_of(regs, which), &seg) && (insn->op == PRIV_OUTS || seg.writable) &&
           pv_segment_linear(&seg, offset, insn->operand_size, va);
}

static bool byte_accessible(uint64_t va, bool write)
{
    struct page_walk w;

    page_walk(read_cr3(), va, &w);
    return w.present && w.user && (!write || w.write);
}

static bool is_guests(uint64_t va)
{
    return va_is_guests(va);
}

/* #PF at the first byte of the element that cannot be accessed; #GP where no access of a guest's ever succeeds. */
static enum emul_result memory_fault(struct cpu_user_regs *regs, uint64_t va, unsigned int len, bool write)
{
    if (!is_guests(va))
        return EMUL_FAULT;
    if (byte_accessible(va, write))
        va = (va + len - 1) & PAGE_MASK;
    pv_inject_page_fault(regs, write ? PF_WRITE : 0, va);
    return EMUL_INJECTED;
}

static enum emul_result element(struct cpu_user_regs *regs, const struct priv_insn *insn, unsigned int port)
{
    struct domain *d = current_vcpu()->domain;
    unsigned int size = insn->operand_size;
    uint64_t *index = insn->op == PRIV_INS ? &regs->rdi : &regs->rsi;
    uint64_t va;
    uint32_t value = 0;

    if (!linear_address(regs, insn, *index & mask_of(insn->address_size), &va))
        return EMUL_FAULT;
    if (insn->op == PRIV_OUTS) {
        if (arch_copy_from_guest(&value, va, size))
            return memory_fault(regs, va, size, false);
        emul_port_write(d, port, size, value);
    } else {
        if (!is_guests(va) || !byte_accessible(va, true) || !byte_accessible(va + size - 1, true))
            return memory_fault(regs, va, size, true);
        value = emul_port_read(d, port, size);
        if (arch_copy_to_guest(va, &value, size))
            return memory_fault(regs, va, size, true);
    }
    advance(index, regs->rflags & RFLAGS_DF ? -(int64_t)size : (int64_t)size, insn->address_size);
    return EMUL_DONE;
}

enum emul_result emul_string_io(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    unsigned int port = regs->dx;

    if (insn->rep && !(regs->rcx & mask_of(insn->address_size)))
        return EMUL_DONE; /* no access, and no check of one */
    if (port + insn->operand_size > 0x10000 || !emul_port_allowed_to_mode(current_vcpu(), port, insn->operand_size))
        return EMUL_FAULT;
    if (!insn->rep)
        return element(regs, insn, port);
    for (unsigned int i = 0; regs->rcx & mask_of(insn->address_size); i++) {
        if (i == ELEMENTS_AT_ONCE || (i && hypercall_preempt_check()))
            return EMUL_AGAIN;
        enum emul_result r = element(regs, insn, port);
        if (r != EMUL_DONE)
            return r;
        advance(&regs->rcx, -1, insn->address_size);
    }
    return EMUL_DONE;
}
