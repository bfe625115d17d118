/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SYSCALL and SYSENTER. Neither switches stacks, and no register says which CPU this is, so LSTAR and CSTAR point to a
 * stub of the CPU's own (made by entry/syscall.c) that stores RSP in cpu_info.syscall_rsp, loads RSP with
 * &guest_regs.es, and comes here. RFLAGS is in R11, RIP in RCX; interrupts, AC, DF and TF are off by MSR_SYSCALL_MASK.
 */
#include "entry/frame.h"

#include <arch/layout.h>

    .section .text.entry, "ax"

.macro SYSCALL_FRAME cs, vector
    push    $HV_RING3_SS
    push    (CPUINFO_SYSCALL_RSP - REGS_SS)(%rsp)
    push    %r11
    push    $\cs
    push    %rcx
    push    $0
    movl    $\vector, 4(%rsp)
    SAVE_REGS
.endm

    .balign 16
    .globl  syscall64_entry
syscall64_entry:
    SYSCALL_FRAME HV_RING3_CS64, VECTOR_SYSCALL64
    CALL_WITH_FRAME syscall64
    jmp     exit_to_guest

    .balign 16
    .globl  syscall32_entry
syscall32_entry:
    SYSCALL_FRAME HV_RING3_CS32, VECTOR_SYSCALL32
    CALL_WITH_FRAME syscall32
    jmp     exit_to_guest

    /*
     * SYSENTER loads RSP from an MSR with &guest_regs.es and keeps nothing:
     * RIP, RSP and flags are the guest's guess work.
     */
    .balign 16
    .globl  sysenter_entry
sysenter_entry:
    push    $HV_RING3_SS
    push    $0
    pushfq
    push    $HV_RING3_CS64
    push    $0
    push    $0
    movl    $VECTOR_SYSENTER, 4(%rsp)
    SAVE_REGS
    push    $2                      /* the guest may have set NT or TF: SYSENTER masks neither */
    popfq
    CALL_WITH_FRAME sysenter
    jmp     exit_to_guest
