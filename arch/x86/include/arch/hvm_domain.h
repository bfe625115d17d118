/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain in a container (PVH, HVM) has of its own. */
#ifndef ARCH_HVM_DOMAIN_H
#define ARCH_HVM_DOMAIN_H

#include "hv/types.h"

struct p2m;

/* Interrupt wires and their routing, which no device of ours drives: what a saved stream said is given back. */
struct hvm_wires {
    uint64_t pci[2], isa;
    uint8_t link[8];
};

struct hvm_domain {
    struct p2m *p2m;          /* its memory: hvm/p2m_private.h */
    uint32_t emulation_flags; /* XEN_X86_EMU_*, as it was created */
    uint64_t *params;         /* HVM_PARAM_*: hvm/params.h */
    struct hvm_wires wires;
    uint64_t sync_tsc;        /* the counter of a save or restore, the same for all vCPUs; hvm/save.c */
    uint64_t tsc_offset;      /* what its vCPUs' TSC is ahead of the machine's, modulo 2^64 */
    uint64_t flushes;         /* how often its vCPUs were told to forget what is cached; atomic, see hvm/flush.c */
    uint8_t callback_vector;  /* of events, by HVM_PARAM_CALLBACK_IRQ; 0: none */
};

#endif
