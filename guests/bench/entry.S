/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shortest handlers there can be: what is measured is the hypervisor's way to them and back. The ABI leaves rcx and
 * r11 on top of the frame; IRET wants rax, r11, rcx and flags there.
 */
#define IRET            23
#define RFLAGS          16
#define VCPU_SEL        8
#define PENDING         2048
#define VGCF_in_syscall 0x100

    .text
.macro BACK flags
    pushq   $\flags
    push    %rcx
    push    %r11
    push    %rax
    mov     $IRET, %eax
    syscall
.endm

    /* An exception: the way goes on at %rbx, without single-stepping. */
    .globl  bench_trap_error, bench_trap_plain
    .balign 16
bench_trap_error:
    pop     %rcx
    pop     %r11
    add     $8, %rsp
    jmp     1f
    .balign 16
bench_trap_plain:
    pop     %rcx
    pop     %r11
1:  incq    bench_traps(%rip)
    mov     %rbx, (%rsp)
    andl    $~0x100, RFLAGS(%rsp)
    BACK    0

    /* All pending events of the first vCPU are taken. */
    .globl  bench_event
    .balign 16
bench_event:
    pop     %rcx
    pop     %r11
    push    %rax
    incq    bench_upcalls(%rip)
    mov     shared_info(%rip), %rax
    movb    $0, (%rax)
    movq    $0, VCPU_SEL(%rax)
    movq    $0, PENDING(%rax)
    mov     bench_fifo_word(%rip), %rax
    test    %rax, %rax
    jz      1f
    movl    $0, (%rax)
    mov     bench_fifo_head(%rip), %rax
    movl    $0, (%rax)
1:  pop     %rax
    BACK    0

    /* From user mode: rax 0 and 1 are answered at once, by the two kinds of return; else it is over. */
    .globl  bench_syscall
    .balign 16
bench_syscall:
    pop     %rcx
    pop     %r11
    test    %eax, %eax
    jz      1f
    cmp     $1, %eax
    jne     2f
    BACK    VGCF_in_syscall
1:  BACK    0
2:  push    %r11
    push    %rcx
    jmp     syscall_entry

    .bss
    .balign 8
    .globl  bench_traps, bench_upcalls, bench_fifo_word, bench_fifo_head
bench_traps:
    .quad   0
bench_upcalls:
    .quad   0
bench_fifo_word:
    .quad   0
bench_fifo_head:
    .quad   0
    .section .note.GNU-stack, "", @progbits
