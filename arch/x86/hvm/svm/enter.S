/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into a guest and out of it again (APM volume 2, 15.5 and 15.6).
 *
 * What VMRUN does not switch is switched here: the general registers, and by VMLOAD and VMSAVE what the processor keeps
 * hidden (FS, GS, TR, LDTR) with the registers of SYSCALL and SYSENTER. Between CLGI and STGI nothing comes in, NMIs
 * neither, because CPU state is the guest's. IF is set before VMRUN: that lets interrupts stop the guest, whatever its
 * own IF says, and they are taken at STGI.
 */
#define REGS_R15 0
#define REGS_R14 8
#define REGS_R13 16
#define REGS_R12 24
#define REGS_RBP 32
#define REGS_RBX 40
#define REGS_R11 48
#define REGS_R10 56
#define REGS_R9  64
#define REGS_R8  72
#define REGS_RCX 88
#define REGS_RDX 96
#define REGS_RSI 104
#define REGS_RDI 112

    .section .text.entry, "ax"

    /*
     * void svm_enter(struct cpu_user_regs *regs, paddr_t vmcb, paddr_t host)
     * RAX, RSP, RIP and RFLAGS of the guest are in the VMCB. Interrupts are off before and on after.
     */
    .balign 16
    .globl  svm_enter
svm_enter:
    push    %rbp
    push    %rbx
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    push    %rdx
    push    %rdi

    mov     %rsi, %rax
    clgi
    sti
    vmload

    mov     REGS_R15(%rdi), %r15
    mov     REGS_R14(%rdi), %r14
    mov     REGS_R13(%rdi), %r13
    mov     REGS_R12(%rdi), %r12
    mov     REGS_RBP(%rdi), %rbp
    mov     REGS_RBX(%rdi), %rbx
    mov     REGS_R11(%rdi), %r11
    mov     REGS_R10(%rdi), %r10
    mov     REGS_R9(%rdi), %r9
    mov     REGS_R8(%rdi), %r8
    mov     REGS_RCX(%rdi), %rcx
    mov     REGS_RDX(%rdi), %rdx
    mov     REGS_RSI(%rdi), %rsi
    mov     REGS_RDI(%rdi), %rdi

    vmrun
    .globl  svm_left
svm_left:
    vmsave

    mov     (%rsp), %rax
    mov     %r15, REGS_R15(%rax)
    mov     %r14, REGS_R14(%rax)
    mov     %r13, REGS_R13(%rax)
    mov     %r12, REGS_R12(%rax)
    mov     %rbp, REGS_RBP(%rax)
    mov     %rbx, REGS_RBX(%rax)
    mov     %r11, REGS_R11(%rax)
    mov     %r10, REGS_R10(%rax)
    mov     %r9, REGS_R9(%rax)
    mov     %r8, REGS_R8(%rax)
    mov     %rcx, REGS_RCX(%rax)
    mov     %rdx, REGS_RDX(%rax)
    mov     %rsi, REGS_RSI(%rax)
    mov     %rdi, REGS_RDI(%rax)

    mov     8(%rsp), %rax
    vmload

    /* Nothing that the guest chose stays where speculation could use it. */
    xor     %ecx, %ecx
    xor     %edx, %edx
    xor     %esi, %esi
    xor     %edi, %edi
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    xor     %r10d, %r10d
    xor     %r11d, %r11d
    add     $16, %rsp
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbx
    pop     %rbp
    cld
    stgi
    ret

    /*
     * The guest of the probe (probe.c): our own text, in our own address space. Reads the PAT, writes XCR0 back as it
     * is (R8: XCR0 is there), and stops, with what it read in RBX.
     */
    .balign 16
    .globl  svm_probe_guest
svm_probe_guest:
    mov     $0x277, %ecx
    rdmsr
    shl     $32, %rdx
    mov     %eax, %ebx
    or      %rdx, %rbx
    test    %r8, %r8
    jz      svm_probe_end
    xor     %ecx, %ecx
    xgetbv
    .globl  svm_probe_xsetbv
svm_probe_xsetbv:
    xsetbv
    .globl  svm_probe_end
svm_probe_end:
    vmmcall
    ud2
