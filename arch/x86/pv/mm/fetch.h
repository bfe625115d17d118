/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: the bytes of the guest's instruction, read once. */
#ifndef PV_MM_FETCH_H
#define PV_MM_FETCH_H

#include "hv/types.h"

#define PV_INSN_MAX 15

struct pv_insn {
    uint8_t bytes[PV_INSN_MAX];
    unsigned int length; /* readable bytes, not the instruction's length */
    bool long_mode;      /* 64-bit code segment */
    bool big;            /* 32-bit (else 16-bit) code segment, when not long_mode */
};

/**
 * Reads what is at the guest's CS:RIP, as far as segment limit and page tables let it. False if not a byte can be read.
 */
bool pv_insn_fetch(const struct cpu_user_regs *regs, struct pv_insn *insn);
/** True for INT n, with whatever prefixes; its length with the vector as the last byte. */
bool pv_insn_is_int(const struct pv_insn *insn, unsigned int *length);

#endif
