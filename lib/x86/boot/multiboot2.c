/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 2: a list of tags, each with its type and size, from an 8-byte header to a tag of type 0. */
#include "x86/boot/multiboot_private.h"

enum {
    MB2_END = 0,
    MB2_CMDLINE = 1,
    MB2_LOADER = 2,
    MB2_MODULE = 3,
    MB2_MEMORY = 4,
    MB2_MAP = 6,
    MB2_VBE = 7,
    MB2_FRAMEBUFFER = 8,
    MB2_EFI64 = 12,
    MB2_RSDP_OLD = 14,
    MB2_RSDP_NEW = 15,
    MB2_EFI_MAP = 17,
    MB2_EFI_RUNNING = 18,
    MB2_LOAD_BASE = 21,
};

/* More than this is not believed; it also bounds our work. */
#define MB2_SIZE_MAX (1U << 20)
#define MB2_TAGS_MAX 1024U

struct mb2_tag {
    uint32_t type, size; /* size includes these two, not the padding to 8 */
};

struct mb2_map {
    uint32_t entry_size, entry_version;
};

struct mb2_map_entry {
    uint64_t addr, len;
    uint32_t type, zero;
};

/* A tag's body: where, and how long. */
struct body {
    uint64_t at;
    uint32_t size;
};

/* Copy the head of the body; a body that is shorter is reported, and nothing of the tag used. */
static bool take(const struct multiboot *mb, struct body body, void *buf, size_t len, const char *what)
{
    if (body.size >= len && multiboot_read(mb, body.at, buf, len))
        return true;
    lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's tag for %s has %u bytes, needs %zu: ignored", what, body.size,
               len);
    return false;
}

static void parse_module(const struct multiboot *mb, struct body body)
{
    struct boot_module *module;
    uint32_t at[2];

    if (!take(mb, body, at, sizeof(at), "a module"))
        return;
    module = multiboot_add_module(mb, at[0], at[1]);
    if (module)
        multiboot_text(mb, body.at + sizeof(at), body.size - sizeof(at), module->cmdline, sizeof(module->cmdline),
                       "a module");
}

static void parse_map(const struct multiboot *mb, struct body body)
{
    struct mb2_map_entry e;
    struct mb2_map map;

    if (!take(mb, body, &map, sizeof(map), "the memory map"))
        return;
    if (map.entry_size < sizeof(e)) {
        lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's memory map has entries of %u bytes, wanted %zu: ignored",
                   map.entry_size, sizeof(e));
        return;
    }
    for (uint64_t off = sizeof(map); off + sizeof(e) <= body.size; off += map.entry_size) {
        if (!multiboot_read(mb, body.at + off, &e, sizeof(e)))
            return;
        if (mb->out->memory_count == E820_INPUT_MAX) {
            lib_report(mb->log, LIB_LOG_WARNING,
                       "Boot loader's memory map has more than %u entries: the rest is ignored", E820_INPUT_MAX);
            return;
        }
        multiboot_add_memory(mb, e.addr, e.len, e.type);
    }
}

static void parse_vbe(const struct multiboot *mb, struct body body)
{
    uint8_t control[512], mode[256];

    if (body.size >= 8 + sizeof(control) + sizeof(mode) && multiboot_read(mb, body.at + 8, control, sizeof(control)) &&
        multiboot_read(mb, body.at + 8 + sizeof(control), mode, sizeof(mode)))
        multiboot_set_vbe(mb, control, mode);
}

static void parse_framebuffer(const struct multiboot *mb, struct body body)
{
    struct {
        struct multiboot_framebuffer fb;
        uint16_t reserved;
    } __attribute__((packed)) head;
    uint8_t colour[6] = { 0 };

    if (!take(mb, body, &head, sizeof(head), "the framebuffer"))
        return;
    if (body.size >= sizeof(head) + sizeof(colour) &&
        !multiboot_read(mb, body.at + sizeof(head), colour, sizeof(colour)))
        return;
    multiboot_set_screen(mb, &head.fb, colour);
}

static void parse_rsdp(const struct multiboot *mb, struct body body)
{
    uint32_t size = MIN(body.size, BOOT_RSDP_MAX);

    if (size > mb->out->rsdp_size && multiboot_read(mb, body.at, mb->out->rsdp, size))
        mb->out->rsdp_size = size;
}

/* UEFI 2.9, 7.2.3 (EFI_MEMORY_DESCRIPTOR): firmware may give larger ones, whose beginning is this. */
struct efi_descriptor {
    uint32_t type, pad;
    uint64_t start, virtual_start, pages, attributes;
};

/* Copied at once: the loader's memory is reused. A map that cannot be taken whole is not taken. */
static void parse_efi_regions(const struct multiboot *mb)
{
    struct boot_efi *efi = &mb->out->efi;
    struct efi_descriptor d;

    efi->region_count = 0;
    if (efi->map_descriptor_size < sizeof(d) || efi->map_size / efi->map_descriptor_size > BOOT_EFI_REGIONS) {
        lib_report(mb->log, LIB_LOG_WARNING, "EFI memory map of %u bytes, %u each: ignored, at most %u of at least %zu",
                   efi->map_size, efi->map_descriptor_size, BOOT_EFI_REGIONS, sizeof(d));
        return;
    }
    for (uint32_t i = 0; i < efi->map_size / efi->map_descriptor_size; i++) {
        if (!multiboot_read(mb, efi->map_paddr + (uint64_t)i * efi->map_descriptor_size, &d, sizeof(d))) {
            efi->region_count = 0;
            return;
        }
        efi->region[efi->region_count++] = (struct boot_efi_region){ d.start, d.pages, d.attributes, d.type };
    }
}

static void parse_efi_map(const struct multiboot *mb, struct body body)
{
    struct boot_efi *efi = &mb->out->efi;
    uint32_t head[2];

    if (!take(mb, body, head, sizeof(head), "the EFI memory map"))
        return;
    efi->map_paddr = body.at + sizeof(head);
    efi->map_size = body.size - (uint32_t)sizeof(head);
    efi->map_descriptor_size = head[0];
    efi->map_descriptor_version = head[1];
    parse_efi_regions(mb);
}

static void parse_tag(const struct multiboot *mb, uint32_t type, struct body body)
{
    struct boot_info *out = mb->out;
    uint32_t pair[2], base;

    switch (type) {
    case MB2_CMDLINE:
        multiboot_text(mb, body.at, body.size, out->cmdline, sizeof(out->cmdline), "the command line");
        break;
    case MB2_LOADER: multiboot_text(mb, body.at, body.size, out->loader, sizeof(out->loader), "its name"); break;
    case MB2_MODULE: parse_module(mb, body); break;
    case MB2_MEMORY:
        if (take(mb, body, pair, sizeof(pair), "the memory size")) {
            out->mem_lower_kib = pair[0];
            out->mem_upper_kib = pair[1];
        }
        break;
    case MB2_MAP: parse_map(mb, body); break;
    case MB2_VBE: parse_vbe(mb, body); break;
    case MB2_FRAMEBUFFER: parse_framebuffer(mb, body); break;
    case MB2_EFI64:
        take(mb, body, &out->efi.system_table, sizeof(out->efi.system_table), "the EFI system table");
        break;
    case MB2_RSDP_OLD:
    case MB2_RSDP_NEW: parse_rsdp(mb, body); break;
    case MB2_EFI_MAP: parse_efi_map(mb, body); break;
    case MB2_EFI_RUNNING: out->efi.boot_services_left_running = true; break;
    case MB2_LOAD_BASE:
        if (take(mb, body, &base, sizeof(base), "the load address")) {
            out->has_load_base = true;
            out->load_base = base;
        }
        break;
    default: break; /* nothing that we need */
    }
}

int multiboot2_parse(const struct multiboot *mb, uint64_t paddr)
{
    struct {
        uint32_t size, reserved;
    } head;
    uint64_t off = sizeof(head);

    if (!multiboot_read(mb, paddr, &head, sizeof(head)))
        return -EFAULT;
    if (head.size < sizeof(head) + sizeof(struct mb2_tag) || head.size > MB2_SIZE_MAX ||
        paddr > UINT64_MAX - MB2_SIZE_MAX)
        return -EINVAL;

    for (uint32_t n = 0; n < MB2_TAGS_MAX && off + sizeof(struct mb2_tag) <= head.size; n++) {
        struct mb2_tag tag;

        if (!multiboot_read(mb, paddr + off, &tag, sizeof(tag)))
            return -EFAULT;
        if (tag.type == MB2_END)
            return 0;
        if (tag.size < sizeof(tag) || tag.size > head.size - off) {
            lib_report(mb->log, LIB_LOG_WARNING,
                       "Boot loader's tag of type %u says that it has %u bytes: the rest is ignored", tag.type,
                       tag.size);
            return 0;
        }
        parse_tag(mb, tag.type, (struct body){ paddr + off + sizeof(tag), tag.size - (uint32_t)sizeof(tag) });
        off += ROUND_UP((uint64_t)tag.size, 8);
    }
    lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's information has no end tag");
    return 0;
}
