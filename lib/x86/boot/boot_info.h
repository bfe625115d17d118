/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a boot loader passes, in one form whatever the protocol. Everything is copied here, so that the loader's memory
 * may be reused; modules stay where they are and are named by their addresses. The loader is not trusted: text is cut
 * and terminated, ranges are not inverted, but nothing here has been compared with the memory map.
 */
#ifndef LIB_X86_BOOT_BOOT_INFO_H
#define LIB_X86_BOOT_BOOT_INFO_H

#include "x86/boot/e820.h"
#include "x86/phys_reader.h"

#define BOOT_CMDLINE_MAX 2048U /* with its NUL */
#define BOOT_MODULES_MAX 32U
#define BOOT_MODULE_TEXT 1024U /* a dom0 kernel's command line has no more room in start_info */
#define BOOT_NAME_MAX    128U
#define BOOT_RSDP_MAX    36U
#define BOOT_EFI_REGIONS 512U

enum boot_protocol { BOOT_MULTIBOOT1 = 1, BOOT_MULTIBOOT2 = 2 };

struct boot_module {
    struct range at; /* physical */
    char cmdline[BOOT_MODULE_TEXT];
    char name[BOOT_NAME_MAX]; /* the word before it that was taken for the file's name, cut; empty: none was */
};

enum boot_screen_kind { BOOT_SCREEN_NONE, BOOT_SCREEN_TEXT, BOOT_SCREEN_RGB, BOOT_SCREEN_OTHER };

struct boot_colour {
    uint8_t position, size; /* bits */
};

struct boot_screen {
    enum boot_screen_kind kind;
    uint64_t paddr;
    uint32_t pitch;         /* bytes from a line to the next */
    uint32_t width, height; /* pixels, or characters of a text screen */
    uint8_t bits_per_pixel;
    struct boot_colour red, green, blue, reserved;
    uint16_t vbe_attributes;   /* of the VBE mode, 0 if there is none */
    uint32_t vbe_capabilities; /* of the VBE controller */
};

/* UEFI 2.9, 7.2: what of a memory descriptor matters once boot services have gone. */
struct boot_efi_region {
    uint64_t start, pages, attributes;
    uint32_t type;
};
#define EFI_RUNTIME_SERVICES_CODE 5U
#define EFI_MEMORY_WB             0x8ULL
#define EFI_MEMORY_RUNTIME        (1ULL << 63)

struct boot_efi {
    uint64_t system_table; /* physical address of the 64-bit table; 0: not booted by EFI, or by 32-bit EFI */
    uint64_t map_paddr;    /* the EFI memory map, where the loader left it */
    uint32_t map_size, map_descriptor_size, map_descriptor_version;
    uint32_t region_count; /* 0: no map, or more regions than fit: half of them would be worse than none */
    struct boot_efi_region region[BOOT_EFI_REGIONS];
    bool boot_services_left_running; /* the loader did not call ExitBootServices */
};

struct boot_info {
    enum boot_protocol protocol;
    char loader[64];
    char cmdline[BOOT_CMDLINE_MAX]; /* without the file name that some loaders put before it: boot_take_names() */
    char name[BOOT_NAME_MAX];
    bool has_load_base;
    uint64_t load_base;

    uint32_t module_count;
    struct boot_module module[BOOT_MODULES_MAX];

    uint32_t memory_count; /* raw: not sanitised */
    struct e820_entry memory[E820_INPUT_MAX];
    uint32_t mem_lower_kib, mem_upper_kib; /* the old two numbers; only for when there is no map */

    struct boot_screen screen;
    struct boot_efi efi;
    uint32_t rsdp_size; /* 0: the loader gave none */
    uint8_t rsdp[BOOT_RSDP_MAX];
};

#endif
