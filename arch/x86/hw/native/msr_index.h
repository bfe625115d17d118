/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the model-specific registers that we use (APM vol. 2, appendix A; SDM vol. 4). */
#ifndef HW_NATIVE_MSR_INDEX_H
#define HW_NATIVE_MSR_INDEX_H

#define MSR_TSC            0x00000010
#define MSR_PLATFORM_ID    0x00000017
#define MSR_UCODE_REVISION 0x0000008b
#define MSR_PLATFORM_INFO  0x000000ce
#define MSR_MISC_FEATURES  0x00000140
#define MSR_SPEC_CTRL      0x00000048
#define MSR_APIC_BASE      0x0000001b
#define APIC_BASE_BSP      0x100
#define APIC_BASE_X2APIC   0x400
#define APIC_BASE_ENABLE   0x800
#define MSR_ARCH_CAPABILITIES 0x0000010a
#define MSR_TSX_FORCE_ABORT 0x0000010f
#define MSR_TSX_CTRL       0x00000122
#define MSR_MCU_OPT_CTRL   0x00000123
#define MSR_THERM_STATUS   0x0000019c
#define MSR_TEMPERATURE_TARGET 0x000001a2
#define MSR_PACKAGE_THERM_STATUS 0x000001b1
#define MSR_CMT_EVTSEL     0x00000c8d
#define MSR_CMT_CTR        0x00000c8e
#define MSR_MCG_CAP        0x00000179
#define MSR_SYSENTER_CS    0x00000174
#define MSR_SYSENTER_ESP   0x00000175
#define MSR_SYSENTER_EIP   0x00000176
#define MSR_PAT            0x00000277
#define MSR_MTRR_DEF_TYPE  0x000002ff
#define MSR_TSC_DEADLINE   0x000006e0
#define MSR_X2APIC_BASE    0x00000800
#define MSR_XSS            0x00000da0
#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_CSTAR          0xc0000083
#define MSR_SYSCALL_MASK   0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX        0xc0000103
#define MSR_AMD_DE_CFG     0xc0011029
#define AMD_DE_CFG_LFENCE_WAITS 0x2ULL

/** The PAT that the PV ABI promises: WB WT UC- UC WC WP UC UC. */
#define PAT_PV_ABI 0x050100070406ULL

#endif
