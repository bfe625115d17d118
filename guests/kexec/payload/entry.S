/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entered at the first byte, in either mode. Keeps what it finds before it changes anything. */
#include "kexec/payload/payload.h"

    .section .text.entry, "ax"
    .globl  entry
entry:
    jmp     begin
    .org    PAYLOAD_PARAMS
    .globl  params
params:
    .space  128

begin:
#ifdef __x86_64__
#define REG(name) %r##name
#define WORD      8
    .irp    r, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    or      %\r, %rax
    .endr
#else
#define REG(name) %e##name
#define WORD      4
    .irp    r, ebx, ecx, edx, esi, edi, ebp
    or      %\r, %eax
    .endr
#endif
    mov     REG(ax), state
    mov     $stack_top, REG(sp)
    pushf
    pop     REG(ax)
    mov     REG(ax), state + WORD
    mov     %cr0, REG(ax)
    mov     REG(ax), state + 2 * WORD
    mov     %cr3, REG(ax)
    mov     REG(ax), state + 3 * WORD
    mov     %cr4, REG(ax)
    mov     REG(ax), state + 4 * WORD
    mov     $0xc0000080, %ecx
    rdmsr
    mov     %eax, state + 5 * WORD
    mov     %edx, state + 5 * WORD + 4
    mov     %cs, %eax
    mov     %eax, state + 5 * WORD + 8
    mov     %ds, %eax
    mov     %eax, state + 5 * WORD + 12
    sidt    state + 5 * WORD + 16
    cld
    call    payload_main
1:  hlt
    jmp     1b

#ifndef __x86_64__
    .globl  nmi_handler
nmi_handler:
    incl    nmis
    iret
#endif

    .bss
    .balign 16
    .space  4096
stack_top:
    .section .note.GNU-stack, "", @progbits
