/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xz, and the older lzma format: both by liblzma. */
#include "unpack_methods.h"
#include <lzma.h>

#define SLACK (128u << 10) /* what liblzma allocates besides the decoders that it accounts for */

static void *xz_alloc(void *opaque, size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? NULL : unpack_arena_alloc(opaque, bytes);
}

static void xz_free(void *opaque, void *memory)
{
    unpack_arena_free(opaque, memory);
}

/* The filters of the first block tell; Linux's payload has one block. */
size_t unpack_xz_arena(const uint8_t *in, size_t in_len)
{
    struct unpack_arena arena;
    uint8_t memory[1024] __attribute__((aligned(16)));
    const lzma_allocator allocator = { xz_alloc, xz_free, &arena };
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    lzma_block block = { .filters = filters };
    lzma_stream_flags flags;
    uint64_t usage;

    unpack_arena_init(&arena, memory, sizeof(memory));
    if (in_len < LZMA_STREAM_HEADER_SIZE + 1 || lzma_stream_header_decode(&flags, in) != LZMA_OK)
        return 0;
    in += LZMA_STREAM_HEADER_SIZE;
    in_len -= LZMA_STREAM_HEADER_SIZE;
    block.check = flags.check;
    block.header_size = lzma_block_header_size_decode(in[0]);
    if (!in[0] || block.header_size > in_len || lzma_block_header_decode(&block, &allocator, in) != LZMA_OK)
        return 0;
    usage = lzma_raw_decoder_memusage(filters);
    return usage == UINT64_MAX ? 0 : usage + SLACK;
}

/*
 * lzma's header: a byte of three small numbers, the dictionary's size in 4 bytes, the unpacked size in 8 (all ones: not
 * known, an end mark follows). It is read here, not by lzma_alone_decoder(), whose code finds another function through
 * the GOT in a way that ld wants to turn into a 32-bit address; the hypervisor's are longer.
 */
#define LZMA_HEADER 13

static bool lzma_read_header(const uint8_t *in, size_t in_len, lzma_options_lzma *options)
{
    if (in_len < LZMA_HEADER || in[0] >= 9 * 5 * 5)
        return false;
    *options = (lzma_options_lzma){
        .lc = in[0] % 9,
        .lp = in[0] / 9 % 5,
        .pb = in[0] / 45,
        .dict_size = in[1] | in[2] << 8 | in[3] << 16 | (uint32_t)in[4] << 24,
        .ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM,
        .ext_size_low = in[5] | in[6] << 8 | in[7] << 16 | (uint32_t)in[8] << 24,
        .ext_size_high = in[9] | in[10] << 8 | in[11] << 16 | (uint32_t)in[12] << 24,
    };
    return true;
}

size_t unpack_lzma_arena(const uint8_t *in, size_t in_len)
{
    lzma_options_lzma options;
    lzma_filter filters[] = { {LZMA_FILTER_LZMA1EXT, &options}, {LZMA_VLI_UNKNOWN, NULL} };
    uint64_t usage;

    if (!lzma_read_header(in, in_len, &options))
        return 0;
    usage = lzma_raw_decoder_memusage(filters);
    return usage == UINT64_MAX ? 0 : usage + SLACK;
}

static int xz_error(struct unpack_job *job, lzma_ret result, const lzma_stream *stream)
{
    switch (result) {
    case LZMA_STREAM_END:
        return 0;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
        return unpack_fail(job, -ENOMEM, UNPACK_NO_MEMORY);
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return stream->avail_out || !stream->avail_in ? unpack_fail(job, -EINVAL, UNPACK_TRUNCATED)
                                                       : unpack_fail(job, -ENOSPC, UNPACK_TOO_SMALL);
    case LZMA_OPTIONS_ERROR:
        return unpack_fail(job, -EINVAL, "asks for a filter or an option that liblzma does not have");
    default:
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    }
}

static int xz_run(struct unpack_job *job, lzma_stream *stream, lzma_ret result)
{
    stream->next_in = job->in;
    stream->avail_in = job->in_len;
    stream->next_out = job->out;
    stream->avail_out = job->out_cap;
    while (result == LZMA_OK)
        result = lzma_code(stream, LZMA_RUN); /* LZMA_BUF_ERROR when it is called twice without progress */
    job->out_len = stream->total_out;
    lzma_end(stream);
    return xz_error(job, result, stream);
}

int unpack_xz(struct unpack_job *job)
{
    const lzma_allocator allocator = { xz_alloc, xz_free, &job->arena };
    lzma_stream stream = { .allocator = &allocator };

    return xz_run(job, &stream, lzma_stream_decoder(&stream, UINT64_MAX, 0));
}

int unpack_lzma(struct unpack_job *job)
{
    const lzma_allocator allocator = { xz_alloc, xz_free, &job->arena };
    lzma_stream stream = { .allocator = &allocator };
    lzma_options_lzma options;
    const lzma_filter filters[] = { {LZMA_FILTER_LZMA1EXT, &options}, {LZMA_VLI_UNKNOWN, NULL} };

    if (!lzma_read_header(job->in, job->in_len, &options))
        return unpack_fail(job, -EINVAL, "has no sound header");
    job->in += LZMA_HEADER;
    job->in_len -= LZMA_HEADER;
    return xz_run(job, &stream, lzma_raw_decoder(&stream, filters));
}
