/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzo in the file format of lzop, by liblzo2: a header, then blocks with their unpacked and packed size, checksums of
 * either as the header's flags say, and the bytes. An unpacked size of 0 ends it. Numbers are big-endian.
 */
#include "unpack_methods.h"
#include <lzo/lzo1x.h>

#define MAGIC_LEN 9u
#define BLOCK_MAX (64u << 20) /* what lzop itself allows */

/* Header flags. */
#define SUM_PLAIN_ADLER  0x0001u
#define SUM_PACKED_ADLER 0x0002u
#define SUM_PLAIN_CRC    0x0100u
#define SUM_PACKED_CRC   0x0200u
#define HAS_FILTER       0x0800u

#define VERSION_LEVEL 0x0940u /* from this one on, the header has three more fields */

struct lzo_reader {
    const uint8_t *in;
    size_t len, at;
    bool short_of; /* something was read past the end; it reads as 0 */
};

static uint32_t lzo_take(struct lzo_reader *r, unsigned int bytes)
{
    uint32_t value = 0;

    if (bytes > r->len - r->at) {
        r->short_of = true;
        return 0;
    }
    while (bytes-- > 0)
        value = value << 8 | r->in[r->at++];
    return value;
}

static void lzo_skip(struct lzo_reader *r, size_t bytes)
{
    r->short_of |= bytes > r->len - r->at;
    r->at += MIN(bytes, r->len - r->at);
}

/* Leaves the reader at the first block. */
static bool lzo_header(struct lzo_reader *r, uint32_t *flags)
{
    uint32_t version, method;

    lzo_skip(r, MAGIC_LEN);
    version = lzo_take(r, 2);
    lzo_take(r, 2); /* the library's version */
    if (version >= VERSION_LEVEL)
        lzo_take(r, 2); /* the version that it takes */
    method = lzo_take(r, 1);
    if (version >= VERSION_LEVEL)
        lzo_take(r, 1); /* level */
    *flags = lzo_take(r, 4);
    lzo_take(r, 4); /* mode */
    lzo_take(r, version >= VERSION_LEVEL ? 4 : 0);
    lzo_take(r, 4); /* time */
    lzo_skip(r, lzo_take(r, 1)); /* name */
    lzo_take(r, 4); /* checksum */
    return !r->short_of && method >= 1 && method <= 3 && !(*flags & HAS_FILTER);
}

/* The sums in the order in which they stand; those of the packed bytes are missing where nothing was packed. */
struct lzo_sums {
    uint32_t adler, crc;
};

static struct lzo_sums lzo_take_sums(struct lzo_reader *r, uint32_t flags, bool packed)
{
    struct lzo_sums sums = { 0, 0 };

    if (flags & SUM_PLAIN_ADLER)
        sums.adler = lzo_take(r, 4);
    if (flags & SUM_PLAIN_CRC)
        sums.crc = lzo_take(r, 4);
    if (packed && (flags & SUM_PACKED_ADLER))
        lzo_take(r, 4);
    if (packed && (flags & SUM_PACKED_CRC))
        lzo_take(r, 4);
    return sums;
}

static bool lzo_sums_hold(struct lzo_sums sums, uint32_t flags, const uint8_t *plain, size_t len)
{
    return (!(flags & SUM_PLAIN_ADLER) || lzo_adler32(1, plain, len) == sums.adler) &&
           (!(flags & SUM_PLAIN_CRC) || lzo_crc32(0, plain, len) == sums.crc);
}

static int lzo_block(struct unpack_job *job, struct lzo_reader *r, uint32_t flags, uint32_t plain)
{
    uint32_t packed = lzo_take(r, 4);
    struct lzo_sums sums = lzo_take_sums(r, flags, packed < plain);
    uint8_t *to = job->out + job->out_len;
    lzo_uint len = plain;

    if (r->short_of || packed > r->len - r->at)
        return unpack_fail(job, -EINVAL, UNPACK_TRUNCATED);
    if (plain > BLOCK_MAX || packed > plain)
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    if (plain > job->out_cap - job->out_len)
        return unpack_fail(job, -ENOSPC, UNPACK_TOO_SMALL);
    if (packed == plain)
        memcpy(to, r->in + r->at, plain);
    else if (lzo1x_decompress_safe(r->in + r->at, packed, to, &len, NULL) != LZO_E_OK || len != plain)
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    if (!lzo_sums_hold(sums, flags, to, plain))
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    r->at += packed;
    job->out_len += plain;
    return 0;
}

size_t unpack_lzo_arena(const uint8_t *in, size_t in_len)
{
    return 16; /* none, but 0 would mean an error */
}

int unpack_lzo(struct unpack_job *job)
{
    struct lzo_reader r = { .in = job->in, .len = job->in_len };
    uint32_t flags, plain;

    if (!lzo_header(&r, &flags))
        return unpack_fail(job, -EINVAL, "has no sound header");
    while ((plain = lzo_take(&r, 4))) {
        int error = lzo_block(job, &r, flags, plain);

        if (error)
            return error;
    }
    return r.short_of ? unpack_fail(job, -EINVAL, UNPACK_TRUNCATED) : 0;
}
