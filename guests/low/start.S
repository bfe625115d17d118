/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel of another shape than guests/common makes: linked at the address where it is loaded, with VIRT_BASE 0, notes
 * in a section that no program header names, a hypercall page within its text, and none of the notes that newer
 * kernels have.
 */
#define __ASSEMBLY__
#include <xen/elfnote.h>

.macro NOTE type, size:vararg
    .pushsection .note.xen, "a", @note
    .align 4
    .long 4, 8f - 7f, \type
    .asciz "Xen"
7:  \size
8:  .align 4
    .popsection
.endm

    NOTE XEN_ELFNOTE_GUEST_OS, .asciz "low"
    NOTE XEN_ELFNOTE_LOADER, .asciz "generic"
    NOTE XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    NOTE XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"
    NOTE XEN_ELFNOTE_PAE_MODE, .asciz "yes"
    NOTE XEN_ELFNOTE_VIRT_BASE, .quad 0
    NOTE XEN_ELFNOTE_ENTRY, .quad low_start
    NOTE XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page

    .text
    .globl low_start
low_start:
    mov     $low_stack_top, %esp
    mov     %rsi, %rdi
    call    low_main
    ud2

    .globl sp_lost
sp_lost:                            /* an exception now finds no stack to be told on */
    xor     %esp, %esp
    ud2

    .align  4096
    .globl hypercall_page
hypercall_page:
    .skip   4096

    .bss
    .align  16
    .skip   4096
low_stack_top:
    .section .note.GNU-stack, "", @progbits
