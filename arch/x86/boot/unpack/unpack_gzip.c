/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip, by zlib. Its window and state come from the arena. */
#include "unpack_methods.h"
#include <zlib.h>

static voidpf gzip_alloc(voidpf opaque, uInt items, uInt size)
{
    return unpack_arena_alloc(opaque, (size_t)items * size);
}

static void gzip_free(voidpf opaque, voidpf memory)
{
    unpack_arena_free(opaque, memory);
}

size_t unpack_gzip_arena(const uint8_t *in, size_t in_len)
{
    return 64 << 10; /* a window of 32 KiB, and inflate's state of less than 10 */
}

static int gzip_error(struct unpack_job *job, int result, const z_stream *stream)
{
    switch (result) {
    case Z_STREAM_END:
        return 0;
    case Z_MEM_ERROR:
        return unpack_fail(job, -ENOMEM, UNPACK_NO_MEMORY);
    case Z_OK: /* neither input nor room were missing as far as zlib could tell */
    case Z_BUF_ERROR:
        return stream->avail_out || !stream->avail_in ? unpack_fail(job, -EINVAL, UNPACK_TRUNCATED)
                                                       : unpack_fail(job, -ENOSPC, UNPACK_TOO_SMALL);
    default:
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    }
}

/* zlib counts in 32 bits; a kernel of 4 GiB or more is not one. */
int unpack_gzip(struct unpack_job *job)
{
    z_stream stream = { .zalloc = gzip_alloc, .zfree = gzip_free, .opaque = &job->arena };
    int result;

    stream.next_in = (Bytef *)(uintptr_t)job->in;
    stream.avail_in = MIN(job->in_len, UINT32_MAX);
    stream.next_out = job->out;
    stream.avail_out = MIN(job->out_cap, UINT32_MAX);
    result = inflateInit2(&stream, 15 + 16); /* the largest window; a gzip header and its checksum */
    if (result == Z_OK) {
        result = inflate(&stream, Z_FINISH);
        job->out_len = stream.total_out;
        inflateEnd(&stream);
    }
    return gzip_error(job, result, &stream);
}
