/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot protocol's header: each row spoils one field of a good bzImage. */
#include "elf/bzimage.h"
#include <setjmp.h>
#include <cmocka.h>

#define SECTS  2
#define AT     0x1000u /* of the payload */
#define LENGTH 64u
#define SIZE   (AT + LENGTH)

static uint8_t file[SIZE];

static void put(size_t at, unsigned int bytes, uint64_t value)
{
    for (unsigned int i = 0; i < bytes; i++)
        file[at + i] = value >> (8 * i);
}

static void build(void)
{
    memset(file, 0, sizeof(file));
    put(0x1f1, 1, SECTS);
    put(0x1fe, 2, 0xaa55);
    memcpy(file + 0x202, "HdrS", 4);
    put(0x206, 2, 0x20f);
    put(0x248, 4, AT - (SECTS + 1) * 512);
    put(0x24c, 4, LENGTH);
    put(0x260, 4, 0x1234000);
    memcpy(file + AT, "\xfd" "7zXZ", 6);
    put(SIZE - 4, 4, 0x5678);
}

static const struct {
    const char *name;
    unsigned int at, bytes;
    uint64_t value;
    size_t cut; /* length of the file; 0: all */
    enum bzimage_error error;
    const char *says;
} rows[] = {
    {"good", 0, 0, 0, 0, BZIMAGE_OK, "boot protocol 2.15, packed with xz"},
    {"empty", 0, 0, 0, 1, BZIMAGE_NOT, "no boot header"},
    {"no magic", 0x202, 1, 'h', 0, BZIMAGE_NOT, "no boot header"},
    {"no boot flag", 0x1fe, 2, 0, 0, BZIMAGE_NOT, "no boot header"},
    {"header cut", 0, 0, 0, 0x263, BZIMAGE_TRUNCATED, "at least 612 bytes, the file has 611"},
    {"protocol 2.07", 0x206, 2, 0x207, 0, BZIMAGE_TOO_OLD, "2.07"},
    {"protocol 2.08", 0x206, 2, 0x208, 0, BZIMAGE_OK, "2.08"},
    {"file cut", 0, 0, 0, SIZE - 1, BZIMAGE_TRUNCATED, "at least 4160 bytes, the file has 4159"},
    {"payload enormous", 0x24c, 4, 0xffffffff, 0, BZIMAGE_TRUNCATED, "truncated"},
    {"payload far away", 0x248, 4, 0xffffffff, 0, BZIMAGE_TRUNCATED, "at least 4294967295 bytes"},
    {"payload empty", 0x24c, 4, 0, 0, BZIMAGE_NO_PAYLOAD, "a length of 0"},
    {"payload is only the size", 0x24c, 4, 4, 0, BZIMAGE_NO_PAYLOAD, "a length of 4"},
    {"setup sectors 0 mean 4", 0x1f1, 1, 0, 0, BZIMAGE_TRUNCATED, "truncated"},
    {"unknown compression", AT, 1, 0, 0, BZIMAGE_UNKNOWN_PACK, "not known here"},
};

static void test_rows(void **state)
{
    char line[320];

    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        size_t size = rows[i].cut ? rows[i].cut : SIZE;
        struct bzimage bz;
        enum bzimage_error error;

        build();
        put(rows[i].at, rows[i].bytes, rows[i].value);
        error = bzimage_parse(file, size, &bz);
        bzimage_words(error, &bz, size, line, sizeof(line));
        if (error != rows[i].error || !strstr(line, rows[i].says))
            fail_msg("%s: %d: %s", rows[i].name, error, line);
    }
}

static void test_fields(void **state)
{
    struct bzimage bz;

    build();
    assert_int_equal(bzimage_parse(file, SIZE, &bz), BZIMAGE_OK);
    assert_int_equal(bz.payload_offset, AT);
    assert_int_equal(bz.payload_len, LENGTH);
    assert_int_equal(bz.kind, PACK_XZ);
    assert_int_equal(bz.unpacked_size, 0x5678);
    assert_int_equal(bz.init_size, 0x1234000);
    put(0x206, 2, 0x209);
    assert_int_equal(bzimage_parse(file, SIZE, &bz), BZIMAGE_OK);
    assert_int_equal(bz.init_size, 0);
}

static const struct {
    const char *magic;
    size_t len;
    enum pack_kind kind;
    const char *name;
} kinds[] = {
    {"\177ELF", 4, PACK_NONE, "nothing"},
    {"\x1f\x8b", 2, PACK_GZIP, "gzip"},
    {"\xfd" "7zXZ\0", 6, PACK_XZ, "xz"},
    {"\x5d\0\0", 3, PACK_LZMA, "lzma"},
    {"BZh", 3, PACK_BZIP2, "bzip2"},
    {"\x89LZO\0\r\n\x1a\n", 9, PACK_LZO, "lzo"},
    {"\x02\x21\x4c\x18", 4, PACK_LZ4, "lz4"},
    {"\x28\xb5\x2f\xfd", 4, PACK_ZSTD, "zstd"},
    {"\x04\x22\x4d\x18", 4, PACK_UNKNOWN, "an unknown method"}, /* lz4's newer frame: Linux never uses it */
};

static void test_kinds(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        assert_int_equal(pack_kind_of(kinds[i].magic, kinds[i].len), kinds[i].kind);
        assert_int_equal(pack_kind_of(kinds[i].magic, kinds[i].len - 1), PACK_UNKNOWN);
        assert_string_equal(pack_kind_name(kinds[i].kind), kinds[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_fields),
                                        cmocka_unit_test(test_kinds) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
