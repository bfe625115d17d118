/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a CPU begins after its start-up IPI: real mode, at the start of a page below 1 MiB to which boot/smp.c has
 * copied this code. It goes to long mode on page tables that map this page as well as us, then to ap_start() on its own
 * stack. The fields at the end are filled in by boot/smp.c.
 */
#include <arch/layout.h>

#define HERE(sym) ((sym) - trampoline_start)

    .section .rodata.trampoline, "a"
    .balign 16
    .globl  trampoline_start
trampoline_start:
    .code16
    cli
    cld
    mov     %cs, %ax
    mov     %ax, %ds
    lgdtl   HERE(trampoline_gdt_ptr)
    mov     %cr0, %eax
    or      $1, %eax
    mov     %eax, %cr0
    ljmpl   *HERE(trampoline_far32)

    .code32
trampoline32:
    mov     $16, %eax
    mov     %eax, %ds
    mov     %eax, %ss
    /* %ebx: where this page is; lgdt's base is it. */
    .byte   0xb8                    /* mov $imm32, %eax: the page's address */
    .globl  trampoline_base_field
trampoline_base_field:
    .long   0
    mov     %eax, %ebx
    mov     $0xa0, %eax             /* PAE, PGE */
    mov     %eax, %cr4
    mov     HERE(trampoline_cr3)(%ebx), %eax
    mov     %eax, %cr3
    mov     $0xc0000080, %ecx
    rdmsr
    or      HERE(trampoline_efer)(%ebx), %eax
    wrmsr
    mov     $0x80050033, %eax
    mov     %eax, %cr0
    ljmpl   *HERE(trampoline_far64)(%ebx)

    .code64
trampoline64:
    mov     HERE(trampoline_stack)(%rbx), %rsp
    mov     HERE(trampoline_entry)(%rbx), %rax
    mov     HERE(trampoline_cpu)(%rbx), %edi
    xor     %ebp, %ebp
    call    *%rax
1:  hlt
    jmp     1b

    .balign 8
    .globl  trampoline_gdt, trampoline_gdt_ptr, trampoline_far32, trampoline_far64, trampoline_cr3, trampoline_efer
    .globl  trampoline_stack, trampoline_entry, trampoline_cpu, trampoline_end, trampoline32_offset, trampoline64_offset
trampoline_gdt:
    .quad   0
    .quad   0x00cf9a000000ffff      /* 8: 32-bit code */
    .quad   0x00cf92000000ffff      /* 16: data */
    .quad   0x00af9a000000ffff      /* 24: 64-bit code */
trampoline_gdt_ptr:
    .short  31
    .long   0
    .short  0
trampoline_far32:
    .long   0
    .short  8, 0
trampoline_far64:
    .long   0
    .short  24, 0
trampoline_cr3:   .long 0
trampoline_efer:  .long 0
trampoline_stack: .quad 0
trampoline_entry: .quad 0
trampoline_cpu:   .long 0
trampoline_end:

    .balign 4
trampoline32_offset: .long HERE(trampoline32)
trampoline64_offset: .long HERE(trampoline64)
