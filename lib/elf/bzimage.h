/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Linux/x86 boot protocol's header (Linux: Documentation/arch/x86/boot.rst): where in a bzImage the compressed
 * kernel lies, and how it is compressed. The payload unpacks to an ELF image, which image_verdict.h judges.
 */
#ifndef LIB_ELF_BZIMAGE_H
#define LIB_ELF_BZIMAGE_H

#include "port.h"

enum pack_kind {
    PACK_NONE, /* an ELF image as it is */
    PACK_GZIP,
    PACK_XZ,
    PACK_LZMA,
    PACK_BZIP2,
    PACK_LZO,
    PACK_LZ4, /* the legacy frame format, the only one that Linux uses */
    PACK_ZSTD,
    PACK_UNKNOWN,
};

/** How the @size bytes at @data are compressed, by their magic number. */
enum pack_kind pack_kind_of(const void *data, size_t size);

/** "gzip" and so on. */
const char *pack_kind_name(enum pack_kind kind);

enum bzimage_error {
    BZIMAGE_OK,
    BZIMAGE_NOT,         /* not a bzImage at all */
    BZIMAGE_TOO_OLD,     /* boot protocol before 2.08: the header does not say where the payload is */
    BZIMAGE_NO_PAYLOAD,  /* payload_length is too small to hold anything */
    BZIMAGE_TRUNCATED,   /* the payload, or the header, reaches past the end of the file */
    BZIMAGE_UNKNOWN_PACK /* a compression that is not known here */
};

struct bzimage {
    uint16_t protocol;       /* 0x020f is 2.15 */
    uint64_t payload_offset; /* bytes from the start of the file */
    uint64_t payload_len;    /* bytes, including a trailing size */
    enum pack_kind kind;
    uint32_t unpacked_size;  /* bytes, as the last four of the payload claim; the ELF's own length if PACK_NONE */
    uint32_t init_size;      /* bytes that the kernel needs from its load address on (0 before protocol 2.10) */
    uint32_t fault_need;     /* BZIMAGE_TRUNCATED: bytes that the file should have had */
};

/** Reads the header of the @size bytes at @data. */
enum bzimage_error bzimage_parse(const void *data, size_t size, struct bzimage *bz);

/** One sentence for an error, into the @len bytes at @buf. Returns @buf. */
char *bzimage_words(enum bzimage_error error, const struct bzimage *bz, size_t size, char *buf, size_t len);

#endif
