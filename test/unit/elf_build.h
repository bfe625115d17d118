/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small ELF images for tests: one load segment at physical 16 MiB, and a note segment behind it. The notes are appended
 * one by one; elf_build_finish() writes the headers. Everything lies in a fixed buffer, so that a test can spoil any
 * byte.
 */
#ifndef TEST_UNIT_ELF_BUILD_H
#define TEST_UNIT_ELF_BUILD_H

#include "elf/elf.h"

#define BUILD_PADDR 0x1000000ULL
#define BUILD_MEMSZ 0x200000ULL
#define BUILD_VBASE 0xffffffff80000000ULL
#define BUILD_NOTES 0x200u
#define BUILD_MAX   (4u << 20)

/* Offsets of header fields that tests spoil. */
#define AT_LOAD_HEADER(b) ((b)->is64 ? 64u : 52u)
#define AT_NOTE_HEADER(b) ((b)->is64 ? 120u : 84u)

struct elf_build {
    bool is64;
    uint16_t machine;
    size_t at; /* where the next note goes */
    uint8_t data[BUILD_MAX];
};

/** @value in @bytes bytes at offset @at of the file. */
void build_put(struct elf_build *b, size_t at, unsigned int bytes, uint64_t value);

/** An empty file for a 64-bit machine, or a 32-bit one. */
void elf_build_start(struct elf_build *b, bool is64);

/** A note: @owner is its name, of which the header says that it has @namesz bytes. */
void elf_build_note_raw(struct elf_build *b, const char *owner, uint32_t namesz, uint32_t type,
                        const void *contents, uint32_t descsz);

/** A note of Xen's: text, with its end; or a number of 1 to 8 bytes. */
void elf_build_text(struct elf_build *b, uint32_t type, const char *text);
void elf_build_number(struct elf_build *b, uint32_t type, uint64_t value, unsigned int bytes);

/** A program header at offset @at of the file. */
void elf_build_segment(struct elf_build *b, size_t at, uint32_t type, uint64_t offset, uint64_t paddr,
                       uint64_t filesz, uint64_t memsz);

/** Writes the headers; the file is b->data[0] to b->data[b->at - 1]. */
void elf_build_finish(struct elf_build *b);

#endif
