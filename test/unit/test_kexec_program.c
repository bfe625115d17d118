/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs, page tables, notes and the checksum, on a small memory. */
#include "kexec/checksum.h"
#include "kexec/notes.h"
#include "kexec/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define PAGE  4096ULL
#define PAGES 1024u

static uint8_t memory[PAGES * PAGE] __attribute__((aligned(4096)));
static uint32_t next_page, last_page;

static uint64_t alloc(void *unused)
{
    return next_page < last_page ? next_page++ * PAGE : 0;
}

static void *at(void *unused, uint64_t paddr)
{
    assert_true(paddr < sizeof(memory));
    return memory + paddr;
}

static const struct kexec_pages pages = { alloc, at, NULL };

static void fresh(uint32_t count)
{
    memset(memory, 0, sizeof(memory));
    next_page = 512;
    last_page = 512 + count;
}

/* Four hundred copies that cannot be joined, then zeros: three pages of steps. */
static void program_long(void **state)
{
    struct kexec_program p;

    fresh(500);
    assert_int_equal(kexec_program_begin(&p, &pages), 0);
    for (uint64_t i = 0; i < 400; i++) {
        memory[(900 - 2 * (i % 100)) * PAGE] = 1;
        assert_int_equal(kexec_program_copy(&p, (1 + i) * PAGE, (900 - 2 * (i % 100)) * PAGE), 0);
    }
    assert_int_equal(kexec_program_zero(&p, (struct range){ 10 * PAGE, 20 * PAGE }), 0);
    assert_int_equal(kexec_program_zero(&p, (struct range){ 5 * PAGE, 5 * PAGE }), 0);
    assert_int_equal(kexec_program_end(&p), 0);
    assert_int_equal(next_page, 512 + 3);
    assert_true(kexec_program_run(p.first, 1000, &pages));
    for (uint64_t i = 0; i < 402; i++)
        assert_int_equal(memory[i * PAGE], i >= 1 && i <= 400 && (i < 10 || i >= 20));
    assert_false(kexec_program_run(p.first, 100, &pages));
}

static void program_joins(void **state)
{
    struct kexec_program p;

    fresh(10);
    assert_int_equal(kexec_program_begin(&p, &pages), 0);
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(kexec_program_copy(&p, (1 + i) * PAGE, (600 + i) * PAGE), 0);
    assert_int_equal(p.used, 1);
    assert_int_equal(kexec_program_copy(&p, 200 * PAGE, 700 * PAGE), 0); /* the source goes on, the destination not */
    assert_int_equal(kexec_program_copy(&p, 201 * PAGE, 800 * PAGE), 0);
    assert_int_equal(p.used, 3);
}

static void program_no_memory(void **state)
{
    struct kexec_program p;

    fresh(0);
    assert_int_equal(kexec_program_begin(&p, &pages), -ENOMEM);
    fresh(1);
    assert_int_equal(kexec_program_begin(&p, &pages), 0);
    for (uint64_t i = 0; i < 169; i++)
        assert_int_equal(kexec_program_copy(&p, (1 + 2 * i) * PAGE, 0), 0);
    assert_int_equal(kexec_program_end(&p), -ENOMEM);
}

static const struct {
    const char *name;
    struct range r[3];
    uint32_t tables; /* how many are made */
} maps[] = {
    { "one page", { { 0x1000, 0x2000 } }, 4 },
    { "large", { { 0x200000, 0x600000 } }, 3 },
    { "large with rims", { { 0x1ff000, 0x401000 } }, 5 },
    { "small, then the large around it", { { 0x201000, 0x202000 }, { 0x200000, 0x400000 } }, 4 },
    { "large, then a small in it", { { 0x200000, 0x400000 }, { 0x201000, 0x202000 } }, 3 },
    { "far apart", { { 0x1000, 0x2000 }, { 0x8000000000, 0x8000001000 }, { 0x7ffffffff000, 0x800000000000 } }, 10 },
    { "nothing", { { 0x1000, 0x1000 } }, 1 },
};

static void tables(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
        struct kexec_tables t;

        fresh(100);
        assert_int_equal(kexec_tables_begin(&t, &pages), 0);
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(kexec_tables_map(&t, maps[i].r[j]), 0);
        if (next_page - 512 != maps[i].tables)
            fail_msg("%s: %u tables", maps[i].name, next_page - 512);
        for (size_t j = 0; j < 3; j++) {
            const struct range r = maps[i].r[j];
            for (uint64_t va = r.start; va < r.end; va += PAGE)
                assert_int_equal(kexec_tables_lookup(&t, va + 5), va + 5);
        }
        assert_true(kexec_tables_lookup(&t, 0) == UINT64_MAX);
        assert_true(kexec_tables_lookup(&t, 0x40000000) == UINT64_MAX);
        assert_true(kexec_tables_lookup(&t, 1ULL << 47) == UINT64_MAX);
    }
}

static void tables_refuse(void **state)
{
    struct kexec_tables t;

    fresh(3);
    assert_int_equal(kexec_tables_begin(&t, &pages), 0);
    assert_int_equal(kexec_tables_map(&t, (struct range){ PAGE, (1ULL << 47) + PAGE }), -EADDRNOTAVAIL);
    assert_int_equal(kexec_tables_map(&t, (struct range){ PAGE, 2 * PAGE }), -ENOMEM);
}

static uint64_t word_at(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static void notes_of_a_cpu(void **state)
{
    static uint8_t run[sizeof(struct kexec_cpu_notes) + 1];
    struct kexec_cpu_notes *n = (void *)run;
    const struct cpu_user_regs regs = { .r15 = 15, .rip = 0x1234, .rsp = 0x5678, .cs = 0xe008, .ss = 0xe010 };

    for (unsigned int cpu = 0; cpu < 2; cpu++) {
        size_t size = kexec_cpu_notes_size(cpu), seen = 0, parts = 0;

        memset(run, 0x5a, sizeof(run));
        kexec_cpu_notes_init(n, cpu);
        kexec_cpu_notes_regs(n, cpu, &regs);
        assert_int_equal(run[size], 0x5a);
        seen = kexec_note_find(run, size, "CORE");
        assert_int_equal(seen, 12 + 8 + 336);
        for (size_t more; (more = kexec_note_find(run + seen, size - seen, "Xen")); parts++)
            seen += more;
        assert_int_equal(seen, size);
        assert_int_equal(parts, cpu ? 1 : 2);
        assert_int_equal((uint32_t)word_at(run + 20 + 32), cpu);       /* pr_pid */
        assert_int_equal(word_at(run + 20 + 112), 15);            /* r15 */
        assert_int_equal(word_at(run + 20 + 112 + 16 * 8), 0x1234); /* rip */
        assert_int_equal(word_at(run + 20 + 112 + 19 * 8), 0x5678); /* rsp */
    }
}

static void notes_of_text(void **state)
{
    char buf[64];

    assert_int_equal(kexec_text_note(buf, sizeof(buf), "VMCOREINFO_XEN", 0, "A=1\nB"), 12 + 16 + 8);
    assert_int_equal(kexec_note_find(buf, sizeof(buf), "VMCOREINFO_XEN"), 36);
    assert_int_equal(kexec_note_find(buf, 35, "VMCOREINFO_XEN"), 0);
    assert_int_equal(kexec_note_find(buf, 20, "VMCOREINFO_XEN"), 0);
    assert_int_equal(kexec_note_find(buf, sizeof(buf), "VMCOREINFO"), 0);
    assert_memory_equal(buf + 28, "A=1\nB\0\0\0", 8);
    assert_int_equal(kexec_text_note(buf, 35, "VMCOREINFO_XEN", 0, "A=1\nB"), 0);
    assert_int_equal(kexec_text_note(buf, 3, "VMCOREINFO_XEN", 0, "A=1\nB"), 0);
}

/* One changed bit anywhere changes the sum, and pieces give what the whole gives. */
static void checksum(void **state)
{
    uint64_t words[64] = { 0 }, sum = kexec_checksum(KEXEC_CHECKSUM_START, words, sizeof(words));

    assert_true(sum == kexec_checksum(kexec_checksum(KEXEC_CHECKSUM_START, words, 256), words + 32, 256));
    for (unsigned int bit = 0; bit < 64 * 64; bit++) {
        words[bit / 64] ^= 1ULL << bit % 64;
        assert_true(sum != kexec_checksum(KEXEC_CHECKSUM_START, words, sizeof(words)));
        words[bit / 64] ^= 1ULL << bit % 64;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_long), cmocka_unit_test(program_joins),    cmocka_unit_test(program_no_memory),
        cmocka_unit_test(tables),       cmocka_unit_test(tables_refuse),    cmocka_unit_test(notes_of_a_cpu),
        cmocka_unit_test(notes_of_text), cmocka_unit_test(checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
