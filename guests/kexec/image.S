/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The payload's two forms, as bytes. */
    .section .rodata
    .balign 16
    .globl  payload32, payload32_end, payload64, payload64_end
payload32:
    .incbin PAYLOAD_32
payload32_end:
    .balign 16
payload64:
    .incbin PAYLOAD_64
payload64_end:
    .section .note.GNU-stack, "", @progbits
