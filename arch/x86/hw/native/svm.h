/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instructions and registers of AMD's virtual machines (APM volume 2, chapter 15; volume 3, VMLOAD, VMSAVE). */
#ifndef HW_NATIVE_SVM_H
#define HW_NATIVE_SVM_H

#include <stdint.h>

#define VM_CR_SVMDIS 0x10

/** FS, GS, TR, LDTR, and the registers of SYSCALL and SYSENTER to the control block at machine address @vmcb. */
static inline void vmsave(uint64_t vmcb)
{
    __asm__ volatile("vmsave" : : "a"(vmcb) : "memory");
}
/** The same from there. */
static inline void vmload(uint64_t vmcb)
{
    __asm__ volatile("vmload" : : "a"(vmcb) : "memory");
}

/** A machine check that stopped a guest goes where one that had hit the hypervisor would have gone. */
static inline void raise_machine_check(void)
{
    __asm__ volatile("int $18" : : : "memory");
}

#endif
