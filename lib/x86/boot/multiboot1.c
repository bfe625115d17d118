/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 1: one fixed structure, whose flags say which fields mean something. */
#include "x86/boot/multiboot_private.h"

enum {
    MB1_MEMORY = 1 << 0,
    MB1_CMDLINE = 1 << 2,
    MB1_MODULES = 1 << 3,
    MB1_MAP = 1 << 6,
    MB1_LOADER = 1 << 9,
    MB1_VBE = 1 << 11,
    MB1_FRAMEBUFFER = 1 << 12,
};

struct mb1_info {
    uint32_t flags;
    uint32_t mem_lower, mem_upper;
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t module_count, modules;
    uint32_t symbols[4];
    uint32_t map_size, map;
    uint32_t drives_size, drives;
    uint32_t config_table;
    uint32_t loader;
    uint32_t apm_table;
    uint32_t vbe_control, vbe_mode_info;
    uint16_t vbe_mode, vbe_segment, vbe_offset, vbe_size;
    struct multiboot_framebuffer framebuffer;
    uint8_t colour[6];
} __attribute__((packed));
_Static_assert(offsetof(struct mb1_info, map_size) == 44, "Multiboot 0.6.96, section 3.3");
_Static_assert(offsetof(struct mb1_info, framebuffer) == 88, "Multiboot 0.6.96, section 3.3");
_Static_assert(sizeof(struct mb1_info) == 116, "Multiboot 0.6.96, section 3.3");

struct mb1_module {
    uint32_t start, end, cmdline, reserved;
};

struct mb1_map_entry {
    uint32_t size; /* of what follows */
    uint64_t addr, len;
    uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct mb1_map_entry) == 24, "Multiboot 0.6.96, section 3.3");

static void parse_modules(const struct multiboot *mb, const struct mb1_info *info)
{
    uint32_t count = info->module_count;

    if (count > BOOT_MODULES_MAX) {
        lib_report(mb->log, LIB_LOG_WARNING, "Boot loader gives %u modules: only the first %u are looked at", count,
                   BOOT_MODULES_MAX);
        count = BOOT_MODULES_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct boot_module *module;
        struct mb1_module m;

        if (!multiboot_read(mb, (uint64_t)info->modules + i * sizeof(m), &m, sizeof(m))) {
            lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's list of modules at %#x is not in readable memory",
                       info->modules);
            return;
        }
        module = multiboot_add_module(mb, m.start, m.end);
        if (module && m.cmdline)
            multiboot_text(mb, m.cmdline, UINT64_MAX, module->cmdline, sizeof(module->cmdline), "a module");
    }
}

static void parse_map(const struct multiboot *mb, const struct mb1_info *info)
{
    uint64_t at = info->map, end = at + info->map_size;
    struct mb1_map_entry e;

    for (uint32_t n = 0; n < E820_INPUT_MAX && at + sizeof(e) <= end; n++) {
        if (!multiboot_read(mb, at, &e, sizeof(e)) || e.size < sizeof(e) - sizeof(e.size)) {
            lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's memory map is damaged at %#lx: the rest is ignored",
                       (unsigned long)at);
            return;
        }
        multiboot_add_memory(mb, e.addr, e.len, e.type);
        at += (uint64_t)e.size + sizeof(e.size);
    }
    if (at < end)
        lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's memory map: %lu bytes after the last usable entry ignored",
                   (unsigned long)(end - at));
}

static void parse_vbe(const struct multiboot *mb, const struct mb1_info *info)
{
    uint8_t control[512], mode[256];

    if (multiboot_read(mb, info->vbe_control, control, sizeof(control)) &&
        multiboot_read(mb, info->vbe_mode_info, mode, sizeof(mode)))
        multiboot_set_vbe(mb, control, mode);
}

int multiboot1_parse(const struct multiboot *mb, uint64_t paddr)
{
    struct boot_info *out = mb->out;
    struct mb1_info info;

    if (!multiboot_read(mb, paddr, &info, sizeof(info)))
        return -EFAULT;
    if (info.flags & MB1_LOADER)
        multiboot_text(mb, info.loader, UINT64_MAX, out->loader, sizeof(out->loader), "its name");
    if (info.flags & MB1_CMDLINE)
        multiboot_text(mb, info.cmdline, UINT64_MAX, out->cmdline, sizeof(out->cmdline), "the command line");
    if (info.flags & MB1_MODULES)
        parse_modules(mb, &info);
    if (info.flags & MB1_MAP)
        parse_map(mb, &info);
    if (info.flags & MB1_MEMORY) {
        out->mem_lower_kib = info.mem_lower;
        out->mem_upper_kib = info.mem_upper;
    }
    if (info.flags & MB1_FRAMEBUFFER)
        multiboot_set_screen(mb, &info.framebuffer, info.colour);
    if (info.flags & MB1_VBE)
        parse_vbe(mb, &info);
    return 0;
}
