/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine's processors offer and we use. An instruction is used only where CPUID offers it. */
#ifndef CPU_FEATURES_H
#define CPU_FEATURES_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/cpuid/features.h"

extern bool cpu_has_nx, cpu_has_1g_pages, cpu_has_smep, cpu_has_smap, cpu_has_xsave, cpu_has_fsgsbase,
    cpu_has_x2apic, cpu_has_tsc_deadline, cpu_has_rdtscp, cpu_has_invariant_tsc, cpu_is_amd, cpu_is_intel, cpu_has_arat,
    cpu_has_rdpid;
extern uint8_t cpu_paddr_bits;
extern char cpu_model_name[49];

/** QEMU's emulation is the processor, by its own word: where it is known to differ from what manuals say. */
bool cpu_is_tcg(void);
/** Reads CPUID of the boot CPU. */
__init void cpu_features_detect(void);
/**
 * @feature, which CPUID claims, was tried and is not there: says so (@how: "CR4 does not take its bit")
 * and keeps it in mind.
 */
__init void cpu_feature_refused(unsigned int feature, const char *how);
/** Adds to @off every feature that was refused so far. Boot. */
__init void cpu_features_refused(uint32_t off[CPUFEAT_WORDS]);
/** Patches CLAC into the entry paths where there is SMAP. Boot CPU, before text is sealed. */
__init void cpu_patch_clac(void);

#endif
