/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the fields of both classes are, as tables; one bounded read serves them all. */
#include "elf.h"

/* e_ident */
#define IDENT_CLASS   4
#define IDENT_DATA    5
#define IDENT_VERSION 6
#define CLASS_32      1
#define CLASS_64      2
#define DATA_LSB      1
#define ET_EXEC       2
#define ET_DYN        3

/* Where a field lies and how wide it is, for one class of file. */
struct field {
    uint8_t at, bytes;
};

/* Columns: 32-bit, 64-bit (System V gABI, chapters 4 and 5). */
enum {
    H_TYPE, H_MACHINE, H_VERSION, H_ENTRY, H_PHOFF, H_SHOFF, H_PHENTSIZE, H_PHNUM, H_SHENTSIZE, H_SHNUM, H_SHSTRNDX,
};
static const struct field header_fields[][2] = {
    [H_TYPE] = { {16, 2}, {16, 2} },      [H_MACHINE] = { {18, 2}, {18, 2} },   [H_VERSION] = { {20, 4}, {20, 4} },
    [H_ENTRY] = { {24, 4}, {24, 8} },     [H_PHOFF] = { {28, 4}, {32, 8} },     [H_SHOFF] = { {32, 4}, {40, 8} },
    [H_PHENTSIZE] = { {42, 2}, {54, 2} }, [H_PHNUM] = { {44, 2}, {56, 2} },     [H_SHENTSIZE] = { {46, 2}, {58, 2} },
    [H_SHNUM] = { {48, 2}, {60, 2} },     [H_SHSTRNDX] = { {50, 2}, {62, 2} },
};
enum { P_TYPE, P_OFFSET, P_VADDR, P_PADDR, P_FILESZ, P_MEMSZ, P_ALIGN };
static const struct field segment_fields[][2] = {
    [P_TYPE] = { {0, 4}, {0, 4} },     [P_OFFSET] = { {4, 4}, {8, 8} },   [P_VADDR] = { {8, 4}, {16, 8} },
    [P_PADDR] = { {12, 4}, {24, 8} },  [P_FILESZ] = { {16, 4}, {32, 8} }, [P_MEMSZ] = { {20, 4}, {40, 8} },
    [P_ALIGN] = { {28, 4}, {48, 8} },
};
enum { S_NAME, S_TYPE, S_ADDR, S_OFFSET, S_SIZE, S_LINK, S_ALIGN, S_ENTSIZE };
static const struct field section_fields[][2] = {
    [S_NAME] = { {0, 4}, {0, 4} },     [S_TYPE] = { {4, 4}, {4, 4} },     [S_ADDR] = { {12, 4}, {16, 8} },
    [S_OFFSET] = { {16, 4}, {24, 8} }, [S_SIZE] = { {20, 4}, {32, 8} },   [S_LINK] = { {24, 4}, {40, 4} },
    [S_ALIGN] = { {32, 4}, {48, 8} },  [S_ENTSIZE] = { {36, 4}, {56, 8} },
};
#define HEADER_SIZE(is64)  ((is64) ? 64u : 52u)
#define SEGMENT_SIZE(is64) ((is64) ? 56u : 32u)
#define SECTION_SIZE(is64) ((is64) ? 64u : 40u)

bool elf_in_file(const struct elf_file *elf, uint64_t at, uint64_t len)
{
    return at <= elf->size && len <= elf->size - at;
}

bool elf_load(const struct elf_file *elf, uint64_t at, unsigned int bytes, uint64_t *value)
{
    *value = 0;
    if (!elf_in_file(elf, at, bytes))
        return false;
    for (unsigned int i = bytes; i-- > 0;)
        *value = *value << 8 | elf->data[at + i];
    return true;
}

/* Callers have checked that the record lies in the file; a field outside would read as 0. */
static uint64_t elf_field(const struct elf_file *elf, uint64_t base, const struct field field[2])
{
    uint64_t value;

    elf_load(elf, base + field[elf->is64].at, field[elf->is64].bytes, &value);
    return value;
}

static enum elf_error elf_check_ident(const uint8_t *ident, size_t size)
{
    static const uint8_t magic[4] = { 0x7f, 'E', 'L', 'F' };

    if (size < sizeof(magic) || memcmp(ident, magic, sizeof(magic)))
        return ELF_NOT_ELF;
    if (size < HEADER_SIZE(false))
        return ELF_TRUNCATED;
    if (ident[IDENT_CLASS] != CLASS_32 && ident[IDENT_CLASS] != CLASS_64)
        return ELF_BAD_CLASS;
    if (ident[IDENT_DATA] != DATA_LSB)
        return ELF_BAD_ENDIAN;
    return ident[IDENT_VERSION] == 1 ? ELF_OK : ELF_BAD_VERSION;
}

/* A file may have no sections at all, or a count of 0 with an offset that means nothing. */
static enum elf_error elf_check_tables(struct elf_file *elf, uint64_t phentsize, uint64_t shentsize)
{
    if (elf->phnum && phentsize != SEGMENT_SIZE(elf->is64))
        return ELF_BAD_ENTSIZE;
    if (elf->shnum && shentsize != SECTION_SIZE(elf->is64))
        return ELF_BAD_ENTSIZE;
    if (elf->phnum && !elf_in_file(elf, elf->phoff, elf->phnum * phentsize))
        return ELF_TRUNCATED;
    if (elf->shnum && !elf_in_file(elf, elf->shoff, elf->shnum * shentsize))
        return ELF_TRUNCATED;
    return ELF_OK;
}

enum elf_error elf_open(struct elf_file *elf, const void *data, size_t size)
{
    enum elf_error error = elf_check_ident(data, size);
    uint64_t type;

    *elf = (struct elf_file){ .data = data, .size = size };
    if (error)
        return error;
    elf->is64 = elf->data[IDENT_CLASS] == CLASS_64;
    if (size < HEADER_SIZE(elf->is64))
        return ELF_TRUNCATED;
    if (elf_field(elf, 0, header_fields[H_VERSION]) != 1)
        return ELF_BAD_VERSION;
    elf->machine = elf_field(elf, 0, header_fields[H_MACHINE]);
    if (elf->machine != ELF_EM_386 && elf->machine != ELF_EM_X86_64)
        return ELF_BAD_MACHINE;
    type = elf_field(elf, 0, header_fields[H_TYPE]);
    if (type != ET_EXEC && type != ET_DYN)
        return ELF_BAD_TYPE;
    elf->entry = elf_field(elf, 0, header_fields[H_ENTRY]);
    elf->phoff = elf_field(elf, 0, header_fields[H_PHOFF]);
    elf->shoff = elf_field(elf, 0, header_fields[H_SHOFF]);
    elf->phnum = elf_field(elf, 0, header_fields[H_PHNUM]);
    elf->shnum = elf_field(elf, 0, header_fields[H_SHNUM]);
    elf->shstrndx = elf_field(elf, 0, header_fields[H_SHSTRNDX]);
    return elf_check_tables(elf, elf_field(elf, 0, header_fields[H_PHENTSIZE]),
                            elf_field(elf, 0, header_fields[H_SHENTSIZE]));
}

bool elf_segment_get(const struct elf_file *elf, unsigned int i, struct elf_segment *segment)
{
    uint64_t at = elf->phoff + (uint64_t)i * SEGMENT_SIZE(elf->is64);

    if (i >= elf->phnum)
        return false;
    segment->type = elf_field(elf, at, segment_fields[P_TYPE]);
    segment->offset = elf_field(elf, at, segment_fields[P_OFFSET]);
    segment->vaddr = elf_field(elf, at, segment_fields[P_VADDR]);
    segment->paddr = elf_field(elf, at, segment_fields[P_PADDR]);
    segment->filesz = elf_field(elf, at, segment_fields[P_FILESZ]);
    segment->memsz = elf_field(elf, at, segment_fields[P_MEMSZ]);
    segment->align = elf_field(elf, at, segment_fields[P_ALIGN]);
    return true;
}

bool elf_section_get(const struct elf_file *elf, unsigned int i, struct elf_section *section)
{
    uint64_t at = elf->shoff + (uint64_t)i * SECTION_SIZE(elf->is64);

    if (i >= elf->shnum)
        return false;
    section->name = elf_field(elf, at, section_fields[S_NAME]);
    section->type = elf_field(elf, at, section_fields[S_TYPE]);
    section->addr = elf_field(elf, at, section_fields[S_ADDR]);
    section->offset = elf_field(elf, at, section_fields[S_OFFSET]);
    section->size = elf_field(elf, at, section_fields[S_SIZE]);
    section->link = elf_field(elf, at, section_fields[S_LINK]);
    section->align = elf_field(elf, at, section_fields[S_ALIGN]);
    section->entsize = elf_field(elf, at, section_fields[S_ENTSIZE]);
    return true;
}

bool elf_section_is(const struct elf_file *elf, const struct elf_section *section, const char *name)
{
    struct elf_section strings;
    size_t len = strlen(name) + 1; /* the terminator must match too */

    if (!elf_section_get(elf, elf->shstrndx, &strings) || strings.type != ELF_SHT_STRTAB)
        return false;
    if (!elf_in_file(elf, strings.offset, strings.size) || section->name > strings.size ||
        len > strings.size - section->name)
        return false;
    return !memcmp(elf->data + strings.offset + section->name, name, len);
}
