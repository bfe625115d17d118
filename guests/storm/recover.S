/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jumps that a compiler does not make. Offsets are those of struct recover and struct registers. */
    .text
    .globl storm_setjmp
storm_setjmp:
    mov     %rbx, 0(%rdi)
    mov     %rbp, 8(%rdi)
    mov     %r12, 16(%rdi)
    mov     %r13, 24(%rdi)
    mov     %r14, 32(%rdi)
    mov     %r15, 40(%rdi)
    lea     8(%rsp), %rax
    mov     %rax, 48(%rdi)
    mov     (%rsp), %rax
    mov     %rax, 56(%rdi)
    xor     %eax, %eax
    ret

    .globl storm_longjmp
storm_longjmp:
    cld
    mov     0(%rdi), %rbx
    mov     8(%rdi), %rbp
    mov     16(%rdi), %r12
    mov     24(%rdi), %r13
    mov     32(%rdi), %r14
    mov     40(%rdi), %r15
    mov     48(%rdi), %rsp
    mov     $1, %eax
    jmp     *56(%rdi)

.macro LOAD_ALL_BUT_RDI
    mov     0(%rdi), %rax
    mov     8(%rdi), %rcx
    mov     16(%rdi), %rdx
    mov     24(%rdi), %rbx
    mov     40(%rdi), %rbp
    mov     48(%rdi), %rsi
    mov     64(%rdi), %r8
    mov     72(%rdi), %r9
    mov     80(%rdi), %r10
    mov     88(%rdi), %r11
    mov     96(%rdi), %r12
    mov     104(%rdi), %r13
    mov     112(%rdi), %r14
    mov     120(%rdi), %r15
.endm

    .globl storm_execute
storm_execute:
    push    %rsi
    mov     32(%rdi), %rsi
    pop     -8(%rsi)                /* the new stack: where to */
    mov     %rsi, %rsp
    LOAD_ALL_BUT_RDI
    mov     56(%rdi), %rdi
    jmp     *-8(%rsp)

    .globl storm_iret
storm_iret:
    mov     %rsi, %rsp
    LOAD_ALL_BUT_RDI
    mov     56(%rdi), %rdi
    mov     $23, %eax
    syscall
    ud2

    /* A further vCPU: rdi is its struct hostile, rsp its stack. */
    .globl storm_secondary
storm_secondary:
    cld
    xor     %ebp, %ebp
    call    storm_run
    ud2
    .section .note.GNU-stack, "", @progbits
