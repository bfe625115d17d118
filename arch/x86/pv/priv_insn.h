/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: which privileged instruction the bytes at the guest's RIP are. */
#ifndef PV_PRIV_INSN_H
#define PV_PRIV_INSN_H

#include "pv/mm/fetch.h"

enum priv_op {
    PRIV_NONE, PRIV_IN, PRIV_OUT, PRIV_INS, PRIV_OUTS, PRIV_CLI, PRIV_STI, PRIV_CLTS, PRIV_WBINVD,
    PRIV_MOV_FROM_CR, PRIV_MOV_TO_CR, PRIV_MOV_FROM_DR, PRIV_MOV_TO_DR,
    PRIV_RDMSR, PRIV_WRMSR, PRIV_RDTSC, PRIV_RDTSCP, PRIV_CPUID, PRIV_XSETBV,
};

enum priv_segment { PRIV_SEG_DEFAULT, PRIV_SEG_ES, PRIV_SEG_CS, PRIV_SEG_SS, PRIV_SEG_DS, PRIV_SEG_FS, PRIV_SEG_GS };

struct priv_insn {
    enum priv_op op;
    unsigned int length;        /* bytes of the whole instruction */
    unsigned int operand_size;  /* IN, OUT, INS, OUTS: 1, 2 or 4 */
    unsigned int address_size;  /* INS, OUTS: 2, 4 or 8 */
    bool rep;
    bool undefined;             /* #UD instead: LOCK, or a register that does not exist */
    bool immediate_port;        /* IN, OUT: port in `port`, else DX */
    uint8_t port;
    uint8_t special;            /* number of the control or debug register */
    uint8_t gpr;                /* number of the general register */
    enum priv_segment segment;  /* OUTS: override */
};

/** Decodes; op is PRIV_NONE for everything that is not emulated or incomplete. */
void priv_insn_decode(const struct pv_insn *insn, struct priv_insn *out);

#endif
