/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a vCPU is on x86. PV fields are read and written by the vCPU's own CPU, or by anyone while it is paused. */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include "hv/types.h"
#include "public.h"

#include "arch/x86/include/arch/hvm_vcpu.h"

/* An entry point of a PV guest kernel that the guest registered (CALLBACKOP_register). */
struct pv_callback {
    uint64_t address;
    bool mask_events;
};

#define PV_GDT_FRAMES    14 /* FIRST_RESERVED_GDT_PAGE */
#define PV_LDT_FRAMES    16
#define PV_MM_UNFINISHED 6 /* two of each level */
#define PV_TRAPS         256
#define PV_TRAPS_SIZE    (PV_TRAPS * sizeof(struct trap_info))

struct pv_vcpu {
    bool kernel_mode;       /* guest kernel, on guest_table; else guest user, on guest_table_user */
    mfn_t guest_table;      /* L4 of the kernel; referenced and typed. MFN_NONE before the first context */
    mfn_t guest_table_user; /* L4 of user mode, or MFN_NONE */
    paddr_t cr3;            /* what the CPU loads: one of them, or 0 */

    struct trap_info *trap; /* PV_TRAPS of them, a page; address 0: none */
    struct pv_callback event, failsafe, syscall64, syscall32, sysenter;
    uint64_t kernel_ss, kernel_sp; /* stack for entries from guest user mode (stack_switch) */

    uint64_t fs_base, gs_base_kernel, gs_base_user; /* while not running; fs and the active gs live in the CPU */

    uint64_t gdt_frame[PV_GDT_FRAMES]; /* mfns, of type FT_SEG_DESC */
    uint32_t gdt_entries;              /* 0: none */
    uint64_t ldt_base;                 /* guest VA, page aligned */
    uint32_t ldt_entries;
    uint64_t ldt_frame[PV_LDT_FRAMES]; /* mfn + 1 of pages faulted in, held as FT_SEG_DESC; 0: not yet */

    uint64_t mm_unfinished[PV_MM_UNFINISHED]; /* page tables left half released, see pv/mm/finish.c */

    uint64_t cr0_ts; /* guest's view: CR0_TS or 0 */
    uint64_t cr4;    /* guest-settable bits only */
    uint32_t iopl;      /* virtual, 0..3 */
    uint64_t io_bitmap; /* guest VA */
    uint32_t io_bitmap_ports;

    bool segments_bad; /* a selector in regs could not be loaded: the failsafe callback is to be called */
    bool nmi_pending, mce_pending;
    uint8_t async_masked; /* VCPU_TRAP_* being handled */
};

#define VCPU_LOADED_NOWHERE (~0u)

struct arch_vcpu {
    struct cpu_user_regs regs; /* while not on a CPU; on one, guest_regs() is right */
    uint32_t loaded_cpu;       /* the CPU whose registers last held this state; see guest/switch.c */
    void *xsave_area;          /* 64-byte aligned; sized by the xstate plan */
    uint64_t xcr0, xcr0_accum;
    uint64_t xss;
    uint64_t debugreg[8];
    uint32_t tsc_aux;
    uint64_t spec_ctrl;
    uint64_t msr_misc_features; /* MSR 0x140: CPUID faulting */
    union { /* by domain.type */
        struct pv_vcpu pv;
        struct hvm_vcpu hvm;
    };
};

#endif
