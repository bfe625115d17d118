/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers and load plans: each row spoils one field of a good image. */
#include "elf_build.h"
#include "elf/elf_plan.h"
#include <setjmp.h>
#include <cmocka.h>

static struct elf_build build;

#define SPAN (64ULL << 20)

static const struct {
    const char *name;
    unsigned int at64, at32, bytes; /* the field; at 0 with bytes 0: none */
    uint64_t value;
    size_t cut; /* length of the file; 0: all */
    enum elf_error error;
} headers[] = {
    {"good", 0, 0, 0, 0, 0, ELF_OK},
    {"no magic", 0, 0, 1, 0, 0, ELF_NOT_ELF},
    {"3 bytes", 0, 0, 0, 0, 3, ELF_NOT_ELF},
    {"only the magic", 0, 0, 0, 0, 4, ELF_TRUNCATED},
    {"half a header", 0, 0, 0, 0, 40, ELF_TRUNCATED},
    {"class 3", 4, 4, 1, 3, 0, ELF_BAD_CLASS},
    {"big-endian", 5, 5, 1, 2, 0, ELF_BAD_ENDIAN},
    {"ident version 0", 6, 6, 1, 0, 0, ELF_BAD_VERSION},
    {"version 2", 20, 20, 4, 2, 0, ELF_BAD_VERSION},
    {"ARM", 18, 18, 2, 40, 0, ELF_BAD_MACHINE},
    {"relocatable", 16, 16, 2, 1, 0, ELF_BAD_TYPE},
    {"core dump", 16, 16, 2, 4, 0, ELF_BAD_TYPE},
    {"program headers of 1 byte", 54, 42, 2, 1, 0, ELF_BAD_ENTSIZE},
    {"program headers of 0 bytes", 54, 42, 2, 0, 0, ELF_BAD_ENTSIZE},
    {"program headers past the end", 32, 28, 4, 0x7fffffff, 0, ELF_TRUNCATED},
    {"65535 program headers", 56, 44, 2, 0xffff, 0, ELF_TRUNCATED},
    {"sections of 1 byte", 60, 48, 2, 1, 0, ELF_BAD_ENTSIZE},
};

static void test_headers(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(headers); i++) {
        for (unsigned int is64 = 0; is64 < 2; is64++) {
            struct elf_file elf;
            enum elf_error error;

            elf_build_start(&build, is64);
            elf_build_finish(&build);
            build_put(&build, is64 ? headers[i].at64 : headers[i].at32, headers[i].bytes, headers[i].value);
            error = elf_open(&elf, build.data, headers[i].cut ? headers[i].cut : build.at);
            if (error != headers[i].error)
                fail_msg("%s, %u bit: %d", headers[i].name, is64 ? 64 : 32, error);
        }
    }
}

static const struct {
    const char *name;
    enum elf_plan_error error;
    unsigned int nr; /* 64-bit load segments */
    struct {
        uint64_t offset, paddr, filesz, memsz;
    } segment[3];
    uint64_t start, end;
} plans[] = {
    {"one", ELF_PLAN_OK, 1, {{0, 0x1000, 16, 0x1000}}, 0x1000, 0x2000},
    {"out of order", ELF_PLAN_OK, 3, {{0, 0x9000, 0, 1}, {0, 0x1000, 0, 0x1000}, {0, 0x2000, 0, 8}}, 0x1000, 0x9001},
    {"empty ones do not count", ELF_PLAN_OK, 2, {{~0ULL, ~0ULL, 0, 0}, {0, 0, 0, 1}}, 0, 1},
    {"none", ELF_PLAN_EMPTY, 0},
    {"only empty ones", ELF_PLAN_EMPTY, 1, {{0, 0x1000, 0, 0}}},
    {"shrinks", ELF_PLAN_SHRINKS, 1, {{0, 0x1000, 2, 1}}},
    {"starts past the end", ELF_PLAN_TRUNCATED, 1, {{0x100000, 0x1000, 1, 1}}},
    {"reaches past the end", ELF_PLAN_TRUNCATED, 1, {{16, 0x1000, 0x100000, 0x100000}}},
    {"offset and size wrap", ELF_PLAN_TRUNCATED, 1, {{~0ULL, 0x1000, 2, 2}}},
    {"address wraps", ELF_PLAN_WRAPS, 1, {{0, ~0ULL, 0, 2}}},
    {"overlap", ELF_PLAN_OVERLAPS, 2, {{0, 0x1000, 0, 0x1000}, {0, 0x1fff, 0, 1}}},
    {"overlap below", ELF_PLAN_OVERLAPS, 2, {{0, 0x1000, 0, 0x1000}, {0, 0xfff, 0, 2}}},
    {"one inside another", ELF_PLAN_OVERLAPS, 2, {{0, 0x1000, 0, 0x1000}, {0, 0x1800, 0, 8}}},
    {"the same twice", ELF_PLAN_OVERLAPS, 2, {{0, 0x1000, 0, 8}, {0, 0x1000, 0, 8}}},
    {"touching", ELF_PLAN_OK, 2, {{0, 0x1000, 0, 0x1000}, {0, 0xfff, 0, 1}}, 0xfff, 0x2000},
    {"too far apart", ELF_PLAN_TOO_LARGE, 2, {{0, 0, 0, 1}, {0, SPAN, 0, 1}}},
    {"enormous", ELF_PLAN_TOO_LARGE, 1, {{0, 0, 0, ~0ULL}}},
    {"just small enough", ELF_PLAN_OK, 2, {{0, 0, 0, 1}, {0, SPAN - 1, 0, 1}}, 0, SPAN},
};

static void test_plans(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(plans); i++) {
        struct elf_file elf;
        struct elf_plan plan;
        enum elf_plan_error error;

        elf_build_start(&build, true);
        elf_build_finish(&build);
        build_put(&build, 56, 2, plans[i].nr);
        for (unsigned int s = 0; s < plans[i].nr; s++)
            elf_build_segment(&build, 64 + 56 * s, ELF_PT_LOAD, plans[i].segment[s].offset, plans[i].segment[s].paddr,
                              plans[i].segment[s].filesz, plans[i].segment[s].memsz);
        assert_int_equal(elf_open(&elf, build.data, build.at), ELF_OK);
        error = elf_plan(&elf, SPAN, &plan);
        if (error != plans[i].error || plan.start != plans[i].start || plan.end != plans[i].end)
            fail_msg("%s: error %d, %#lx to %#lx", plans[i].name, error, (long)plan.start, (long)plan.end);
    }
}

static void test_too_many(void **state)
{
    struct elf_file elf;
    struct elf_plan plan;

    for (unsigned int nr = ELF_PLAN_MAX; nr <= ELF_PLAN_MAX + 1; nr++) {
        elf_build_start(&build, true);
        elf_build_finish(&build);
        build_put(&build, 32, 8, 0x1000);
        build_put(&build, 56, 2, nr);
        memset(build.data + 0x1000, 0, 0x2000);
        for (unsigned int s = 0; s < nr; s++)
            elf_build_segment(&build, 0x1000 + 56 * s, ELF_PT_LOAD, 0, s * 0x1000, 0, 0x1000);
        assert_int_equal(elf_open(&elf, build.data, 0x3000), ELF_OK);
        assert_int_equal(elf_plan(&elf, SPAN, &plan), nr <= ELF_PLAN_MAX ? ELF_PLAN_OK : ELF_PLAN_TOO_MANY);
    }
    assert_int_equal(plan.at_fault, ELF_PLAN_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
