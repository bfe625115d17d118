/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register frame that every entry builds, struct cpu_user_regs of the ABI, and where things stand relative to the
 * top of the stack. offsets.c proves each number against the C structures.
 *
 * From a guest the hardware pushes SS..RIP to the place that belongs to them in cpu_info.guest_regs, because TSS.RSP0
 * (and the syscall stub) point just above SS. From hypervisor context the same frame lies wherever the stack was.
 */
#ifndef ENTRY_FRAME_H
#define ENTRY_FRAME_H

#define REGS_ERROR   120
#define REGS_VECTOR  124
#define REGS_RIP     128
#define REGS_CS      136
#define REGS_RFLAGS  144
#define REGS_RSP     152
#define REGS_SS      160
#define REGS_HW_END  168            /* what lies above are es..gs, kept by the context switch only */

#define CPUINFO_SIZE        232
#define CPUINFO_SYSCALL_RSP 208

#define VECTOR_SYSCALL64 0x100      /* entry_vector of frames that no exception made */
#define VECTOR_SYSCALL32 0x101
#define VECTOR_SYSENTER  0x102

#ifdef __ASSEMBLER__

/* Requires: vector and error code on the stack below RIP. Leaves: %rsp = the frame, 8 modulo 16. Clobbers nothing. */
.macro SAVE_REGS
    push    %rdi
    push    %rsi
    push    %rdx
    push    %rcx
    push    %rax
    push    %r8
    push    %r9
    push    %r10
    push    %r11
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
.endm

/* The reverse, up to and including the error code: %rsp then points to RIP. */
.macro RESTORE_REGS
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    pop     %r11
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rax
    pop     %rcx
    pop     %rdx
    pop     %rsi
    pop     %rdi
    add     $8, %rsp
.endm

/* A guest chooses RFLAGS.AC, which would suspend SMAP for us: a no-op of three bytes, made CLAC where there is SMAP. */
.macro CLAC_SITE
771: .byte 0x0f, 0x1f, 0x00
    .pushsection .clac_sites, "a"
    .quad   771b
    .popsection
.endm

/* Calls C with the frame as first argument; keeps the stack aligned as the ABI wants it. */
.macro CALL_WITH_FRAME fn
    mov     %rsp, %rdi
    sub     $8, %rsp
    cld
    call    \fn
    add     $8, %rsp
.endm

#endif
#endif
