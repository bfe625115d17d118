/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which registers go together (APM volume 2, 3.1, 5.3, 14.1 and 15.5.1): a state that comes from outside, from a saved
 * guest or from VCPUOP_initialise, and not by one MOV after the other, each of which would have been checked. It is
 * judged whole and in this one place.
 */
#ifndef LIB_X86_CONTROL_H
#define LIB_X86_CONTROL_H

#include "port.h"

struct control_state {
    uint64_t cr0, cr3, cr4, efer, dr6, dr7, rip, rflags;
    uint16_t cs_attr;           /* as enum emulate's segments have them */
    uint64_t address[8];        /* others that must be canonical; unused ones are 0 */
};

/** What the domain's CPU policy allows. */
struct control_limits {
    uint64_t cr4, efer;         /* bits that may be set; of @efer LMA besides */
    unsigned int phys_bits;     /* 0: not said, 32 */
};

/** NULL: a processor can be in this state. Else what is wrong with it. */
const char *control_wrong(const struct control_state *s, const struct control_limits *limits);

#endif
