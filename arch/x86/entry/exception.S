/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions: 32 stubs that make the frames alike, and the common path to exception_entry() in trap/dispatch.c. */
#include "entry/frame.h"

    .section .text.entry, "ax"

    /* Vectors whose exception pushes an error code: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX (APM vol. 2, table 8-1). */
.macro EXCEPTION_STUB vector
    .balign 16
exception_stub_\vector:
    /* #DF, #TS to #PF, #AC, #CP, #VC and #SX come with an error code (APM vol. 2, table 8-1). */
    .if !((1 << \vector) & (1 << 8 | 0x1f << 10 | 1 << 17 | 1 << 21 | 1 << 29 | 1 << 30))
    push    $0
    .endif
    movl    $\vector, 4(%rsp)
    .if (\vector == 2) || (\vector == 8) || (\vector == 18)
    jmp     ist_common
    .elseif \vector == 1
    jmp     debug_common
    .else
    jmp     exception_common
    .endif
.endm

    .balign 16
    .globl  exception_stubs
exception_stubs:
    .altmacro
    .set    n, 0
    .rept   32
    EXCEPTION_STUB %n
    .set    n, n + 1
    .endr
    .noaltmacro

    .balign 16
exception_common:
    SAVE_REGS
    CLAC_SITE
exception_saved:
    CALL_WITH_FRAME exception_entry
    testb   $3, REGS_CS(%rsp)
    jnz     exit_to_guest
    .globl  exit_to_hypervisor
exit_to_hypervisor:
    RESTORE_REGS
    iretq

    /*
     * #DB may hit on the first instruction of the syscall stub, where RSP is still the guest's (MOV SS; SYSCALL with a
     * breakpoint on the load): so it has a stack of its own. A guest's is moved to where every guest's frame is.
     */
debug_common:
    SAVE_REGS
    CLAC_SITE
    testb   $3, REGS_CS(%rsp)
    jz      exception_saved
    mov     %rsp, %rsi
    mov     %rsp, %rdi
    or      $0xffff, %rdi           /* STACK_SIZE - 1 */
    sub     $(CPUINFO_SIZE - 1), %rdi
    mov     $(REGS_HW_END / 8), %ecx
    cld
    rep movsq
    lea     -REGS_HW_END(%rdi), %rsp
    jmp     exception_saved

    /* NMI, #DF and #MC have stacks of their own, and may hit anywhere: no exit work, whoever was interrupted. */
ist_common:
    SAVE_REGS
    CLAC_SITE
    CALL_WITH_FRAME ist_entry
    RESTORE_REGS
    iretq
