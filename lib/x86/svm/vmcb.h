/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual machine control block, as the processor reads and writes it (APM volume 2, appendix B). The compiler
 * compares offsets with the manual's.
 */
#ifndef LIB_X86_SVM_VMCB_H
#define LIB_X86_SVM_VMCB_H

#include "port.h"

/** A segment in the state-save area. @attr: bits 0 to 7 the access byte, 8 to 11 AVL, L, D, G. */
struct vmcb_segment {
    uint16_t selector, attr;
    uint32_t limit;
    uint64_t base;
};

/* Intercepts of the words at 0xc and 0x10. */
#define VMCB_INTR       BIT(0)
#define VMCB_NMI        BIT(1)
#define VMCB_SMI        BIT(2)
#define VMCB_INIT       BIT(3)
#define VMCB_VINTR      BIT(4)
#define VMCB_RDTSC      BIT(14)
#define VMCB_RDPMC      BIT(15)
#define VMCB_CPUID      BIT(18)
#define VMCB_IRET       BIT(20)
#define VMCB_INVD       BIT(22)
#define VMCB_PAUSE      BIT(23)
#define VMCB_HLT        BIT(24)
#define VMCB_INVLPGA    BIT(26)
#define VMCB_IOIO       BIT(27)
#define VMCB_MSR        BIT(28)
#define VMCB_TASK       BIT(29)
#define VMCB_FERR       BIT(30)
#define VMCB_SHUTDOWN   BIT(31)
#define VMCB2_VMRUN     BIT(0)
#define VMCB2_VMMCALL   BIT(1)
#define VMCB2_VMLOAD    BIT(2)
#define VMCB2_VMSAVE    BIT(3)
#define VMCB2_STGI      BIT(4)
#define VMCB2_CLGI      BIT(5)
#define VMCB2_SKINIT    BIT(6)
#define VMCB2_RDTSCP    BIT(7)
#define VMCB2_ICEBP     BIT(8)
#define VMCB2_WBINVD    BIT(9)
#define VMCB2_MONITOR   BIT(10)
#define VMCB2_MWAIT     BIT(11)
#define VMCB2_XSETBV    BIT(13)
#define VMCB2_RDPRU     BIT(14)

/* The virtual interrupt, at 0x60. */
#define VMCB_V_TPR_MASK     0xffULL
#define VMCB_V_IRQ          BIT(8)
#define VMCB_V_GIF          BIT(9)
#define VMCB_V_PRIO_SHIFT   16
#define VMCB_V_IGN_TPR      BIT(20)
#define VMCB_V_MASKING      BIT(24)
#define VMCB_V_VECTOR_SHIFT 32

/* An event, injected at 0xa8 or cut short at 0x88. */
#define VMCB_EVENT_VECTOR   0xffULL
#define VMCB_EVENT_TYPE     (7ULL << 8)
#define VMCB_EVENT_INTR     (0ULL << 8)
#define VMCB_EVENT_NMI      (2ULL << 8)
#define VMCB_EVENT_FAULT    (3ULL << 8)
#define VMCB_EVENT_SOFT     (4ULL << 8)
#define VMCB_EVENT_ERROR    BIT(11)
#define VMCB_EVENT_VALID    BIT(31)

struct vmcb {
    uint16_t cr_read, cr_write, dr_read, dr_write;
    uint32_t exceptions, intercepts, intercepts2, intercepts3;
    uint8_t reserved_18[0x3c - 0x18];
    uint16_t pause_threshold, pause_count;
    uint64_t iopm, msrpm, tsc_offset;
    uint32_t asid;
    uint8_t tlb_control, reserved_5d[3];
    uint64_t v_interrupt, shadow;
    uint64_t exit_code, exit_info1, exit_info2, exit_event;
    uint64_t nested, avic_bar, ghcb, event, nested_cr3, virt_extensions;
    uint32_t clean, reserved_c4;
    uint64_t next_rip;
    uint8_t code_count, code[15];
    uint64_t avic_page, reserved_e8, avic_logical, avic_physical, reserved_100, vmsa;
    uint8_t reserved_110[0x400 - 0x110];

    struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint8_t reserved_4a0[0x4cb - 0x4a0];
    uint8_t cpl;
    uint32_t reserved_4cc;
    uint64_t efer;
    uint8_t reserved_4d8[0x548 - 0x4d8];
    uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
    uint8_t reserved_580[0x5d8 - 0x580];
    uint64_t rsp;
    uint8_t reserved_5e0[0x5f8 - 0x5e0];
    uint64_t rax, star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip, cr2;
    uint8_t reserved_648[0x668 - 0x648];
    uint64_t g_pat, debugctl, branch_from, branch_to, exception_from, exception_to;
    uint8_t reserved_698[0x1000 - 0x698];
};

#define VMCB_AT(field, offset) _Static_assert(offsetof(struct vmcb, field) == (offset), "APM volume 2, appendix B")
VMCB_AT(exceptions, 0x8);
VMCB_AT(intercepts3, 0x14);
VMCB_AT(pause_threshold, 0x3c);
VMCB_AT(iopm, 0x40);
VMCB_AT(asid, 0x58);
VMCB_AT(v_interrupt, 0x60);
VMCB_AT(exit_code, 0x70);
VMCB_AT(exit_event, 0x88);
VMCB_AT(nested, 0x90);
VMCB_AT(event, 0xa8);
VMCB_AT(nested_cr3, 0xb0);
VMCB_AT(clean, 0xc0);
VMCB_AT(next_rip, 0xc8);
VMCB_AT(code_count, 0xd0);
VMCB_AT(vmsa, 0x108);
VMCB_AT(es, 0x400);
VMCB_AT(tr, 0x490);
VMCB_AT(cpl, 0x4cb);
VMCB_AT(efer, 0x4d0);
VMCB_AT(cr4, 0x548);
VMCB_AT(rip, 0x578);
VMCB_AT(rsp, 0x5d8);
VMCB_AT(rax, 0x5f8);
VMCB_AT(cr2, 0x640);
VMCB_AT(g_pat, 0x668);
VMCB_AT(exception_to, 0x690);
_Static_assert(sizeof(struct vmcb) == 0x1000, "a page");
#undef VMCB_AT

#define VMCB_NESTED_PAGING BIT(0)

#endif
