/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table of a kernel that asks for it (note BSD_SYMTAB). Behind the image, at the next multiple of a word of
 * the image's class, goes one block:
 *
 *   uint32_t size     of all that follows
 *   ELF header        the image's own, but with three sections and no segments
 *   section headers   none, symbol table, string table; sh_offset counts from this ELF header
 *   symbol table
 *   string table      each padded to a word
 *
 * BSD kernels look for it at the symbol that marks their end. An image that asks and has no table that could be
 * believed gets a size of 0 there, and a reason that can be reported: it starts all the same.
 */
#ifndef LIB_ELF_ELF_SYMBOLS_H
#define LIB_ELF_ELF_SYMBOLS_H

#include "elf.h"

#define ELF_SYMBOLS_SIZE_BYTES 4u
#define ELF_SYMBOLS_HEAD_MAX   (ELF_SYMBOLS_SIZE_BYTES + 64u + 3 * 64u)

enum elf_symbols_state {
    ELF_SYMBOLS_OK,
    ELF_SYMBOLS_NONE,      /* the image has no symbol table */
    ELF_SYMBOLS_MISSHAPEN, /* entries of an unexpected size, or not a whole number of them */
    ELF_SYMBOLS_UNLINKED,  /* it does not name a string table */
    ELF_SYMBOLS_TRUNCATED, /* one of the two tables reaches past the end of the file */
    ELF_SYMBOLS_OPEN_END,  /* the string table does not end with a 0 */
    ELF_SYMBOLS_TOO_LARGE, /* more than the caller allows */
};

/** A table: its section header and its bytes in the file, and where it goes, counted from the new ELF header. */
struct elf_symbols_table {
    uint64_t header, offset, len, at;
};

struct elf_symbols {
    enum elf_symbols_state state;
    bool is64;
    uint64_t len; /* bytes of the whole block, the size included; 4 if there is only that */
    struct elf_symbols_table symtab, strtab;
};

/** Plans the block; in any case *@symbols is complete. @max: bytes that it may take. */
void elf_symbols_plan(const struct elf_file *elf, uint64_t max, struct elf_symbols *symbols);

/**
 * The first bytes of the block, up to the symbol table, into @head. @image: the bytes that were planned with. Returns
 * their number. The tables follow at ELF_SYMBOLS_SIZE_BYTES + their `at`; what lies between is zero.
 */
size_t elf_symbols_head(const struct elf_symbols *symbols, const void *image, uint8_t head[ELF_SYMBOLS_HEAD_MAX]);

#endif
