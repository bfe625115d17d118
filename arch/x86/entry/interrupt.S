/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts: a stub for each vector from 32 on, 16 bytes apart, and the common path to interrupt_entry() in irq/. */
#include "entry/frame.h"

    .section .text.entry, "ax"

    .balign 16
    .globl  interrupt_stubs
interrupt_stubs:
    .set    n, 32
    .rept   224
    .balign 16
    push    $0
    movl    $n, 4(%rsp)
    jmp     interrupt_common
    .set    n, n + 1
    .endr

    .balign 16
interrupt_common:
    SAVE_REGS
    CLAC_SITE
    CALL_WITH_FRAME interrupt_entry
    testb   $3, REGS_CS(%rsp)
    jnz     exit_to_guest
    jmp     exit_to_hypervisor
