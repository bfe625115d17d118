/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and bits of model-specific registers, those that the hypervisor uses and those by which guests' accesses are
 * judged: here and nowhere else. AMD64 APM volume 2, appendix A; Intel SDM volume 4. For assembly, too.
 */
#ifndef LIB_X86_MSR_INDEX_H
#define LIB_X86_MSR_INDEX_H

#define MSR_P5_MC_ADDR           0x00000000
#define MSR_P5_MC_TYPE           0x00000001
#define MSR_TSC                  0x00000010
#define MSR_PLATFORM_ID          0x00000017
#define MSR_APIC_BASE            0x0000001b
#define MSR_FEATURE_CONTROL      0x0000003a
#define MSR_TSC_ADJUST           0x0000003b
#define MSR_SPEC_CTRL            0x00000048
#define MSR_PRED_CMD             0x00000049
#define MSR_UCODE_WRITE          0x00000079
#define MSR_UCODE_REVISION       0x0000008b
#define MSR_PMC0                 0x000000c1
#define MSR_PMC7                 0x000000c8
#define MSR_PLATFORM_INFO        0x000000ce
#define MSR_MPERF                0x000000e7
#define MSR_APERF                0x000000e8
#define MSR_MTRR_CAP             0x000000fe
#define MSR_ARCH_CAPS            0x0000010a
#define MSR_FLUSH_CMD            0x0000010b
#define MSR_TSX_FORCE_ABORT      0x0000010f
#define MSR_TSX_CTRL             0x00000122
#define MSR_MCU_OPT_CTRL         0x00000123
#define MSR_MISC_FEATURES        0x00000140
#define MSR_SYSENTER_CS          0x00000174
#define MSR_SYSENTER_ESP         0x00000175
#define MSR_SYSENTER_EIP         0x00000176
#define MSR_MCG_CAP              0x00000179
#define MSR_MCG_STATUS           0x0000017a
#define MSR_MCG_CTL              0x0000017b
#define MSR_PERFEVTSEL0          0x00000186
#define MSR_PERFEVTSEL3          0x00000189
#define MSR_PERF_STATUS          0x00000198
#define MSR_PERF_CTL             0x00000199
#define MSR_THERM_STATUS         0x0000019c
#define MSR_MISC_ENABLE          0x000001a0
#define MSR_TEMPERATURE_TARGET   0x000001a2
#define MSR_PACKAGE_THERM_STATUS 0x000001b1
#define MSR_DEBUGCTL             0x000001d9
#define MSR_LAST_BRANCH_FROM     0x000001db
#define MSR_LAST_EXCEPTION_TO    0x000001de
#define MSR_MTRR_BASE0           0x00000200
#define MSR_MTRR_MASK7           0x0000020f
#define MSR_MTRR_FIX64K          0x00000250
#define MSR_MTRR_FIX16K_0        0x00000258
#define MSR_MTRR_FIX16K_1        0x00000259
#define MSR_MTRR_FIX4K_0         0x00000268
#define MSR_MTRR_FIX4K_7         0x0000026f
#define MSR_PAT                  0x00000277
#define MSR_MC0_CTL2             0x00000280
#define MSR_MC31_CTL2            0x0000029f
#define MSR_MTRR_DEF_TYPE        0x000002ff
#define MSR_FIXED_CTR0           0x00000309
#define MSR_FIXED_CTR2           0x0000030b
#define MSR_PERF_CAPS            0x00000345
#define MSR_FIXED_CTR_CTRL       0x0000038d
#define MSR_GLOBAL_OVF_CTRL      0x00000390
#define MSR_MC0_CTL              0x00000400
#define MSR_MC1_MISC             0x00000407
#define MSR_MC31_MISC            0x0000047f
#define MSR_TSC_DEADLINE         0x000006e0
#define MSR_X2APIC_BASE          0x00000800
#define MSR_CMT_EVTSEL           0x00000c8d
#define MSR_CMT_CTR              0x00000c8e
#define MSR_XSS                  0x00000da0
#define MSR_HYPERCALL_PAGE       0x40000000 /* as CPUID 0x40000002 says */
#define MSR_EFER                 0xc0000080
#define MSR_STAR                 0xc0000081
#define MSR_LSTAR                0xc0000082
#define MSR_CSTAR                0xc0000083
#define MSR_SYSCALL_MASK         0xc0000084
#define MSR_FS_BASE              0xc0000100
#define MSR_GS_BASE              0xc0000101
#define MSR_KERNEL_GS_BASE       0xc0000102
#define MSR_TSC_AUX              0xc0000103
#define MSR_AMD_TSC_RATIO        0xc0000104
#define MSR_AMD_EVNTSEL0         0xc0010000
#define MSR_AMD_PERFCTR3         0xc0010007
#define MSR_AMD_SYSCFG           0xc0010010
#define MSR_AMD_HWCR             0xc0010015
#define MSR_AMD_IORR_BASE0       0xc0010016
#define MSR_AMD_IORR_MASK1       0xc0010019
#define MSR_AMD_TOM              0xc001001a
#define MSR_AMD_TOM2             0xc001001d
#define MSR_AMD_NB_CFG           0xc001001f
#define MSR_AMD_INT_PENDING      0xc0010055
#define MSR_AMD_FAM10H_MMIO      0xc0010058
#define MSR_AMD_PSTATE_LIMIT     0xc0010061
#define MSR_AMD_PSTATE_STATUS    0xc0010063
#define MSR_AMD_PSTATE0          0xc0010064
#define MSR_AMD_PSTATE7          0xc001006b
#define MSR_AMD_TSEG_BASE        0xc0010112
#define MSR_AMD_TSEG_MASK        0xc0010113
#define MSR_VM_CR                0xc0010114
#define MSR_VM_HSAVE             0xc0010117
#define MSR_AMD_VIRT_SPEC_CTRL   0xc001011f
#define MSR_AMD_CORE_EVNTSEL0    0xc0010200
#define MSR_AMD_CORE_PERFCTR5    0xc001020b
#define MSR_AMD_CU_CFG           0xc0011023
#define MSR_AMD_DE_CFG           0xc0011029
#define MSR_AMD_BU_CFG2          0xc001102a
#define MSR_AMD_EX_CFG           0xc001102c

#define EFER_SCE   0x1
#define EFER_LME   0x100
#define EFER_LMA   0x400
#define EFER_NXE   0x800
#define EFER_SVME  0x1000
#define EFER_FFXSR 0x4000
#define EFER_GUEST (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE | EFER_FFXSR) /* what a PV guest sees of it */

#define APIC_BASE_DEFAULT 0xfee00000ULL
#define APIC_BASE_BSP     BIT(8)
#define APIC_BASE_X2APIC  BIT(10)
#define APIC_BASE_ENABLE  BIT(11)

#define MISC_ENABLE_BTS_UNAVAIL  BIT(11)
#define MISC_ENABLE_PEBS_UNAVAIL BIT(12)
#define MISC_ENABLE_PERF         BIT(7)
#define MISC_ENABLE_MONITOR      BIT(18)
#define MISC_ENABLE_LIMIT_CPUID  BIT(22)
#define MISC_ENABLE_NO_XTPR      BIT(23)

#define FEATURE_CONTROL_LOCK BIT(0)
#define SYSCFG_GUEST         (BIT(18) | BIT(20) | BIT(21) | BIT(22)) /* which kinds of MTRRs there are, TOM2 */
#define MCG_CAP_BANKS        2u
#define MCG_CAP_INTEL        (BIT(10) | BIT(11) | BIT(24)) /* CMCI, threshold status, software recovery */

#define MISC_FEATURES_CPUID_FAULT BIT(0)
#define DE_CFG_LFENCE_SERIALISE   BIT(1)

#define SPEC_CTRL_IBRS  BIT(0)
#define SPEC_CTRL_STIBP BIT(1)
#define SPEC_CTRL_SSBD  BIT(2)
#define SPEC_CTRL_PSFD  BIT(7)
#define PRED_CMD_IBPB   BIT(0)
#define PRED_CMD_SBPB   BIT(7)

#endif
