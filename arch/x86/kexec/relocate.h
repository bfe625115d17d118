/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control code: what runs when nothing of the hypervisor is left. relocate.S is copied to a page of its own. */
#ifndef KEXEC_RELOCATE_H
#define KEXEC_RELOCATE_H

#include <stdint.h>

extern const uint8_t kexec_relocate_start[], kexec_relocate_end[];

/**
 * What the copy does, called at its own machine address, which is mapped there and lies below 4 GiB, as does @root:
 * loads the page tables @root, carries out the steps at @program and enters the kernel at @entry, in 32-bit mode
 * without paging if @mode32, else in 64-bit mode.
 */
typedef void (*kexec_relocate_fn)(uint64_t self, uint64_t program, uint64_t root, uint64_t entry, uint64_t mode32)
    __attribute__((noreturn));

#endif
