/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the boot loader's 32-bit world to C. Multiboot 1 (QEMU -kernel) and Multiboot 2 (GRUB on BIOS and UEFI) both
 * enter at start32 with paging off, magic in EAX and the information structure in EBX; the image is somewhere 2 MiB
 * aligned.
 *
 * Requires: nothing but flat segments. There is no stack yet, and no fixed address.
 */
#include <arch/layout.h>

#define CR0_START  0x80050033 /* PG AM WP NE ET MP PE */
#define CR4_START  0xa0       /* PAE PGE */

/* Address of a symbol relative to the load base in %esi. */
#define OFS(sym) ofs_##sym          /* made by image.lds, for the assembler cannot subtract across sections */

    .section .head, "ax"
    .code32

    .align 4
multiboot1_header:
    .long 0x1badb002
    .long 0x00000003                /* modules page aligned, memory information */
    .long -(0x1badb002 + 0x00000003)

    .align 8
multiboot2_header:
    .long 0xe85250d6
    .long 0                         /* i386, protected mode */
    .long multiboot2_end - multiboot2_header
    .long -(0xe85250d6 + (multiboot2_end - multiboot2_header))

    .align 8
    .short 1, 0                     /* information that we need: command line, modules, memory map */
    .long 24
    .long 1, 3, 6, 0
    .align 8
    .short 6, 0                     /* modules page aligned */
    .long 8
    .align 8
    .short 10, 0                    /* relocatable: anywhere between 2 MiB and 4 GiB, 2 MiB aligned, low preferred */
    .long 24
    .long 0x00200000, 0xffffffff, 0x00200000, 1
    .align 8
    .short 5, 1                     /* framebuffer: whatever there is */
    .long 20
    .long 0, 0, 0
    .align 8
    .short 0, 0
    .long 8
multiboot2_end:

    .globl start32
start32:
    cld
    cli

    /* Where are we? The first word of the information structure lends itself as a stack of one word. */
    mov     (%ebx), %edi
    lea     4(%ebx), %esp
    call    where
    .globl  where
where:
    pop     %esi
    mov     %edi, (%ebx)
    sub     $OFS(where), %esi          /* %esi: load base, for the rest of this file */

    lea     OFS(boot_stack_top)(%esi), %esp
    mov     %eax, %ebp              /* %ebp: magic, %ebx: information */
    mov     %esi, OFS(boot_load_base_in)(%esi)

    /* Clear .bss and .init.bss: a loader of a flat image may not have done it. */
    lea     OFS(file_end)(%esi), %edi
    lea     OFS(image_end)(%esi), %ecx
    sub     %edi, %ecx
    shr     $2, %ecx
    xor     %eax, %eax
    rep stosl

    /* No long mode: say so and stop, with the only device that every PC has. */
    mov     $0x80000000, %eax
    push    %ebx
    cpuid
    cmp     $0x80000001, %eax
    jb      no_long_mode
    mov     $0x80000001, %eax
    cpuid
    bt      $29, %edx
    jnc     no_long_mode

    /* Nor anything that the compiler takes for granted before faults can be told. */
    xor     %eax, %eax
    cpuid
    cmp     $1, %eax
    jb      1f
    mov     $1, %eax
    cpuid
    bt      $15, %edx
    jnc     no_cmov
1:  pop     %ebx

    /* Identity map of the first 4 GiB, in 2 MiB pages. */
    lea     OFS(boot_l2_identity)(%esi), %edi
    mov     $BOOT_PTE_2M, %eax
    mov     $2048, %ecx
2:  mov     %eax, (%edi)
    movl    $0, 4(%edi)
    add     $8, %edi
    add     $0x200000, %eax
    loop    2b

    lea     OFS(boot_l2_identity) + BOOT_PTE_TABLE(%esi), %eax
    lea     OFS(boot_l3_identity)(%esi), %edi
    mov     $4, %ecx
3:  mov     %eax, (%edi)
    add     $8, %edi
    add     $0x1000, %eax
    loop    3b

    /* The image at IMAGE_VIRT: 16 MiB from the load base. */
    lea     BOOT_PTE_2M(%esi), %eax
    lea     OFS(boot_l2_image)(%esi), %edi
    mov     $8, %ecx
4:  mov     %eax, (%edi)
    add     $8, %edi
    add     $0x200000, %eax
    loop    4b

    lea     OFS(boot_l2_image) + BOOT_PTE_TABLE(%esi), %eax
    mov     %eax, OFS(boot_l3_image)(%esi)
    lea     OFS(boot_l3_identity) + BOOT_PTE_TABLE(%esi), %eax
    mov     %eax, OFS(boot_l4)(%esi)
    lea     OFS(boot_l3_image) + BOOT_PTE_TABLE(%esi), %eax
    mov     %eax, OFS(boot_l4) + ((IMAGE_VIRT >> 39) & 511) * 8(%esi)

    /* Long mode: PAE, the tables, EFER.LME, and paging. NXE is tried later, where a fault is caught. */
    mov     $CR4_START, %eax
    mov     %eax, %cr4
    lea     OFS(boot_l4)(%esi), %eax
    mov     %eax, %cr3
    mov     $0xc0000080, %ecx
    rdmsr
    or      $0x100, %eax
    wrmsr
    mov     $CR0_START, %eax
    mov     %eax, %cr0

    lea     OFS(boot_gdt)(%esi), %eax
    mov     %eax, OFS(boot_gdt_ptr) + 2(%esi)
    lgdt    OFS(boot_gdt_ptr)(%esi)
    lea     OFS(start64)(%esi), %eax
    push    $8
    push    %eax
    lret

no_cmov:
    lea     OFS(no_cmov_text)(%esi), %esi
    jmp     say_and_stop
no_long_mode:
    lea     OFS(no_long_mode_text)(%esi), %esi
say_and_stop:
    mov     $0xb8000, %edi
    mov     $0x3f8, %edx
5:  lodsb
    test    %al, %al
    jz      6f
    out     %al, %dx
    mov     $0x4f, %ah
    stosw
    jmp     5b
6:  hlt
    jmp     6b

    .globl  no_long_mode_text
no_long_mode_text:
    .asciz "Xenolith needs a 64-bit processor (long mode), and this one has none.\r\n"
    .globl  no_cmov_text
no_cmov_text:
    .asciz "Xenolith needs a processor with CMOV, and this one has none.\r\n"

    .code64
    .globl  start64
start64:
    mov     $16, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    xor     %eax, %eax
    mov     %eax, %fs
    mov     %eax, %gs
    movabs  $7f, %rax
    jmp     *%rax
7:  lea     boot_stack_top(%rip), %rsp
    sub     $256, %rsp              /* room for struct cpu_info */
    and     $-16, %rsp
    mov     %ebp, %edi
    mov     %ebx, %esi
    mov     boot_load_base_in(%rip), %edx
    call    boot_early
8:  hlt
    jmp     8b

    .section .init.data.boot, "aw"
    .align 8
    .globl  boot_gdt
boot_gdt:
    .quad 0
    .quad 0x00af9a000000ffff        /* 64-bit code */
    .quad 0x00cf92000000ffff        /* data */
    .globl  boot_gdt_ptr
boot_gdt_ptr:
    .short 23
    .long 0
    .align 4
    .globl boot_load_base_in
boot_load_base_in: .long 0

    .section .init.bss.stack, "aw", @nobits
    .balign STACK_SIZE
    .skip   STACK_SIZE
    .globl  boot_stack_top
boot_stack_top:

    .section .init.bss.boot, "aw", @nobits
    .balign 4096
    .globl  boot_l4
boot_l4:           .skip 4096
    .globl  boot_l3_identity
boot_l3_identity:  .skip 4096
    .globl  boot_l2_identity
boot_l2_identity:  .skip 4 * 4096
    .globl  boot_l3_image
boot_l3_image:     .skip 4096
    .globl  boot_l2_image
boot_l2_image:     .skip 4096
