/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processor as pv/mm sees it, in the simulation: what it was asked, and what tests set. */
#ifndef HW_SIM_PV_MM_H
#define HW_SIM_PV_MM_H

#include "hv/types.h"

#define SIM_MMIO_FRAMES 16u /* device memory from frame_table_end on; the upper half is read-only to everyone */
#define SIM_L4_MARK(i)  (0x5a00000000000001ULL | (uint64_t)(i) << 12) /* what the hypervisor's slots hold */

struct sim_pv_cpu {
    paddr_t cr3;
    uint64_t gdt_page[14], ldt_page[16]; /* frame number + 1; 0: nothing */
    unsigned int ldt_entries;
    uint64_t flushes, cache_flushes;
    /* the guest's next instruction, for pv_insn_fetch() */
    uint8_t insn[15];
    unsigned int insn_length;
    /* the last store to read-only device memory */
    paddr_t mmio_address;
    uint64_t mmio_value;
    unsigned int mmio_size;
};
extern struct sim_pv_cpu sim_pv_cpu;

#endif
