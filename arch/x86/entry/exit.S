/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way to a guest: C does all outstanding work and leaves interrupts off, then the registers in
 * cpu_info.guest_regs become the CPU's. Requires: %rsp = guest_regs.
 */
#include "entry/frame.h"

    .section .text.entry, "ax"

    .balign 16
    .globl  exit_to_guest
exit_to_guest:
    CALL_WITH_FRAME exit_work
    RESTORE_REGS
    .globl  exit_iret
exit_iret:
    iretq                           /* a fault here is the guest's state being bad: trap/dispatch.c knows the label */

    /* void exit_from_top(void): forget what is on the stack and go to the guest, or idle. Does not return. */
    .balign 16
    .globl  exit_from_top
exit_from_top:
    or      $0xffff, %rsp           /* STACK_SIZE - 1 */
    sub     $(CPUINFO_SIZE - 1), %rsp
    jmp     exit_to_guest

    /* void stack_switch_and_call(void *top, void (*fn)(void)): leaves the boot stack for good. */
    .globl  stack_switch_and_call
stack_switch_and_call:
    mov     %rdi, %rsp
    xor     %ebp, %ebp
    call    *%rsi
    ud2
