/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bzip2, by libbz2. One stream; what follows it is not looked at. */
#include "unpack_methods.h"
#include <bzlib.h>

#define STEP  100000u      /* bytes that one level stands for */
#define FIXED (128u << 10) /* the decoder's own state, of less than 66 KiB, and the arena's headers */

static void *bzip2_alloc(void *opaque, int items, int size)
{
    return unpack_arena_alloc(opaque, (size_t)items * (size_t)size);
}

static void bzip2_free(void *opaque, void *memory)
{
    unpack_arena_free(opaque, memory);
}

/* "BZh" and the level, which says how long a block is; each byte of it takes four. */
size_t unpack_bzip2_arena(const uint8_t *in, size_t in_len)
{
    if (in_len < 4 || in[3] < '1' || in[3] > '9')
        return 0;
    return 4 * STEP * (size_t)(in[3] - '0') + FIXED;
}

static int bzip2_error(struct unpack_job *job, int result, const bz_stream *stream)
{
    switch (result) {
    case BZ_STREAM_END:
        return 0;
    case BZ_MEM_ERROR:
        return unpack_fail(job, -ENOMEM, UNPACK_NO_MEMORY);
    case BZ_OK: /* no progress is possible any more: for want of input, or of room */
        return stream->avail_in && !stream->avail_out ? unpack_fail(job, -ENOSPC, UNPACK_TOO_SMALL)
                                                       : unpack_fail(job, -EINVAL, UNPACK_TRUNCATED);
    default:
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    }
}

/* libbz2 returns BZ_OK as long as it is content; a call that moves nothing is the last. */
static int bzip2_run(bz_stream *stream)
{
    int result;
    unsigned int in, out;

    do {
        in = stream->avail_in;
        out = stream->avail_out;
        result = BZ2_bzDecompress(stream);
    } while (result == BZ_OK && (stream->avail_in != in || stream->avail_out != out));
    return result;
}

int unpack_bzip2(struct unpack_job *job)
{
    bz_stream stream = { .bzalloc = bzip2_alloc, .bzfree = bzip2_free, .opaque = &job->arena };
    int result = BZ2_bzDecompressInit(&stream, 0, 0);

    stream.next_in = (char *)(uintptr_t)job->in;
    stream.avail_in = (unsigned int)MIN(job->in_len, UINT32_MAX);
    stream.next_out = (char *)job->out;
    stream.avail_out = (unsigned int)MIN(job->out_cap, UINT32_MAX);
    if (result == BZ_OK) {
        result = bzip2_run(&stream);
        job->out_len = job->out_cap - stream.avail_out;
        BZ2_bzDecompressEnd(&stream);
    }
    return bzip2_error(job, result, &stream);
}
