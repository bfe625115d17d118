/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the two Multiboot parsers; nobody else includes this. */
#ifndef LIB_X86_BOOT_MULTIBOOT_PRIVATE_H
#define LIB_X86_BOOT_MULTIBOOT_PRIVATE_H

#include "base/format.h"
#include "x86/boot/multiboot.h"

struct multiboot {
    struct boot_info *out;
    const struct phys_reader *mem;
    const struct lib_log *log;
};

int multiboot1_parse(const struct multiboot *mb, uint64_t paddr);
int multiboot2_parse(const struct multiboot *mb, uint64_t paddr);

bool multiboot_read(const struct multiboot *mb, uint64_t paddr, void *buf, size_t len);

/** Copy text of at most @max bytes at @paddr up to its NUL; cut to @cap - 1 with a warning that names @what. */
void multiboot_text(const struct multiboot *mb, uint64_t paddr, uint64_t max, char *buf, size_t cap, const char *what);

/** Add a module or map entry, or report why not. The new module, or NULL. */
struct boot_module *multiboot_add_module(const struct multiboot *mb, uint64_t start, uint64_t end);
void multiboot_add_memory(const struct multiboot *mb, uint64_t start, uint64_t size, uint32_t type);

/** The framebuffer fields that both protocols have in the same order: address, pitch, width, height, bpp, type. */
struct multiboot_framebuffer {
    uint64_t addr;
    uint32_t pitch, width, height;
    uint8_t bpp, type;
} __attribute__((packed));

void multiboot_set_screen(const struct multiboot *mb, const struct multiboot_framebuffer *fb, const uint8_t colour[6]);

/** VBE's own two structures (VBE 3.0, functions 00h and 01h): what of them serves dom0. */
void multiboot_set_vbe(const struct multiboot *mb, const uint8_t control[512], const uint8_t mode[256]);

#endif
