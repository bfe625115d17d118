/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decompression object of the hypervisor, linked into a process as it is: what Debian's libraries pack, it unpacks
 * to the same bytes, and what is cut or spoilt ends with an error and a sentence.
 */
#include "arch/x86/boot/unpack/unpack.h"
#include <bzlib.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <setjmp.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <cmocka.h>

#define PLAIN_LEN  (9u << 20) /* more than one block of lz4's */
#define SHORT_LEN  (1u << 20) /* several blocks of the others' */
#define PACKED_CAP (PLAIN_LEN + (1u << 20))
#define ARENA_LEN  (16u << 20)

static uint8_t plain[PLAIN_LEN], packed[PACKED_CAP], out[PLAIN_LEN + 64];
static uint8_t arena[ARENA_LEN] __attribute__((aligned(16)));
static size_t plain_len; /* of what is packed now */
static unsigned int lines;

/* One page of noise in sixteen, else repetition with what looks like x86 calls, so that the BCJ filter has work. */
static void make_plain(void)
{
    uint32_t seed = 1;

    for (unsigned int i = 0; i < PLAIN_LEN; i++) {
        seed = seed * 1664525 + 1013904223;
        plain[i] = i / 4096 % 16 ? (i % 5 ? i >> 12 : 0xe8) : seed >> 24;
    }
}

static size_t pack_xz_with(lzma_check check, bool x86)
{
    lzma_options_lzma options;
    lzma_filter filters[] = { {LZMA_FILTER_X86, NULL}, {LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL} };
    size_t len = 0;

    lzma_lzma_preset(&options, 0);
    assert_int_equal(lzma_stream_buffer_encode(x86 ? filters : filters + 1, check, NULL, plain, plain_len, packed, &len,
                                               PACKED_CAP), LZMA_OK);
    return len;
}

static size_t pack_xz_linux(void)
{
    return pack_xz_with(LZMA_CHECK_CRC32, true);
}

static size_t pack_xz_crc64(void)
{
    return pack_xz_with(LZMA_CHECK_CRC64, false);
}

static size_t pack_xz_sha256(void)
{
    return pack_xz_with(LZMA_CHECK_SHA256, false);
}

static size_t pack_lzma(void)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_options_lzma options;

    lzma_lzma_preset(&options, 0);
    assert_int_equal(lzma_alone_encoder(&stream, &options), LZMA_OK);
    stream.next_in = plain;
    stream.avail_in = (uInt)plain_len;
    stream.next_out = packed;
    stream.avail_out = PACKED_CAP;
    assert_int_equal(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
    lzma_end(&stream);
    return PACKED_CAP - stream.avail_out;
}

static size_t pack_gzip(void)
{
    z_stream stream = { .next_in = plain, .avail_in = (uInt)plain_len, .next_out = packed, .avail_out = PACKED_CAP };

    assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

static size_t pack_zstd(void)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t len;

    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27); /* as Linux: larger than we want to have in memory */
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    len = ZSTD_compress2(context, packed, PACKED_CAP, plain, plain_len);
    ZSTD_freeCCtx(context);
    assert_false(ZSTD_isError(len));
    return len;
}

static size_t pack_lz4(void)
{
    size_t len = 4;

    memcpy(packed, "\x02\x21\x4c\x18", 4);
    for (size_t at = 0; at < plain_len; at += 8 << 20) {
        int block = LZ4_compress_default((const char *)plain + at, (char *)packed + len + 4,
                                         MIN(plain_len - at, (size_t)8 << 20), PACKED_CAP - len - 4);

        assert_true(block > 0);
        memcpy(packed + len, &block, 4);
        len += 4 + block;
    }
    return len;
}

static size_t pack_bzip2(void)
{
    unsigned int len = PACKED_CAP;

    assert_int_equal(BZ2_bzBuffToBuffCompress((char *)packed, &len, (char *)plain, (unsigned int)plain_len, 1, 0, 0),
                     BZ_OK);
    return len;
}

static size_t put_number(size_t at, unsigned int bytes, uint32_t value)
{
    for (unsigned int i = 0; i < bytes; i++)
        packed[at + i] = bytes - 1 - i < 4 ? (uint8_t)(value >> (8 * (bytes - 1 - i))) : 0;
    return at + bytes;
}

/* As lzop writes it: blocks of 256 KiB, those that do not shrink as they are. */
static size_t pack_lzo_with(uint32_t flags, bool old)
{
    static uint8_t work[LZO1X_1_MEM_COMPRESS], block[512 << 10];
    size_t at = put_number(sizeof("\x89LZO\0\r\n\x1a\n") - 1, 2, old ? 0x0900 : 0x1030);

    memcpy(packed, "\x89LZO\0\r\n\x1a\n", 9);
    at = put_number(at, 2, 0x20a0);
    at = put_number(at, old ? 0 : 2, 0x0940);
    at = put_number(at, 1, 1);
    at = put_number(at, old ? 0 : 1, 5);
    at = put_number(at, 4, flags);
    at = put_number(at, old ? 8 : 12, 0); /* mode, time */
    at = put_number(at, 1, 3);
    at = put_number(at, 3, 0x616263);
    at = put_number(at, 4, 0); /* the header's checksum, which nobody needs */
    for (size_t done = 0; done < plain_len;) {
        size_t part = MIN(plain_len - done, (size_t)256 << 10);
        lzo_uint len;

        assert_int_equal(lzo1x_1_compress(plain + done, part, block, &len, work), LZO_E_OK);
        bool stored = len >= part;
        at = put_number(at, 4, (uint32_t)part);
        at = put_number(at, 4, (uint32_t)(stored ? part : len));
        if (flags & 1)
            at = put_number(at, 4, lzo_adler32(1, plain + done, part));
        if (flags & 0x100)
            at = put_number(at, 4, lzo_crc32(0, plain + done, part));
        if (flags & 2 && !stored)
            at = put_number(at, 4, lzo_adler32(1, block, len));
        memcpy(packed + at, stored ? plain + done : block, stored ? part : len);
        at += stored ? part : len;
        done += part;
    }
    return put_number(at, 4, 0);
}

static size_t pack_lzo(void)
{
    return pack_lzo_with(0x03000001, false);
}

static size_t pack_lzo_all_sums(void)
{
    return pack_lzo_with(0x103, false);
}

static size_t pack_lzo_old(void)
{
    return pack_lzo_with(0, true);
}

static const struct {
    const char *name;
    enum pack_kind kind;
    size_t (*pack)(void);
    bool checked; /* a flipped bit is found */
} methods[] = {
    {"xz as Linux packs", PACK_XZ, pack_xz_linux, true},
    {"xz with CRC64", PACK_XZ, pack_xz_crc64, true},
    {"xz with SHA-256", PACK_XZ, pack_xz_sha256, true},
    {"lzma", PACK_LZMA, pack_lzma, false},
    {"gzip", PACK_GZIP, pack_gzip, true},
    {"zstd", PACK_ZSTD, pack_zstd, true},
    {"bzip2", PACK_BZIP2, pack_bzip2, true},
    {"lzo", PACK_LZO, pack_lzo, true},
    {"lzo with all checksums", PACK_LZO, pack_lzo_all_sums, true},
    {"lzo of an old version without any", PACK_LZO, pack_lzo_old, false},
    {"lz4, legacy frame", PACK_LZ4, pack_lz4, false},
};

static void take_line(void *opaque, enum lib_log_level level, const char *text)
{
    assert_int_equal(level, LIB_LOG_ERROR);
    assert_true(text[0] && text[strlen(text) - 1] == '.');
    lines++;
}

static const struct lib_log sink = { take_line, NULL };

/* Every error comes with one sentence, and nothing behind the room given is written. */
static int run(enum pack_kind kind, size_t in_len, size_t cap, size_t arena_len, size_t *out_len)
{
    int error;

    memset(out, 0xa5, sizeof(out));
    lines = 0;
    error = unpack(kind, packed, in_len, out, cap, out_len, arena, arena_len, &sink);
    assert_int_equal(lines, error ? 1 : 0);
    assert_int_equal(out[cap], 0xa5);
    assert_memory_equal(out + cap, out + cap + 1, sizeof(out) - cap - 1);
    assert_true(*out_len <= cap);
    return error;
}

/* What is cut, spoilt or has no room need not be long, but where a block is. */
static size_t pack_short(unsigned int i)
{
    plain_len = methods[i].kind == PACK_LZ4 ? PLAIN_LEN : SHORT_LEN;
    return methods[i].pack();
}

static void test_round_trip(void **state)
{
    plain_len = PLAIN_LEN;
    for (unsigned int i = 0; i < ARRAY_SIZE(methods); i++) {
        size_t len = methods[i].pack(), need = unpack_arena_size(methods[i].kind, packed, len), out_len;
        uint32_t size = PLAIN_LEN;

        assert_true(need && need <= ARENA_LEN);
        assert_int_equal(pack_kind_of(packed, len), methods[i].kind);
        for (unsigned int trailer = 0; trailer < 2; trailer++) {
            if (trailer)
                memcpy(packed + len, &size, 4);
            if (run(methods[i].kind, len + 4 * trailer, PLAIN_LEN, need, &out_len) || out_len != PLAIN_LEN ||
                memcmp(out, plain, PLAIN_LEN))
                fail_msg("%s, trailer %u: %zu bytes", methods[i].name, trailer, out_len);
        }
    }
}

static void test_truncated(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(methods); i++) {
        size_t len = pack_short(i), out_len;
        const size_t cuts[] = { 0, 1, 4, 12, 13, 24, len / 3, len / 2, len - 1 };

        for (unsigned int c = 0; c < ARRAY_SIZE(cuts); c++) {
            int error = run(methods[i].kind, cuts[c], plain_len, ARENA_LEN, &out_len);

            /* An lz4 frame without blocks is one. */
            if (error != -EINVAL && !(methods[i].kind == PACK_LZ4 && cuts[c] == 4))
                fail_msg("%s cut to %zu: %d", methods[i].name, cuts[c], error);
        }
    }
}

/* Whether unpacking by this method takes work memory, and tells a lack of room from bad data. */
static bool needs_arena(enum pack_kind kind)
{
    return kind != PACK_LZ4 && kind != PACK_LZO;
}

static void test_too_small(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(methods); i++) {
        size_t len = pack_short(i), out_len;
        int error = run(methods[i].kind, len, plain_len - 1, ARENA_LEN, &out_len);

        if (error != (methods[i].kind == PACK_LZ4 ? -EINVAL : -ENOSPC))
            fail_msg("%s: %d", methods[i].name, error);
        error = run(methods[i].kind, len, plain_len, 4096, &out_len);
        if (error != (needs_arena(methods[i].kind) ? -ENOMEM : 0))
            fail_msg("%s with an arena of 4096: %d", methods[i].name, error);
        error = run(methods[i].kind, len, plain_len, 0, &out_len);
        if (error != (needs_arena(methods[i].kind) ? -ENOMEM : 0))
            fail_msg("%s without an arena: %d", methods[i].name, error);
    }
}

static void test_spoilt(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(methods); i++) {
        size_t len = pack_short(i), out_len;

        for (unsigned int n = 0; n < 12; n++) {
            size_t at = n < 8 ? n : (len - 1) / 12 * n;
            int error;

            packed[at] ^= 0x10;
            error = run(methods[i].kind, len, plain_len, ARENA_LEN, &out_len);
            packed[at] ^= 0x10;
            if (!error && methods[i].checked && (out_len != plain_len || memcmp(out, plain, plain_len)))
                fail_msg("%s: byte %zu was spoilt and nobody noticed", methods[i].name, at);
        }
    }
}

static void test_not_built_in(void **state)
{
    static const enum pack_kind kinds[] = { PACK_NONE, PACK_UNKNOWN, PACK_UNKNOWN + 1 };
    size_t out_len;

    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        assert_int_equal(run(kinds[i], 16, PLAIN_LEN, ARENA_LEN, &out_len), -EOPNOTSUPP);
        assert_int_equal(unpack_arena_size(kinds[i], packed, 16), 0);
    }
}

static int prepare(void **state)
{
    make_plain();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_truncated),    cmocka_unit_test(test_too_small),
        cmocka_unit_test(test_spoilt),     cmocka_unit_test(test_not_built_in),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
