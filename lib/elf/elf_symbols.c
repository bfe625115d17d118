/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block is planned first (sizes, or why there is none) and written later, when its place in memory is known. */
#include "elf_symbols.h"

#define SECTIONS 3u

/* Columns: 32-bit, 64-bit (System V gABI, chapter 4). */
struct place {
    uint8_t at[2], bytes[2];
};
static const struct place head_phoff = { {28, 32}, {4, 8} }, head_shoff = { {32, 40}, {4, 8} };
static const struct place head_phnum = { {44, 56}, {2, 2} }, head_shnum = { {48, 60}, {2, 2} };
static const struct place head_shstrndx = { {50, 62}, {2, 2} };
static const struct place section_name = { {0, 0}, {4, 4} }, section_type = { {4, 4}, {4, 4} };
static const struct place section_addr = { {12, 16}, {4, 8} }, section_offset = { {16, 24}, {4, 8} };
static const struct place section_link = { {24, 40}, {4, 4} };

static uint64_t header_size(bool is64)
{
    return is64 ? 64 : 52;
}

static uint64_t section_size(bool is64)
{
    return is64 ? 64 : 40;
}

static uint64_t symbol_size(bool is64)
{
    return is64 ? 24 : 16;
}

static uint64_t word(bool is64)
{
    return is64 ? 8 : 4;
}

static void put(uint8_t *record, bool is64, const struct place *place, uint64_t value)
{
    for (unsigned int i = 0; i < place->bytes[is64]; i++)
        record[place->at[is64] + i] = (uint8_t)(value >> (8 * i));
}

static bool find_table(const struct elf_file *elf, struct elf_section *symtab, struct elf_symbols *symbols)
{
    for (unsigned int i = 1; elf_section_get(elf, i, symtab); i++) {
        if (symtab->type != ELF_SHT_SYMTAB)
            continue;
        symbols->symtab.header = elf->shoff + i * section_size(elf->is64);
        return true;
    }
    return false;
}

static enum elf_symbols_state check_tables(const struct elf_file *elf, struct elf_symbols *symbols)
{
    struct elf_section symtab, strtab;

    if (!find_table(elf, &symtab, symbols))
        return ELF_SYMBOLS_NONE;
    if (symtab.entsize != symbol_size(elf->is64) || symtab.size % symtab.entsize || !symtab.size)
        return ELF_SYMBOLS_MISSHAPEN;
    if (!symtab.link || !elf_section_get(elf, symtab.link, &strtab) || strtab.type != ELF_SHT_STRTAB || !strtab.size)
        return ELF_SYMBOLS_UNLINKED;
    if (!elf_in_file(elf, symtab.offset, symtab.size) || !elf_in_file(elf, strtab.offset, strtab.size))
        return ELF_SYMBOLS_TRUNCATED;
    if (elf->data[strtab.offset + strtab.size - 1])
        return ELF_SYMBOLS_OPEN_END;
    symbols->strtab.header = elf->shoff + symtab.link * section_size(elf->is64);
    symbols->symtab.offset = symtab.offset;
    symbols->symtab.len = symtab.size;
    symbols->strtab.offset = strtab.offset;
    symbols->strtab.len = strtab.size;
    return ELF_SYMBOLS_OK;
}

void elf_symbols_plan(const struct elf_file *elf, uint64_t max, struct elf_symbols *symbols)
{
    uint64_t end;

    *symbols = (struct elf_symbols){ .is64 = elf->is64, .len = ELF_SYMBOLS_SIZE_BYTES };
    symbols->state = check_tables(elf, symbols);
    if (symbols->state)
        return;
    /* Both lengths are at most the file's, so nothing wraps. */
    symbols->symtab.at = header_size(elf->is64) + SECTIONS * section_size(elf->is64);
    symbols->strtab.at = ROUND_UP(symbols->symtab.at + symbols->symtab.len, word(elf->is64));
    end = ROUND_UP(symbols->strtab.at + symbols->strtab.len, word(elf->is64));
    if (end > UINT32_MAX || end + ELF_SYMBOLS_SIZE_BYTES > max)
        symbols->state = ELF_SYMBOLS_TOO_LARGE;
    else
        symbols->len = end + ELF_SYMBOLS_SIZE_BYTES;
}

static void section_write(uint8_t *to, const uint8_t *from, bool is64, uint32_t type,
                          const struct elf_symbols_table *table)
{
    memcpy(to, from, section_size(is64));
    put(to, is64, &section_name, 0);
    put(to, is64, &section_type, type);
    put(to, is64, &section_addr, 0);
    put(to, is64, &section_offset, table->at);
    put(to, is64, &section_link, type == ELF_SHT_SYMTAB ? 2 : 0);
}

size_t elf_symbols_head(const struct elf_symbols *symbols, const void *image, uint8_t head[ELF_SYMBOLS_HEAD_MAX])
{
    static const struct place size = { {0, 0}, {4, 4} };
    const uint8_t *file = image;
    bool is64 = symbols->is64;
    uint8_t *elf = head + ELF_SYMBOLS_SIZE_BYTES, *section = elf + header_size(is64);

    memset(head, 0, ELF_SYMBOLS_HEAD_MAX);
    put(head, is64, &size, symbols->len - ELF_SYMBOLS_SIZE_BYTES);
    if (symbols->state)
        return ELF_SYMBOLS_SIZE_BYTES;
    memcpy(elf, file, header_size(is64));
    put(elf, is64, &head_phoff, 0);
    put(elf, is64, &head_phnum, 0);
    put(elf, is64, &head_shoff, header_size(is64));
    put(elf, is64, &head_shnum, SECTIONS);
    put(elf, is64, &head_shstrndx, 0);
    section += section_size(is64);
    section_write(section, file + symbols->symtab.header, is64, ELF_SHT_SYMTAB, &symbols->symtab);
    section += section_size(is64);
    section_write(section, file + symbols->strtab.header, is64, ELF_SHT_STRTAB, &symbols->strtab);
    return ELF_SYMBOLS_SIZE_BYTES + symbols->symtab.at;
}
