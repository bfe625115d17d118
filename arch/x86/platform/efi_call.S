/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the firmware and back (UEFI 2.9, 2.3.4: the calling convention of 64-bit Windows).
 *
 * uint64_t efi_call(uint64_t function, const uint64_t argument[5], uint64_t *stack)
 *
 * *stack holds where to pick up the stack pointer if the firmware faults: then trap/dispatch.c goes on at
 * efi_call_aborted, and this returns EFI_DEVICE_ERROR.
 */
    .section .text.efi, "ax"

    .globl  efi_call
efi_call:
    push    %rbp
    push    %rbx
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    mov     %rsp, (%rdx)
    mov     %rdi, %rax
    mov     %rsi, %r10
    mov     (%r10), %rcx
    mov     8(%r10), %rdx
    mov     16(%r10), %r8
    mov     24(%r10), %r9
    mov     32(%r10), %r11
    sub     $40, %rsp               /* room for four arguments in registers, and the fifth; aligned to 16 */
    mov     %r11, 32(%rsp)
    cld
    call    *%rax
    add     $40, %rsp
    jmp     1f

    .globl  efi_call_aborted
efi_call_aborted:
    movabs  $0x8000000000000007, %rax
1:  cld
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbx
    pop     %rbp
    ret
