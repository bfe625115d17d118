/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tiny kernel that guests/kexec has started in the hypervisor's place, in a 32-bit and a 64-bit form of the same
 * source. It looks whether it was entered as the ABI promises, reads the crash notes, says so on COM1 and switches the
 * machine off.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#define PAYLOAD_BASE   0x4000000 /* 64 MiB: linked and loaded there, and entered at its first byte */
#define PAYLOAD_PAGES  8
#define PAYLOAD_PARAMS 16        /* offset of struct payload_params */
#define PAYLOAD_NOTES  16

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Filled in by who loads it. Machine addresses below 4 GiB. */
struct payload_params {
    uint32_t notes, note[PAYLOAD_NOTES]; /* of each CPU */
    uint32_t vmcoreinfo;
    uint32_t crashed; /* the notes are filled in */
    uint32_t filled; /* a page that must be as it was */
    uint32_t zeroed; /* a page that must be zero */
};

struct __attribute__((packed)) payload_table_register {
    uint16_t limit;
    unsigned long base;
};

/* What the entry code found. */
struct payload_state {
    unsigned long registers; /* all general ones but the stack pointer, by OR */
    unsigned long flags, cr0, cr3, cr4;
    uint32_t efer_low, efer_high, code, data;
    struct payload_table_register idt;
};
#endif
#endif
