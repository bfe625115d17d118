/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the state in which a PVH guest begins (docs/misc of the ABI: flat 32-bit segments, no paging, EBX at
 * hvm_start_info) to C in long mode, with the first 4 GiB mapped where they are.
 */
    .section .note.Xen, "a"
    .balign 4
    .long   4, 4, 18                /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz  "Xen"
    .long   pvh_start

#define ENTRY_REGS 12

    .section .text.start, "ax"
    .code32
    .globl  pvh_start
pvh_start:
    /* What it was entered with: values to look at later. */
    mov     %eax, pvh_entry + 0
    mov     %ebx, pvh_entry + 4
    mov     %ecx, pvh_entry + 8
    mov     %edx, pvh_entry + 12
    mov     %esi, pvh_entry + 16
    mov     %edi, pvh_entry + 20
    mov     %ebp, pvh_entry + 24
    mov     %esp, pvh_entry + 28
    mov     $stack_end, %esp
    pushf
    pop     pvh_entry + 32
    mov     %cr0, %eax
    mov     %eax, pvh_entry + 36
    mov     %cr3, %eax
    mov     %eax, pvh_entry + 40
    mov     %cr4, %eax
    mov     %eax, pvh_entry + 44

    lgdt    gdt_pointer
    mov     %cr4, %eax
    or      $0x620, %eax            /* PAE, OSFXSR, OSXMMEXCPT */
    mov     %eax, %cr4
    mov     $table4, %eax
    mov     %eax, %cr3
    mov     $0xc0000080, %ecx
    rdmsr
    or      $0x901, %eax            /* NXE, LME, SCE */
    wrmsr
    mov     %cr0, %eax
    or      $0x80010002, %eax       /* PG, WP, MP */
    mov     %eax, %cr0
    ljmp    $8, $long_mode

    .code64
long_mode:
    mov     $16, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     $24, %eax
    ltr     %ax
    lidt    idt_pointer
    call    pvh_main
1:  cli
    hlt
    jmp     1b

    /* pvh_narrow_call(): number and three arguments to EAX, EBX, ECX, EDX. */
    .globl  pvh_narrow_call
pvh_narrow_call:
    push    %rbx
    mov     %edi, %eax
    mov     %esi, %ebx
    xchg    %ecx, %edx
    xor     %esi, %esi
    xor     %edi, %edi
    lcall   *narrow_entry
    pop     %rbx
    ret
    .code32
narrow_code:
    vmmcall
    lret
    .code64

    /* A second vCPU: real mode, at a page below 1 MiB (smp.c copies this there), with the number of that page in CS. */
    .balign 16
    .code16
    .globl  ap_begin, ap_end
ap_begin:
    cli
    mov     %cs, %ax
    mov     %ax, %ds
    lgdtl   ap_gdt - ap_begin
    mov     $0x620, %eax
    mov     %eax, %cr4
    mov     $table4, %eax
    mov     %eax, %cr3
    mov     $0xc0000080, %ecx
    rdmsr
    or      $0x901, %eax
    wrmsr
    mov     $0x80010033, %eax
    mov     %eax, %cr0
    ljmpl   $8, $ap_long
ap_gdt:
    .word   gdt_end - gdt - 1
    .long   gdt
ap_end:
    .code64
ap_long:
    mov     $16, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     $ap_stack_end, %esp
    lidt    idt_pointer
    call    pvh_second
1:  hlt
    jmp     1b

    /* Vectors: each pushes its number, and an error code if the processor did not. */
    .balign 16
    .globl  vector_stubs
vector_stubs:
    .set    n, 0
    .rept   256
    .balign 16
    .if (n < 32)
    .if !((1 << n) & 0x60227d00)
    push    $0
    .endif
    .else
    push    $0
    .endif
    push    $n
    jmp     vector_common
    .set    n, n + 1
    .endr

vector_common:
    push    %rax
    push    %rcx
    push    %rdx
    push    %rsi
    push    %rdi
    push    %r8
    push    %r9
    push    %r10
    push    %r11
    mov     %rsp, %rdi
    cld
    call    pvh_trap
    pop     %r11
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rdi
    pop     %rsi
    pop     %rdx
    pop     %rcx
    pop     %rax
    add     $16, %rsp
    iretq

    .data
    .balign 16
gdt:
    .quad   0
    .quad   0x00af9b000000ffff      /* 8: 64-bit code */
    .quad   0x00cf93000000ffff      /* 16: data */
    .quad   0x0000890000000067, 0   /* 24: a task state segment; its base is 0, nothing is read from it */
    .quad   0x00cf9b000000ffff      /* 40: 32-bit code */
gdt_end:
gdt_pointer:
    .word   gdt_end - gdt - 1
    .long   gdt, 0
narrow_entry:
    .long   narrow_code
    .word   40
    .balign 8
    .word   0, 0, 0
idt_pointer:
    .word   256 * 16 - 1
    .quad   pvh_idt

    .balign 4096
table4:
    .quad   table3 + 7
    .fill   511, 8, 0
table3:
    .quad   table2 + 7, table2 + 0x1007, table2 + 0x2007, table2 + 0x3007
    .fill   508, 8, 0
table2:
    .set    at, 0
    .rept   2048
    .quad   at + 0x83
    .set    at, at + 0x200000
    .endr

    .globl  pvh_entry
pvh_entry:
    .fill   ENTRY_REGS, 4, 0

    .bss
    .balign 4096
    .skip   16384
    .globl  stack_end
stack_end:
    .skip   8192
ap_stack_end:
