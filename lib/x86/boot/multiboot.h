/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multiboot 1 (specification 0.6.96, section 3.3) and Multiboot 2 (specification 2.0, section 3.6): from the structure
 * that the loader's register points to, to struct boot_info. Total: any bytes give either an error or a boot_info that
 * keeps its own rules; no read goes beyond the sizes that the structures claim.
 */
#ifndef LIB_X86_BOOT_MULTIBOOT_H
#define LIB_X86_BOOT_MULTIBOOT_H

#include "x86/boot/boot_info.h"

#define MULTIBOOT1_MAGIC 0x2badb002U /* in EAX at our entry */
#define MULTIBOOT2_MAGIC 0x36d76289U

/**
 * Fill *@out (zeroed first) from the structure at @paddr, whose protocol is known by @magic. What is wrong with single
 * parts is reported to @log and left out. Returns 0, -EINVAL for an unknown magic or an impossible structure, -EFAULT
 * when the structure itself cannot be read.
 */
int multiboot_parse(struct boot_info *out, uint32_t magic, uint64_t paddr, const struct phys_reader *mem,
                    const struct lib_log *log);

#endif
