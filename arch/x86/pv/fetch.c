/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another vCPU of the guest may change its code at any moment. We look at one copy, so that what is checked is what is
 * done; that it may not be what the processor faulted on is the guest's own affair.
 */
#include "pv/mm/fetch.h"

#include "hv/guest_access.h"
#include "pv/pv.h"
#include "pv/selector.h"

static bool copy_from(uint64_t va, unsigned int len, struct pv_insn *insn)
{
    uint64_t to_page_end = PAGE_SIZE - (va & ~PAGE_MASK);

    insn->length = len;
    if (!arch_copy_from_guest(insn->bytes, va, len))
        return true;
    if (to_page_end >= len)
        return false;
    insn->length = (unsigned int)to_page_end;
    return !arch_copy_from_guest(insn->bytes, va, insn->length);
}

bool pv_insn_fetch(const struct cpu_user_regs *regs, struct pv_insn *insn)
{
    struct pv_segment cs;
    uint64_t va;

    *insn = (struct pv_insn){ {0} };
    if (regs->cs == FLAT_KERNEL_CS) { /* ours, which no guest can change: flat and 64-bit */
        insn->long_mode = true;
        return copy_from(regs->rip, PV_INSN_MAX, insn);
    }
    if (!pv_selector_read(regs->cs, &cs) || !cs.code)
        return false;
    insn->long_mode = cs.long_mode;
    insn->big = cs.big;
    if (cs.long_mode)
        return copy_from(regs->rip, PV_INSN_MAX, insn);
    for (unsigned int len = PV_INSN_MAX; len; len--)
        if (pv_segment_linear(&cs, regs->rip, len, &va))
            return copy_from(va, len, insn);
    return false;
}

static bool is_prefix(const struct pv_insn *insn, uint8_t byte)
{
    switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64 ... 0x67:
    case 0xf0:
    case 0xf2:
    case 0xf3:
        return true;
    default:
        return insn->long_mode && (byte & 0xf0) == 0x40; /* REX */
    }
}

bool pv_insn_is_int(const struct pv_insn *insn, unsigned int *length)
{
    unsigned int i = 0;

    while (i < insn->length && is_prefix(insn, insn->bytes[i]))
        i++;
    if (i + 2 > insn->length || insn->bytes[i] != 0xcd)
        return false;
    *length = i + 2;
    return true;
}
