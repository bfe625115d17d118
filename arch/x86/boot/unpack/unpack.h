/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking a kernel at boot.
 *
 * Debian's static decompression libraries do the work, linked with this folder's code into one relocatable object
 * (mk/unpack.mk) in which only the two functions below are visible; all of it lies in .init sections.
 *
 * The libraries are ordinary process code, and that makes demands of the caller:
 *   - interrupts are off, as the code uses the red zone below the stack pointer (NMI and #MC have stacks of their own);
 *   - SSE is enabled (CR4.OSFXSR), and nobody else's FPU state is loaded;
 *   - the FS base points to at least 48 readable bytes, as stack canaries are read from %fs:0x28;
 *   - 16 KiB of stack are free.
 * They keep nothing between calls. Corrupt input is answered with an error and never touches memory outside of the
 * buffers given.
 */
#ifndef ARCH_X86_BOOT_UNPACK_H
#define ARCH_X86_BOOT_UNPACK_H

#include "port.h"
#include "elf/bzimage.h"

/**
 * Bytes of work memory that unpack() needs for this input: a dictionary, for xz and lzma. 0 if @kind cannot be unpacked
 * or the input's header is corrupt; unpack() then says so in words.
 */
size_t unpack_arena_size(enum pack_kind kind, const void *in, size_t in_len);

/**
 * Unpacks the @in_len bytes at @in, which is what bzimage_parse() called the payload or a whole compressed file: what
 * follows the compressed data, such as a trailing size, does not matter.
 *
 * @out, @out_cap, @out_len: where to, the room there, and the bytes written (also after an error)
 * @arena, @arena_len:       work memory, 16-byte aligned, free again afterwards
 * @log:                     gets one sentence per error
 *
 * 0; -EOPNOTSUPP: a kind that is not built in; -ENOMEM: the arena is too small; -ENOSPC: @out is too small; -EINVAL:
 * the data are corrupt or truncated. lz4's format has no checksum and no end mark: compare *@out_len with the size that
 * bzimage_parse() found.
 */
int unpack(enum pack_kind kind, const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len, void *arena,
           size_t arena_len, const struct lib_log *log);

#endif
