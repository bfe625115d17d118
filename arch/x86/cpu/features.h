/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine's processors offer and we use. An instruction is used only where CPUID offers it. */
#ifndef CPU_FEATURES_H
#define CPU_FEATURES_H

#include "hv/compiler.h"
#include "hv/types.h"

extern bool cpu_has_nx, cpu_has_1g_pages, cpu_has_smep, cpu_has_smap, cpu_has_umip, cpu_has_xsave, cpu_has_fsgsbase,
    cpu_has_x2apic, cpu_has_tsc_deadline, cpu_has_rdtscp, cpu_has_invariant_tsc, cpu_is_amd, cpu_is_intel, cpu_has_arat;
extern uint8_t cpu_paddr_bits;
extern char cpu_model_name[49];

/** Reads CPUID of the boot CPU. */
__init void cpu_features_detect(void);
/** CR0, CR4, EFER and PAT of this CPU as the hypervisor wants them. */
void cpu_control_init(void);
/** The CR4 that the hypervisor itself runs with; guests' bits are added in pv/. */
extern uint64_t hv_cr4;
/** Patches CLAC into the entry paths where there is SMAP. Boot CPU, before text is sealed. */
__init void cpu_patch_clac(void);

#endif
