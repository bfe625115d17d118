/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A total reader of ELF files.
 *
 * The file is bytes that somebody else made: every offset, count and size in it is taken as a claim. All reads go
 * through elf_load(), which refuses what does not lie in the file, so nothing here can touch memory outside of it, and
 * every loop is bounded by a 16-bit count. Both classes are widened to 64 bits at the border; above this header nobody
 * knows which class it was except by elf_file.is64.
 */
#ifndef LIB_ELF_ELF_H
#define LIB_ELF_ELF_H

#include "port.h"

#define ELF_EM_386    3
#define ELF_EM_X86_64 62

#define ELF_PT_LOAD 1
#define ELF_PT_NOTE 4

#define ELF_SHT_NULL   0
#define ELF_SHT_SYMTAB 2
#define ELF_SHT_STRTAB 3
#define ELF_SHT_NOTE   7
#define ELF_SHT_NOBITS 8

/** Why a file is not an ELF image that we read. ELF_OK is 0. */
enum elf_error {
    ELF_OK,
    ELF_NOT_ELF,        /* no magic number */
    ELF_TRUNCATED,      /* the header, or a table that it names, reaches past the end of the file */
    ELF_BAD_CLASS,      /* neither 32 nor 64 bit */
    ELF_BAD_ENDIAN,     /* most significant byte first */
    ELF_BAD_VERSION,    /* a version other than 1 */
    ELF_BAD_MACHINE,    /* neither EM_386 nor EM_X86_64 */
    ELF_BAD_TYPE,       /* neither ET_EXEC nor ET_DYN: nothing that can be loaded */
    ELF_BAD_ENTSIZE,    /* program or section header entries of an unexpected size */
};

struct elf_file {
    const uint8_t *data;
    uint64_t size; /* bytes */
    bool is64;
    uint16_t machine; /* ELF_EM_* */
    uint64_t entry;
    uint64_t phoff, shoff;
    uint16_t phnum, shnum, shstrndx;
};

struct elf_segment {
    uint32_t type;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_section {
    uint32_t name, type, link;
    uint64_t addr, offset, size, entsize, align;
};

/**
 * Reads a little-endian number of @bytes (1, 2, 4 or 8) at file offset @at into *@value.
 * False, and *@value = 0, if any of it lies outside of the file.
 */
bool elf_load(const struct elf_file *elf, uint64_t at, unsigned int bytes, uint64_t *value);

/** Whether [@at, @at + @len) lies in the file. An empty range at the very end does. */
bool elf_in_file(const struct elf_file *elf, uint64_t at, uint64_t len);

/** Checks the header of the @size bytes at @data and fills *@elf, which refers to @data from then on. */
enum elf_error elf_open(struct elf_file *elf, const void *data, size_t size);

/** Program header @i, 0 <= @i < phnum. False if out of range. The fields are as the file says, not yet believed. */
bool elf_segment_get(const struct elf_file *elf, unsigned int i, struct elf_segment *segment);

/** Section header @i, 0 <= @i < shnum. False if out of range. The fields are as the file says, not yet believed. */
bool elf_section_get(const struct elf_file *elf, unsigned int i, struct elf_section *section);

/** Whether @section is called @name; false also if its name cannot be read. */
bool elf_section_is(const struct elf_file *elf, const struct elf_section *section, const char *name);

#endif
