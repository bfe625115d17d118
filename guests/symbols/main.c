/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that asks for its symbols, as BSD kernels do, and looks itself up in them: behind the image's last byte lie
 * a size, an ELF header with three sections, and the two tables.
 */
#include "common/guest.h"

/* The note BSD_SYMTAB (11), "yes". */
__asm__(".pushsection .note.xen, \"a\", @note\n"
        ".align 4\n.long 4, 4, 11\n.asciz \"Xen\"\n.asciz \"yes\"\n"
        ".popsection");

extern char guest_end[];

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_section {
    uint32_t name, type;
    uint64_t flags, addr, offset, size;
    uint32_t link, info;
    uint64_t align, entsize;
};

struct elf_symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};

#define SHT_SYMTAB 2
#define SHT_STRTAB 3

/* Each field of the block lies at an odd word: it is copied, not pointed to. */
static const uint8_t *block;

static uint64_t look_up(const struct elf_section *symbols, const struct elf_section *names, const char *wanted)
{
    struct elf_symbol s;

    for (uint64_t at = 0; at + sizeof(s) <= symbols->size; at += sizeof(s)) {
        memcpy(&s, block + symbols->offset + at, sizeof(s));
        if (s.name < names->size && !strcmp((const char *)block + names->offset + s.name, wanted))
            return s.value;
    }
    return 0;
}

void guest_main(void)
{
    struct elf_header header;
    struct elf_section section[3];
    const char *start = (const char *)ROUND_UP(PTR(guest_end), 8);
    uint32_t size;

    memcpy(&size, start, sizeof(size));
    block = (const uint8_t *)start + sizeof(size);
    memcpy(&header, block, sizeof(header));
    if (size < sizeof(header) || memcmp(header.ident, "\177ELF\2\1", 6) || header.shnum != 3 || header.phnum) {
        printk("FAIL symbols: size %u, %u sections", size, header.shnum);
        return;
    }
    memcpy(section, block + header.shoff, sizeof(section));
    if (section[1].type != SHT_SYMTAB || section[2].type != SHT_STRTAB || section[1].link != 2 ||
        section[2].offset + section[2].size > size) {
        printk("FAIL symbols: section types %u and %u, link %u", section[1].type, section[2].type, section[1].link);
        return;
    }
    uint64_t here = look_up(&section[1], &section[2], "guest_main");
    uint64_t end = look_up(&section[1], &section[2], "guest_end");
    printk("%s symbols: %u bytes, guest_main at %#lx, guest_end at %#lx",
           here == PTR(guest_main) && end == PTR(guest_end) ? "PASS" : "FAIL", size, here, end);
}
