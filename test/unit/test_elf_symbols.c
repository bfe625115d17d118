/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbol tables behind a kernel: the block as a BSD kernel reads it, and tables that are not believed. */
#include "elf_build.h"
#include "elf/image_words.h"
#include "public.h"
#include <setjmp.h>
#include <cmocka.h>

#define NAMES "\0start\0main"

static struct elf_build build;
static struct image_verdict verdict;
static const struct image_ask ask = { .can_run = IMAGE_BIT(IMAGE_PV64), .dom0 = true };

/* Where in the file the test's section table and its two tables are. */
static size_t table_at, symtab_at, strtab_at, symtab_len;

static size_t section_at(unsigned int i)
{
    return table_at + i * (build.is64 ? 64 : 40);
}

static void section(unsigned int i, uint32_t type, uint64_t offset, uint64_t len, uint32_t link, uint64_t entsize)
{
    unsigned int w = build.is64 ? 8 : 4;
    size_t at = section_at(i);

    build_put(&build, at, 4, 7); /* a name that means nothing in the new table */
    build_put(&build, at + 4, 4, type);
    build_put(&build, at + (build.is64 ? 16 : 12), w, 0xabcd);
    build_put(&build, at + (build.is64 ? 24 : 16), w, offset);
    build_put(&build, at + (build.is64 ? 32 : 20), w, len);
    build_put(&build, at + (build.is64 ? 40 : 24), 4, link);
    build_put(&build, at + (build.is64 ? 44 : 28), 4, 1); /* the first symbol that is not local */
    build_put(&build, at + (build.is64 ? 56 : 36), w, entsize);
}

/* Sections: none, note (any other), symbol table, its strings, and another string table. */
static void build_image(bool is64, const char *wants)
{
    unsigned int entry = is64 ? 24 : 16;

    elf_build_start(&build, is64);
    elf_build_text(&build, XEN_ELFNOTE_LOADER, "generic");
    elf_build_text(&build, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
    elf_build_text(&build, XEN_ELFNOTE_PAE_MODE, "yes");
    elf_build_text(&build, XEN_ELFNOTE_BSD_SYMTAB, wants);
    elf_build_finish(&build);
    symtab_at = build.at;
    symtab_len = 3 * entry;
    memset(build.data + symtab_at, 0x51, symtab_len);
    strtab_at = symtab_at + symtab_len;
    memcpy(build.data + strtab_at, NAMES, sizeof(NAMES));
    table_at = ROUND_UP(strtab_at + sizeof(NAMES), 8);
    memset(build.data + table_at, 0, 5 * 64);
    section(1, ELF_SHT_NOTE, 0, 0, 0, 0);
    section(2, ELF_SHT_SYMTAB, symtab_at, symtab_len, 3, entry);
    section(3, ELF_SHT_STRTAB, strtab_at, sizeof(NAMES), 0, 0);
    section(4, ELF_SHT_STRTAB, strtab_at, 3, 0, 0);
    build_put(&build, is64 ? 40 : 32, is64 ? 8 : 4, table_at);
    build_put(&build, is64 ? 58 : 46, 2, is64 ? 64 : 40);
    build_put(&build, is64 ? 60 : 48, 2, 5);
    build_put(&build, is64 ? 62 : 50, 2, 4);
    build.at = section_at(5);
}

static void judge(void)
{
    image_judge(build.data, build.at, &ask, &verdict);
}

/* The block in the guest's memory, as whoever loads the image makes it. */
static size_t block_make(uint8_t *block)
{
    const struct elf_symbols *s = &verdict.pv.symbols;
    uint8_t head[ELF_SYMBOLS_HEAD_MAX];
    size_t len = elf_symbols_head(s, build.data, head);

    memset(block, 0, s->len);
    memcpy(block, head, len);
    if (!s->state) {
        memcpy(block + 4 + s->symtab.at, build.data + s->symtab.offset, s->symtab.len);
        memcpy(block + 4 + s->strtab.at, build.data + s->strtab.offset, s->strtab.len);
    }
    return s->len;
}

static uint64_t load(const uint8_t *at, unsigned int bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

/* Reads it the way a kernel does: size, ELF header, sections by e_shoff, tables by sh_offset and sh_link. */
static void read_as_kernel(bool is64)
{
    static uint8_t block[4096];
    size_t len = block_make(block);
    const uint8_t *elf = block + 4;
    unsigned int w = is64 ? 8 : 4, section_size = is64 ? 64 : 40;

    assert_int_equal(load(block, 4), len - 4);
    assert_memory_equal(elf, build.data, 24);
    assert_int_equal(load(elf + (is64 ? 56 : 44), 2), 0); /* no segments */
    assert_int_equal(load(elf + (is64 ? 60 : 48), 2), 3);
    const uint8_t *table = elf + load(elf + (is64 ? 40 : 32), w);
    for (unsigned int i = 0; i < section_size; i++)
        assert_int_equal(table[i], 0);
    const uint8_t *symtab = table + section_size;
    assert_int_equal(load(symtab + 4, 4), ELF_SHT_SYMTAB);
    assert_int_equal(load(symtab + (is64 ? 40 : 24), 4), 2);
    assert_int_equal(load(symtab + (is64 ? 44 : 28), 4), 1);
    assert_int_equal(load(symtab + (is64 ? 32 : 20), w), symtab_len);
    assert_memory_equal(elf + load(symtab + (is64 ? 24 : 16), w), build.data + symtab_at, symtab_len);
    const uint8_t *strtab = symtab + section_size;
    assert_int_equal(load(strtab + 4, 4), ELF_SHT_STRTAB);
    assert_memory_equal(elf + load(strtab + (is64 ? 24 : 16), w), NAMES, sizeof(NAMES));
    assert_true(load(strtab + (is64 ? 24 : 16), w) + sizeof(NAMES) <= len - 4);
}

static void test_block(void **state)
{
    for (unsigned int is64 = 0; is64 < 2; is64++) {
        build_image(is64, "yes");
        judge();
        assert_true(verdict.way[is64 ? IMAGE_PV64 : IMAGE_PV32].supported);
        assert_int_equal(verdict.pv.symbols.state, ELF_SYMBOLS_OK);
        assert_int_equal(verdict.pv.symbols_at, verdict.pv.end); /* which is a whole number of words */
        assert_int_equal(verdict.pv.load_end, verdict.pv.end + verdict.pv.symbols.len);
        read_as_kernel(is64);
    }
}

static void spoil(unsigned int at64, unsigned int section_nr, unsigned int bytes, uint64_t value)
{
    build_put(&build, section_at(section_nr) + at64, bytes, value);
}

/* Fields of 64-bit section headers that are spoilt: offset in the header, section, bytes, value. */
static const struct {
    const char *name;
    unsigned int at, section, bytes;
    uint64_t value;
    enum elf_symbols_state state;
} bad[] = {
    {"no symbol table", 4, 2, 4, ELF_SHT_NULL, ELF_SYMBOLS_NONE},
    {"entries of another class", 56, 2, 8, 16, ELF_SYMBOLS_MISSHAPEN},
    {"entries of no size", 56, 2, 8, 0, ELF_SYMBOLS_MISSHAPEN},
    {"half an entry", 32, 2, 8, 36, ELF_SYMBOLS_MISSHAPEN},
    {"no entries", 32, 2, 8, 0, ELF_SYMBOLS_MISSHAPEN},
    {"strings from no section", 40, 2, 4, 0, ELF_SYMBOLS_UNLINKED},
    {"strings from a section that is not there", 40, 2, 4, 5, ELF_SYMBOLS_UNLINKED},
    {"strings from far away", 40, 2, 4, UINT32_MAX, ELF_SYMBOLS_UNLINKED},
    {"strings from itself", 40, 2, 4, 2, ELF_SYMBOLS_UNLINKED},
    {"strings from a note", 40, 2, 4, 1, ELF_SYMBOLS_UNLINKED},
    {"strings of no length", 32, 3, 8, 0, ELF_SYMBOLS_UNLINKED},
    {"symbols past the end", 24, 2, 8, 1 << 20, ELF_SYMBOLS_TRUNCATED},
    {"symbols that wrap", 24, 2, 8, UINT64_MAX - 8, ELF_SYMBOLS_TRUNCATED},
    {"enormous symbols", 32, 2, 8, 24ULL << 58, ELF_SYMBOLS_TRUNCATED},
    {"strings past the end", 24, 3, 8, 1 << 20, ELF_SYMBOLS_TRUNCATED},
    {"enormous strings", 32, 3, 8, UINT64_MAX, ELF_SYMBOLS_TRUNCATED},
    {"strings without a last 0", 32, 3, 8, 3, ELF_SYMBOLS_OPEN_END},
    {"both tables the same bytes", 24, 3, 8, 0, ELF_SYMBOLS_OK},
};

/* What cannot be believed is left out, and said; the image starts all the same. */
static void test_bad(void **state)
{
    uint8_t block[1024];
    char line[256];

    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        build_image(true, "yes");
        spoil(bad[i].at, bad[i].section, bad[i].bytes, bad[i].value);
        judge();
        if (verdict.pv.symbols.state != bad[i].state || !verdict.way[IMAGE_PV64].usable)
            fail_msg("%s: state %d", bad[i].name, verdict.pv.symbols.state);
        image_words_symbols(&verdict.pv, line, sizeof(line));
        assert_non_null(strstr(line, bad[i].state ? "left out" : "go to"));
        if (!bad[i].state)
            continue;
        assert_int_equal(block_make(block), 4);
        assert_int_equal(load(block, 4), 0);
    }
}

static void test_asked_for(void **state)
{
    char line[64];

    build_image(true, "no");
    judge();
    assert_false(verdict.pv.symtab);
    assert_int_equal(verdict.pv.load_end, verdict.pv.end);
    assert_string_equal(image_words_symbols(&verdict.pv, line, sizeof(line)), "");
}

/* The span of image and symbols together has the limit of an image. */
static void test_limit(void **state)
{
    struct image_ask small = ask;

    build_image(true, "yes");
    judge();
    small.max_span = BUILD_MEMSZ + verdict.pv.symbols.len;
    for (unsigned int less = 0; less < 2; less++) {
        small.max_span -= less;
        image_judge(build.data, build.at, &small, &verdict);
        assert_int_equal(verdict.pv.symbols.state, less ? ELF_SYMBOLS_TOO_LARGE : ELF_SYMBOLS_OK);
        assert_true(verdict.way[IMAGE_PV64].usable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_block), cmocka_unit_test(test_bad),
                                        cmocka_unit_test(test_asked_for), cmocka_unit_test(test_limit) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
