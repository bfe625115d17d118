/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building small ELF images: see elf_build.h. */
#include "elf_build.h"

void build_put(struct elf_build *b, size_t at, unsigned int bytes, uint64_t value)
{
    for (unsigned int i = 0; i < bytes; i++)
        b->data[at + i] = value >> (8 * i);
}

void elf_build_start(struct elf_build *b, bool is64)
{
    memset(b->data, 0, BUILD_NOTES);
    b->is64 = is64;
    b->machine = is64 ? ELF_EM_X86_64 : ELF_EM_386;
    b->at = BUILD_NOTES;
}

void elf_build_note_raw(struct elf_build *b, const char *owner, uint32_t namesz, uint32_t type,
                        const void *contents, uint32_t descsz)
{
    build_put(b, b->at, 4, namesz);
    build_put(b, b->at + 4, 4, descsz);
    build_put(b, b->at + 8, 4, type);
    b->at += 12;
    memset(b->data + b->at, 0, ROUND_UP(namesz, 4) + ROUND_UP(descsz, 4));
    memcpy(b->data + b->at, owner, MIN(namesz, strlen(owner) + 1));
    if (descsz)
        memcpy(b->data + b->at + ROUND_UP(namesz, 4), contents, descsz);
    b->at += ROUND_UP(namesz, 4) + ROUND_UP(descsz, 4);
}

void elf_build_text(struct elf_build *b, uint32_t type, const char *text)
{
    elf_build_note_raw(b, "Xen", 4, type, text, strlen(text) + 1);
}

void elf_build_number(struct elf_build *b, uint32_t type, uint64_t value, unsigned int bytes)
{
    elf_build_note_raw(b, "Xen", 4, type, &value, bytes);
}

void elf_build_segment(struct elf_build *b, size_t at, uint32_t type, uint64_t offset, uint64_t paddr,
                       uint64_t filesz, uint64_t memsz)
{
    unsigned int w = b->is64 ? 8 : 4;

    build_put(b, at, 4, type);
    build_put(b, at + (b->is64 ? 8 : 4), w, offset);
    build_put(b, at + (b->is64 ? 16 : 8), w, paddr);
    build_put(b, at + (b->is64 ? 24 : 12), w, paddr);
    build_put(b, at + (b->is64 ? 32 : 16), w, filesz);
    build_put(b, at + (b->is64 ? 40 : 20), w, memsz);
}

void elf_build_finish(struct elf_build *b)
{
    unsigned int w = b->is64 ? 8 : 4;

    memcpy(b->data, "\177ELF", 4);
    b->data[4] = b->is64 ? 2 : 1;
    b->data[5] = b->data[6] = 1;
    build_put(b, 16, 2, 2);
    build_put(b, 18, 2, b->machine);
    build_put(b, 20, 4, 1);
    build_put(b, 24, w, BUILD_PADDR);
    build_put(b, b->is64 ? 32 : 28, w, AT_LOAD_HEADER(b));
    build_put(b, b->is64 ? 54 : 42, 2, b->is64 ? 56 : 32);
    build_put(b, b->is64 ? 56 : 44, 2, 2);
    elf_build_segment(b, AT_LOAD_HEADER(b), ELF_PT_LOAD, 0, BUILD_PADDR, 0x100, BUILD_MEMSZ);
    elf_build_segment(b, AT_NOTE_HEADER(b), ELF_PT_NOTE, BUILD_NOTES, 0, b->at - BUILD_NOTES, 0);
}
