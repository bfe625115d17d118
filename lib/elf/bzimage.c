/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header of a Linux kernel, read from a file of which no byte is believed. */
#include "bzimage.h"
#include "../base/format.h"

/* Offsets in the file. */
#define AT_SETUP_SECTS    0x1f1 /* u8 */
#define AT_BOOT_FLAG      0x1fe /* u16 */
#define AT_MAGIC          0x202 /* "HdrS" */
#define AT_VERSION        0x206 /* u16 */
#define AT_PAYLOAD_OFFSET 0x248 /* u32, from the end of the setup sectors; 2.08 */
#define AT_PAYLOAD_LENGTH 0x24c /* u32; 2.08 */
#define AT_INIT_SIZE      0x260 /* u32; 2.10 */
#define HEADER_END        0x264

#define SECTOR         512u
#define BOOT_FLAG      0xaa55
#define DEFAULT_SECTS  4 /* what a count of 0 means */
#define SIZE_TRAILER   4 /* bytes */

static const struct {
    const char *name;
    uint8_t len;
    uint8_t magic[9];
} pack_kinds[] = {
    [PACK_NONE] = { "nothing", 4, {0x7f, 'E', 'L', 'F'} },
    [PACK_GZIP] = { "gzip", 2, {0x1f, 0x8b} },
    [PACK_XZ] = { "xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0} },
    [PACK_LZMA] = { "lzma", 3, {0x5d, 0, 0} },
    [PACK_BZIP2] = { "bzip2", 3, {'B', 'Z', 'h'} },
    [PACK_LZO] = { "lzo", 9, {0x89, 'L', 'Z', 'O', 0, 0x0d, 0x0a, 0x1a, 0x0a} },
    [PACK_LZ4] = { "lz4", 4, {0x02, 0x21, 0x4c, 0x18} },
    [PACK_ZSTD] = { "zstd", 4, {0x28, 0xb5, 0x2f, 0xfd} },
    [PACK_UNKNOWN] = { "an unknown method", 0, {0} },
};

enum pack_kind pack_kind_of(const void *data, size_t size)
{
    for (enum pack_kind kind = 0; kind < PACK_UNKNOWN; kind++)
        if (size >= pack_kinds[kind].len && !memcmp(data, pack_kinds[kind].magic, pack_kinds[kind].len))
            return kind;
    return PACK_UNKNOWN;
}

const char *pack_kind_name(enum pack_kind kind)
{
    return pack_kinds[MIN(kind, PACK_UNKNOWN)].name;
}

static uint32_t load_u16(const uint8_t *at)
{
    return at[0] | at[1] << 8;
}

static uint32_t load_u32(const uint8_t *at)
{
    return load_u16(at) | load_u16(at + 2) << 16;
}

/* The payload's place is known; what is it? */
static enum bzimage_error bzimage_payload(const uint8_t *file, size_t size, struct bzimage *bz)
{
    if (bz->payload_len <= SIZE_TRAILER)
        return BZIMAGE_NO_PAYLOAD;
    if (bz->payload_offset > size || bz->payload_len > size - bz->payload_offset) {
        bz->fault_need = MIN(bz->payload_offset + bz->payload_len, UINT32_MAX);
        return BZIMAGE_TRUNCATED;
    }
    bz->kind = pack_kind_of(file + bz->payload_offset, bz->payload_len);
    if (bz->kind == PACK_UNKNOWN)
        return BZIMAGE_UNKNOWN_PACK;
    bz->unpacked_size = bz->payload_len;
    if (bz->kind != PACK_NONE)
        bz->unpacked_size = load_u32(file + bz->payload_offset + bz->payload_len - SIZE_TRAILER);
    return BZIMAGE_OK;
}

enum bzimage_error bzimage_parse(const void *data, size_t size, struct bzimage *bz)
{
    const uint8_t *file = data;
    unsigned int sects;

    *bz = (struct bzimage){ .kind = PACK_UNKNOWN };
    if (size < AT_VERSION || load_u16(file + AT_BOOT_FLAG) != BOOT_FLAG || memcmp(file + AT_MAGIC, "HdrS", 4))
        return BZIMAGE_NOT;
    if (size < HEADER_END) {
        bz->fault_need = HEADER_END;
        return BZIMAGE_TRUNCATED;
    }
    bz->protocol = load_u16(file + AT_VERSION);
    if (bz->protocol < 0x208)
        return BZIMAGE_TOO_OLD;
    sects = file[AT_SETUP_SECTS] ? file[AT_SETUP_SECTS] : DEFAULT_SECTS;
    bz->payload_offset = (uint64_t)(sects + 1) * SECTOR + load_u32(file + AT_PAYLOAD_OFFSET);
    bz->payload_len = load_u32(file + AT_PAYLOAD_LENGTH);
    bz->init_size = bz->protocol >= 0x20a ? load_u32(file + AT_INIT_SIZE) : 0;
    return bzimage_payload(file, size, bz);
}

char *bzimage_words(enum bzimage_error error, const struct bzimage *bz, size_t size, char *buf, size_t len)
{
    switch (error) {
    case BZIMAGE_OK:
        format(buf, len, "a Linux bzImage, boot protocol %u.%02u, packed with %s", bz->protocol >> 8,
               bz->protocol & 0xff, pack_kind_name(bz->kind));
        break;
    case BZIMAGE_NOT:
        format(buf, len, "not a Linux bzImage: it has no boot header");
        break;
    case BZIMAGE_TOO_OLD:
        format(buf, len, "a bzImage of boot protocol %u.%02u, which does not say where the kernel lies; 2.08 or newer "
               "is needed", bz->protocol >> 8, bz->protocol & 0xff);
        break;
    case BZIMAGE_NO_PAYLOAD:
        format(buf, len, "a bzImage whose header gives the packed kernel a length of %llu bytes; nothing can be in it",
               (unsigned long long)bz->payload_len);
        break;
    case BZIMAGE_TRUNCATED:
        format(buf, len, "the bzImage is truncated: its header asks for at least %u bytes, the file has %zu",
               bz->fault_need, size);
        break;
    case BZIMAGE_UNKNOWN_PACK:
        format(buf, len, "the kernel in the bzImage is packed with a method that is not known here; gzip, xz, lzma, "
               "bzip2, lzo, lz4 and zstd are");
        break;
    }
    return buf;
}
