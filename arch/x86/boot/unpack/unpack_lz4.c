/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lz4's legacy frame: a magic number, then blocks, each a 32-bit size and that many bytes which unpack to at most
 * 8 MiB. There is no end mark. Linux appends the unpacked size, which looks like the size of a block that is not there:
 * four bytes that are left over at the end are taken for that. A further magic number begins another frame.
 */
#include "unpack_methods.h"
#include <lz4.h>

#define LEGACY_MAGIC 0x184c2102u
#define BLOCK_MAX    (8u << 20)

size_t unpack_lz4_arena(const uint8_t *in, size_t in_len)
{
    return 16; /* none, but 0 would mean an error */
}

static uint32_t lz4_load(const struct unpack_job *job, size_t at)
{
    return job->in[at] | job->in[at + 1] << 8 | job->in[at + 2] << 16 | (uint32_t)job->in[at + 3] << 24;
}

static int lz4_block(struct unpack_job *job, size_t at, uint32_t len)
{
    size_t room = job->out_cap - job->out_len;
    int done = LZ4_decompress_safe((const char *)job->in + at, (char *)job->out + job->out_len, len,
                                   MIN(room, BLOCK_MAX));

    if (done < 0)
        return room < BLOCK_MAX ? unpack_fail(job, -EINVAL, "is corrupt, or unpacks to more than it announces")
                                : unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    job->out_len += done;
    return 0;
}

int unpack_lz4(struct unpack_job *job)
{
    size_t at = 4;

    if (job->in_len < 4 || lz4_load(job, 0) != LEGACY_MAGIC)
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    while (job->in_len - at > 4) {
        uint32_t len = lz4_load(job, at);
        int error;

        at += 4;
        if (len == LEGACY_MAGIC)
            continue;
        if (len > job->in_len - at || len > LZ4_COMPRESSBOUND(BLOCK_MAX))
            return unpack_fail(job, -EINVAL, "is truncated or corrupt");
        error = lz4_block(job, at, len);
        if (error)
            return error;
        at += len;
    }
    return 0;
}
