/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control code, a page that is copied and entered at its own machine address. See kexec/relocate.h for its
 * arguments (%rdi self, %rsi program, %rdx root, %rcx entry, %r8 32-bit), lib/kexec/program.h for the steps.
 *
 * Requires: interrupts off, this page and %rdx below 4 GiB, and the same mapping of this page in %cr3 and in %rdx.
 * Leaves to the new kernel (xen/kexec.h): interrupts off, NMIs on, no IDT, CR4.PAE only, flat segments, a stack of a
 * few hundred bytes at the end of this page, all other registers zero. It calls nothing and returns nowhere.
 */
#include "kexec/program.h"
#include "x86/msr/index.h"

#define CR0_PAGED    0x80000031     /* PG NE ET PE */
#define CR0_UNPAGED  0x00000031
#define CR4_PAE_ONLY 0x20

#define SEL_CODE64 0x08
#define SEL_DATA   0x10
#define SEL_CODE32 0x18

/* In 32-bit and in 64-bit mode: all but %rsp and %r8 to %r15. */
.macro CLEAR_LOW_REGS
    xor     %eax, %eax
    xor     %ebx, %ebx
    xor     %ecx, %ecx
    xor     %edx, %edx
    xor     %esi, %esi
    xor     %edi, %edi
    xor     %ebp, %ebp
.endm

    .section .rodata.kexec, "a"
    .balign 16
    .globl  kexec_relocate_start
kexec_relocate_start:
    .code64
    cli
    cld
    mov     %rdx, %cr3
    mov     $CR4_PAE_ONLY, %eax
    mov     %rax, %cr4
    mov     $CR0_PAGED, %eax
    mov     %rax, %cr0
    xor     %eax, %eax
    mov     %rax, %dr7
    lea     4096(%rdi), %rsp        /* this page's end: nothing else writes there */
    mov     %rcx, %r9

    lea     gdt(%rip), %rax
    mov     %rax, gdt_pointer + 2(%rip)
    lgdt    gdt_pointer(%rip)
    lidt    no_idt(%rip)
    mov     $SEL_DATA, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     %eax, %fs
    mov     %eax, %gs
    xor     %eax, %eax
    lldt    %ax

    /* One step a turn. */
    mov     %rsi, %r10
step:
    mov     (%r10), %rdi
    mov     8(%r10), %rsi
    mov     16(%r10), %rcx
    mov     %edi, %edx
    and     $KEXEC_STEP_MASK, %edx
    and     $~KEXEC_STEP_MASK, %rdi
    add     $KEXEC_STEP_SIZE, %r10
    shl     $9, %rcx                /* pages to words of 8 bytes */
    cmp     $KEXEC_STEP_COPY, %edx
    je      copy
    cmp     $KEXEC_STEP_ZERO, %edx
    je      zero
    cmp     $KEXEC_STEP_NEXT, %edx
    jne     done
    mov     %rdi, %r10
    jmp     step
copy:
    rep movsq
    jmp     step
zero:
    xor     %eax, %eax
    rep stosq
    jmp     step

done:
    wbinvd                          /* the code that was copied is what is fetched */
    test    %r8, %r8
    jnz     leave_long_mode

    /* IRET, because nothing else ends the blocking of NMIs if one of them brought us here. */
    lea     -64(%rsp), %rax
    pushq   $SEL_DATA
    push    %rax
    pushq   $2
    pushq   $SEL_CODE64
    push    %r9
    CLEAR_LOW_REGS
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    xor     %r10d, %r10d
    xor     %r11d, %r11d
    xor     %r12d, %r12d
    xor     %r13d, %r13d
    xor     %r14d, %r14d
    xor     %r15d, %r15d
    iretq

leave_long_mode:
    mov     %r9, %rbp               /* the entry point: 32-bit code cannot name %r9 */
    lea     in_32bit(%rip), %rax
    pushq   $SEL_CODE32
    push    %rax
    lretq
    .code32
in_32bit:
    mov     $CR0_UNPAGED, %eax
    mov     %eax, %cr0
    mov     $MSR_EFER, %ecx
    rdmsr
    and     $~EFER_LME, %eax
    wrmsr
    pushl   $2
    pushl   $SEL_CODE32
    push    %ebp
    CLEAR_LOW_REGS
    iret

    .balign 16
gdt:
    .quad   0
    .quad   0x00af9b000000ffff      /* 64-bit code */
    .quad   0x00cf93000000ffff      /* data, flat */
    .quad   0x00cf9b000000ffff      /* 32-bit code, flat */
gdt_pointer:
    .short  . - gdt - 1
    .quad   0
no_idt:
    .short  0
    .quad   0
    .globl  kexec_relocate_end
kexec_relocate_end:
