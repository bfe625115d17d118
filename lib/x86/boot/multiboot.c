/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both protocols have in common: reading, texts, modules, memory map, screen. Each has a file of its own for
 * the rest.
 */
#include "x86/boot/multiboot_private.h"

bool multiboot_read(const struct multiboot *mb, uint64_t paddr, void *buf, size_t len)
{
    return phys_read(mb->mem, paddr, buf, len);
}

/* Text is read in pieces that do not cross a page, because what lies behind its NUL may not be memory. */
void multiboot_text(const struct multiboot *mb, uint64_t paddr, uint64_t max, char *buf, size_t cap, const char *what)
{
    size_t used = 0;

    while (used < max && used < cap) {
        size_t piece = E820_PAGE - (paddr + used) % E820_PAGE;
        size_t nul;

        piece = MIN(piece, MIN(cap, max) - used);
        if (!multiboot_read(mb, paddr + used, buf + used, piece)) {
            lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's text for %s is not in readable memory", what);
            break;
        }
        nul = strnlen(buf + used, piece);
        used += nul;
        if (nul < piece)
            break;
    }
    if (used >= cap) {
        used = cap - 1;
        lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's text for %s is longer than %zu characters: cut", what,
                   used);
    }
    memset(buf + used, 0, cap - used);
}

struct boot_module *multiboot_add_module(const struct multiboot *mb, uint64_t start, uint64_t end)
{
    struct boot_info *out = mb->out;
    struct boot_module *module;

    if (end < start) {
        lib_report(mb->log, LIB_LOG_WARNING, "Boot module at %#lx ends before it starts: ignored",
                   (unsigned long)start);
        return NULL;
    }
    if (out->module_count == BOOT_MODULES_MAX) {
        lib_report(mb->log, LIB_LOG_WARNING, "Boot module at %#lx: there is room for %u modules only, ignored",
                   (unsigned long)start, BOOT_MODULES_MAX);
        return NULL;
    }
    module = &out->module[out->module_count++];
    module->at = (struct range){ start, end };
    return module;
}

/* An entry that wraps keeps end < start; e820_sanitise() decides what to do with it. */
void multiboot_add_memory(const struct multiboot *mb, uint64_t start, uint64_t size, uint32_t type)
{
    struct boot_info *out = mb->out;

    if (out->memory_count == E820_INPUT_MAX) {
        lib_report(mb->log, LIB_LOG_WARNING, "Boot loader's memory map has more than %u entries: entry at %#lx ignored",
                   E820_INPUT_MAX, (unsigned long)start);
        return;
    }
    out->memory[out->memory_count++] = (struct e820_entry){ start, start + size, type };
}

void multiboot_set_screen(const struct multiboot *mb, const struct multiboot_framebuffer *fb, const uint8_t colour[6])
{
    struct boot_screen *s = &mb->out->screen;

    s->kind = fb->type == 1 ? BOOT_SCREEN_RGB : fb->type == 2 ? BOOT_SCREEN_TEXT : BOOT_SCREEN_OTHER;
    s->paddr = fb->addr;
    s->pitch = fb->pitch;
    s->width = fb->width;
    s->height = fb->height;
    s->bits_per_pixel = fb->bpp;
    if (s->kind != BOOT_SCREEN_RGB)
        return;
    s->red = (struct boot_colour){ colour[0], colour[1] };
    s->green = (struct boot_colour){ colour[2], colour[3] };
    s->blue = (struct boot_colour){ colour[4], colour[5] };
}

void multiboot_set_vbe(const struct multiboot *mb, const uint8_t control[512], const uint8_t mode[256])
{
    struct boot_screen *s = &mb->out->screen;

    memcpy(&s->vbe_capabilities, control + 10, sizeof(s->vbe_capabilities));
    memcpy(&s->vbe_attributes, mode, sizeof(s->vbe_attributes));
    s->reserved = (struct boot_colour){ mode[38], mode[37] };
}

int multiboot_parse(struct boot_info *out, uint32_t magic, uint64_t paddr, const struct phys_reader *mem,
                    const struct lib_log *log)
{
    struct multiboot mb = { out, mem, log };

    memset(out, 0, sizeof(*out));
    if (magic != MULTIBOOT1_MAGIC && magic != MULTIBOOT2_MAGIC)
        return -EINVAL;
    out->protocol = magic == MULTIBOOT1_MAGIC ? BOOT_MULTIBOOT1 : BOOT_MULTIBOOT2;
    return out->protocol == BOOT_MULTIBOOT1 ? multiboot1_parse(&mb, paddr) : multiboot2_parse(&mb, paddr);
}
