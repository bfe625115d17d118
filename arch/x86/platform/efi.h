/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EFI's runtime services (UEFI 2.9, chapter 8), for the hardware domain and to restart.
 *
 * Firmware runs at its physical addresses (SetVirtualAddressMap is never called) on a page table of its own, which has
 * what the EFI memory map calls runtime memory and the hypervisor's half, no guest's. One CPU at a time; interrupts
 * stay on, so nobody's get lost; the vCPU's extended state is put aside. A fault inside the firmware ends the call with
 * EFI_DEVICE_ERROR, and runtime services for good: whatever it was doing is half done.
 */
#ifndef PLATFORM_EFI_H
#define PLATFORM_EFI_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/boot/boot_info.h"

#define EFI_DEVICE_ERROR 0x8000000000000007ull
#define EFI_UNSUPPORTED  0x8000000000000003ull
#define EFI_IS_ERROR(s)  ((s) >> 63)

/** Places in EFI_RUNTIME_SERVICES (UEFI 2.9, 4.5.1), after its header. */
enum efi_service {
    EFI_GET_TIME,
    EFI_SET_TIME,
    EFI_GET_WAKEUP_TIME,
    EFI_SET_WAKEUP_TIME,
    EFI_SET_VIRTUAL_ADDRESS_MAP,
    EFI_CONVERT_POINTER,
    EFI_GET_VARIABLE,
    EFI_GET_NEXT_VARIABLE_NAME,
    EFI_SET_VARIABLE,
    EFI_GET_NEXT_HIGH_MONOTONIC_COUNT,
    EFI_RESET_SYSTEM,
    EFI_UPDATE_CAPSULE,
    EFI_QUERY_CAPSULE_CAPABILITIES,
    EFI_QUERY_VARIABLE_INFO,
    EFI_SERVICES
};

/** Prepares what @table (physical) offers; says why if there is nothing. After the heap and the final page tables. */
__init void efi_init(uint64_t table, bool wanted);
/** Revision of the runtime services, major in the upper half; 0 if there are none. */
uint32_t efi_runtime_revision(void);
/** The region of the EFI memory map that has @paddr, or NULL. */
const struct boot_efi_region *efi_region_of(uint64_t paddr);

/**
 * Calls @service for the current vCPU. 0 with EFI's answer in @status, -ENOSYS (no EFI), -EOPNOTSUPP (off, or they
 * failed), -ERESTART (another CPU is inside: try again later). Interrupts on, no locks. Buffers are the hypervisor's.
 */
int efi_runtime(enum efi_service service, const uint64_t argument[5], uint64_t *status);
/** Cold reset. Returns if there is no such service, or it failed. Interrupts off, the other CPUs stopped. */
void efi_reset(void);

/** Was the exception the firmware's? Then @regs go on where its caller notices. From trap/. */
bool efi_runtime_fault(struct cpu_user_regs *regs, uint64_t cr2);

#endif
