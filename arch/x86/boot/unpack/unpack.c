/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row for each method, and the start-up functions that the libraries expect to have run. */
#include "unpack.h"
#include "unpack_methods.h"
#include "base/format.h"

static const struct {
    int (*unpack)(struct unpack_job *job);
    size_t (*arena)(const uint8_t *in, size_t in_len);
} methods[] = {
    [PACK_GZIP] = { unpack_gzip, unpack_gzip_arena }, [PACK_XZ] = { unpack_xz, unpack_xz_arena },
    [PACK_LZMA] = { unpack_lzma, unpack_lzma_arena }, [PACK_LZ4] = { unpack_lz4, unpack_lz4_arena },
    [PACK_ZSTD] = { unpack_zstd, unpack_zstd_arena }, [PACK_BZIP2] = { unpack_bzip2, unpack_bzip2_arena },
    [PACK_LZO] = { unpack_lzo, unpack_lzo_arena },
};

/* Set by the linker script: start-up functions of the libraries, which choose code by what the CPU can do. */
typedef void unpack_ctor(void);
extern unpack_ctor *const unpack_ctors_start[], *const unpack_ctors_end[];

static bool method_known(enum pack_kind kind)
{
    return kind < ARRAY_SIZE(methods) && methods[kind].unpack;
}

/* What every entry does first. A second time is harmless: each chooses the same again. */
static void libraries_start(void)
{
    for (unpack_ctor *const *ctor = unpack_ctors_start; ctor < unpack_ctors_end; ctor++)
        (*ctor)();
}

size_t unpack_arena_size(enum pack_kind kind, const void *in, size_t in_len)
{
    libraries_start();
    return method_known(kind) ? methods[kind].arena(in, in_len) : 0;
}

int unpack(enum pack_kind kind, const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len, void *arena,
           size_t arena_len, const struct lib_log *log)
{
    struct unpack_job job = { .in = in, .in_len = in_len, .out = out, .out_cap = out_cap };
    int error;

    *out_len = 0;
    if (!method_known(kind)) {
        lib_report(log, LIB_LOG_ERROR, "The kernel is packed with %s, which is not built in; gzip, xz, lzma, bzip2, "
                   "lzo, lz4 and zstd are.", pack_kind_name(kind));
        return -EOPNOTSUPP;
    }
    libraries_start();
    unpack_arena_init(&job.arena, arena, arena_len);
    error = methods[kind].unpack(&job);
    *out_len = job.out_len;
    if (error)
        lib_report(log, LIB_LOG_ERROR, "The packed kernel (%s, %zu bytes) %s; %zu bytes were unpacked.",
                   pack_kind_name(kind), in_len, job.reason, job.out_len);
    return error;
}
