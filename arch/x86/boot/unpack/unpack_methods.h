/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One function per method, behind unpack(). */
#ifndef ARCH_X86_BOOT_UNPACK_METHODS_H
#define ARCH_X86_BOOT_UNPACK_METHODS_H

#include "unpack_arena.h"

struct unpack_job {
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t out_cap;
    size_t out_len;     /* written so far */
    struct unpack_arena arena;
    const char *reason; /* with an error: what is wrong, continuing "The packed kernel ..." */
};

/* 0 or a negative error as of unpack(), with job->reason set. */
int unpack_gzip(struct unpack_job *job);
int unpack_xz(struct unpack_job *job);
int unpack_lzma(struct unpack_job *job);
int unpack_bzip2(struct unpack_job *job);
int unpack_lzo(struct unpack_job *job);
int unpack_lz4(struct unpack_job *job);
int unpack_zstd(struct unpack_job *job);

/* Work memory for an input; 0 if its header is corrupt. */
size_t unpack_gzip_arena(const uint8_t *in, size_t in_len);
size_t unpack_xz_arena(const uint8_t *in, size_t in_len);
size_t unpack_lzma_arena(const uint8_t *in, size_t in_len);
size_t unpack_bzip2_arena(const uint8_t *in, size_t in_len);
size_t unpack_lzo_arena(const uint8_t *in, size_t in_len);
size_t unpack_lz4_arena(const uint8_t *in, size_t in_len);
size_t unpack_zstd_arena(const uint8_t *in, size_t in_len);

static inline int unpack_fail(struct unpack_job *job, int error, const char *reason)
{
    job->reason = reason;
    return error;
}

#define UNPACK_TOO_SMALL "unpacks to more than it announces, or than there is room for"
#define UNPACK_TRUNCATED "is truncated"
#define UNPACK_CORRUPT   "is corrupt"
#define UNPACK_NO_MEMORY "needs more work memory than there is"

#endif
