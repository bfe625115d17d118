/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law of unpacking: whatever the bytes are, it ends; it writes nothing outside of the room and the work memory that
 * it was given (the sanitizer watches both), says truly how much it wrote, and every error has one sentence. The first
 * byte chooses the method where the data do not say it, the second the room.
 */
#include "arch/x86/boot/unpack/unpack.h"
#include "law.h"

#define ARENA_MAX (4u << 20)

/* The start-up functions of the libraries run by themselves in a process. */
typedef void unpack_ctor(void);
extern unpack_ctor *const unpack_ctors_start[1], *const unpack_ctors_end[1];
unpack_ctor *const unpack_ctors_start[1] = { NULL };
extern unpack_ctor *const unpack_ctors_end[1] __attribute__((alias("unpack_ctors_start")));

static void take_line(void *opaque, enum lib_log_level level, const char *text)
{
    require(text[0]);
    ++*(unsigned int *)opaque;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned int lines = 0;
    const struct lib_log log = { take_line, &lines };
    enum pack_kind kind;
    size_t cap, need, len, out_len = 1;
    void *out, *arena = NULL;
    int error;

    if (size < 2)
        return 0;
    kind = pack_kind_of(data + 2, size - 2);
    if (kind == PACK_UNKNOWN)
        kind = data[0] % (PACK_UNKNOWN + 1);
    cap = (size_t)data[1] << 8;
    need = unpack_arena_size(kind, data + 2, size - 2);
    len = MIN(need, ARENA_MAX);
    out = malloc(cap ? cap : 1);
    require(out && !posix_memalign(&arena, 16, len ? len : 16));
    error = unpack(kind, data + 2, size - 2, out, cap, &out_len, arena, len, &log);
    require(lines == (error != 0) && out_len <= cap);
    free(out);
    free(arena);
    return 0;
}
