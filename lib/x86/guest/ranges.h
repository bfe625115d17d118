/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which virtual addresses of a guest are the hypervisor's, by the guest's ABI (xen/arch-x86/xen-x86_64.h and
 * xen-x86_32.h), and the one number that XENVER_platform_parameters makes of it.
 *
 * That number is where a 32-bit PV kernel's address space ends. For the other ABIs no number would be right: a 64-bit
 * PV kernel has addresses above the hypervisor as well as below, and a translated guest shares none with it.
 */
#ifndef LIB_X86_GUEST_RANGES_H
#define LIB_X86_GUEST_RANGES_H

#include "port.h"

enum guest_abi { GUEST_PV64, GUEST_PV32, GUEST_HVM64, GUEST_HVM32 }; /* HVM: PVH as well; by the caller's mode */

#define GUEST_PV64_START 0xffff800000000000ULL /* L4 slots 256 to 271 */
#define GUEST_PV64_LAST  0xffff87ffffffffffULL
#define GUEST_M2P_START  0xffff800000000000ULL /* the machine-to-physical table that PV kernels read: at most 256 GiB */
#define GUEST_M2P_LAST   0xffff803fffffffffULL
#define GUEST_PV32_START 0xf5800000ULL
#define GUEST_PV32_M2P_END 0xffe00000ULL

/** Both ends belong to it. */
struct guest_range {
    uint64_t start, last;
};

/**
 * Where the hypervisor begins in a 32-bit PV guest. A domU's is fixed; dom0's is as high as the table of
 * @machine_frames frames at its end allows, but not below the guest's @hv_start_low (0 if it says nothing), in 2 MiB.
 * 0 if the two cannot be had together: HV_START_LOW is above GUEST_PV32_START.
 */
uint64_t guest_pv32_start(bool dom0, uint64_t hv_start_low, uint64_t machine_frames);

/** The hypervisor's addresses in such a guest; false if it has none. @pv32_start: of guest_pv32_start(). */
bool guest_hypervisor_range(enum guest_abi abi, uint64_t pv32_start, struct guest_range *range);

/** XENVER_platform_parameters' virt_start. @legacy: as Xen 4.17 gives it, for every ABI. */
uint64_t guest_virt_start(enum guest_abi abi, uint64_t pv32_start, bool legacy);

#endif
