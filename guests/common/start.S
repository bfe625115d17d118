/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a PV guest begins: the notes that a builder reads, the entry point with the start_info page in %rsi, and the
 * ways in for exceptions, events and system calls.
 */
#define __ASSEMBLY__
#include <xen/elfnote.h>
#include <xen/features.h>

#define VIRT_BASE 0xffffffff80000000
#define IRET      23

.macro NOTE_TEXT type, text
    .pushsection .note.xen, "a", @note
    .align 4
    .long 4, 8f - 7f, \type
    .asciz "Xen"
7:  .asciz "\text"
8:  .align 4
    .popsection
.endm
.macro NOTE_QUAD type, value
    .pushsection .note.xen, "a", @note
    .align 4
    .long 4, 8, \type
    .asciz "Xen"
    .quad \value
    .popsection
.endm

    NOTE_TEXT XEN_ELFNOTE_GUEST_OS, "xenolith-guest"
    NOTE_TEXT XEN_ELFNOTE_LOADER, "generic"
    NOTE_TEXT XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
    NOTE_TEXT XEN_ELFNOTE_FEATURES, "!writable_page_tables|pae_pgdir_above_4gb"
    NOTE_TEXT XEN_ELFNOTE_PAE_MODE, "yes"
    NOTE_QUAD XEN_ELFNOTE_VIRT_BASE, VIRT_BASE
    NOTE_QUAD XEN_ELFNOTE_PADDR_OFFSET, 0
    NOTE_QUAD XEN_ELFNOTE_ENTRY, start
    .pushsection .note.xen, "a", @note
    .align 4
    .long 4, 4, XEN_ELFNOTE_SUPPORTED_FEATURES
    .asciz "Xen"
    .long 1 << XENFEAT_pae_pgdir_above_4gb | 1 << XENFEAT_dom0
    .popsection

    .text
    .globl start
start:
    cld
    lea     boot_stack_top(%rip), %rsp
    mov     %rsi, %rdi
    call    guest_start
    ud2

    /* Exceptions: the ABI leaves rcx and r11 on top of the usual frame; make all frames struct trap_frame. */
.macro TRAP vector, has_error
    .align 16
    pop     %rcx
    pop     %r11
    .if !\has_error
    push    $0
    .endif
    push    $\vector
    jmp     trap_common
.endm

    .align 16
    .globl trap_stubs
trap_stubs:
    .set n, 0
    .altmacro
    .macro TRAP_N number
    /* The exceptions with an error code: #DF, #TS to #PF, #AC and #CP. */
    .set error, 0
    .if \number < 32
    .set error, (0x227d00 >> \number) & 1
    .endif
    .if error
    TRAP \number, 1
    .else
    TRAP \number, 0
    .endif
    .endm
    .rept 256
    TRAP_N %n
    .set n, n + 1
    .endr

    .align 16
    .globl event_entry
event_entry:
    pop     %rcx
    pop     %r11
    push    $0
    push    $256
    jmp     trap_common

    /* Failsafe: four selectors lie between r11 and rip. They go to failsafe_selectors for the test that wants them. */
    .globl failsafe_entry
failsafe_entry:
    pop     %rcx
    pop     %r11
    popq    failsafe_selectors(%rip)
    popq    failsafe_selectors + 8(%rip)
    popq    failsafe_selectors + 16(%rip)
    popq    failsafe_selectors + 24(%rip)
    push    $0
    push    $257
    jmp     trap_common

    .globl syscall_entry
syscall_entry:
    pop     %rcx
    pop     %r11
    push    $0
    push    $258

trap_common:
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
    cld
    mov     %rsp, %rdi
    mov     %rsp, %rbp
    and     $-16, %rsp
    call    trap_handler
    mov     %rbp, %rsp
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
    add     $16, %rsp
    pushq   $0
    push    %rcx
    push    %r11
    push    %rax
    mov     $IRET, %eax
    syscall
    ud2

    /* Keeps what a C function owes its caller, for user_return. */
.macro LEAVE_FOR_USER_MODE
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    mov     %rsp, user_return_sp(%rip)
.endm

    /*
     * uint64_t user_run(void (*fn)(void), void *stack_top): runs fn at user level until it does SYSCALL; its rdi.
     * user_run_selectors() takes CS and SS as third and fourth argument.
     */
    .globl user_run, user_run_selectors
user_run:
    mov     $0xe033, %edx
    mov     $0xe02b, %ecx
user_run_selectors:
    LEAVE_FOR_USER_MODE
    push    %rcx
    push    %rsi
    pushq   $0x202
    push    %rdx
    push    %rdi
    pushq   $0
    pushq   $0
    pushq   $0
    pushq   $0
    mov     $IRET, %eax
    syscall
    ud2
    /*
     * uint64_t user_run_list(const void *frame, const void *list, count): the same by a multicall's IRET, from @frame.
     */
    .globl user_run_list
user_run_list:
    LEAVE_FOR_USER_MODE
    mov     %rdi, %rsp
    mov     %rsi, %rdi
    mov     %rdx, %rsi
    mov     $13, %eax
    syscall
    mov     $-1, %rdi               /* it came back */
    .globl user_return
user_return:
    mov     user_return_sp(%rip), %rsp
    mov     %rdi, %rax
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    ret

    .bss
    .align 4096
    .space 32768
    .globl boot_stack_top
boot_stack_top:
    .space 16384
    .globl entry_stack_top
entry_stack_top:
    .globl failsafe_selectors
failsafe_selectors:
    .space 32
user_return_sp:
    .space 8
    .section .note.GNU-stack, "", @progbits
