/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zstd, in one go: the output buffer serves as the window, so no other is needed however large the frame wants it. */
#include "unpack_methods.h"
#define ZSTD_STATIC_LINKING_ONLY /* for work memory of our own; the library is linked statically indeed */
#include <zstd.h>
#include <zstd_errors.h>

size_t unpack_zstd_arena(const uint8_t *in, size_t in_len)
{
    return ZSTD_estimateDCtxSize() + 1024;
}

static int zstd_error(struct unpack_job *job, size_t result)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_dstSize_tooSmall:
        return unpack_fail(job, -ENOSPC, UNPACK_TOO_SMALL);
    case ZSTD_error_memory_allocation:
        return unpack_fail(job, -ENOMEM, UNPACK_NO_MEMORY);
    case ZSTD_error_srcSize_wrong:
        return unpack_fail(job, -EINVAL, UNPACK_TRUNCATED);
    default:
        return unpack_fail(job, -EINVAL, UNPACK_CORRUPT);
    }
}

/* One frame; what follows it is not looked at. */
int unpack_zstd(struct unpack_job *job)
{
    size_t size = ZSTD_estimateDCtxSize(), len;
    void *memory = unpack_arena_alloc(&job->arena, size);
    ZSTD_DCtx *context = memory ? ZSTD_initStaticDCtx(memory, size) : NULL;

    if (!context)
        return unpack_fail(job, -ENOMEM, UNPACK_NO_MEMORY);
    len = ZSTD_findFrameCompressedSize(job->in, job->in_len);
    if (!ZSTD_isError(len))
        len = ZSTD_decompressDCtx(context, job->out, job->out_cap, job->in, len);
    if (ZSTD_isError(len))
        return zstd_error(job, len);
    job->out_len = len;
    return 0;
}
