/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest page tables: the four formats, reserved bits, every right by every access, accessed and dirty bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/guest_walk/guest_walk.h"
#include "x86/pte/pte.h"

#define CR0_PAGED 0x80010001ULL /* PG, WP, PE */
#define CR0_NO_WP 0x80000001ULL
#define PSE  BIT(4)
#define PAE  BIT(5)
#define SMEP BIT(20)
#define SMAP BIT(21)
#define PKE  BIT(22)
#define LMA  BIT(10)
#define NXE  BIT(11)

#define R 0
#define W GUEST_WALK_WRITE
#define X GUEST_WALK_FETCH
#define I GUEST_WALK_IMPLICIT

/* Guest-physical memory: tables at 0x1000 to 0x7fff, nothing elsewhere. */
static uint8_t ram[0x8000];
static unsigned int exchanges, changes_at;

static bool ram_read(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t *entry)
{
    if (paddr < 0x1000 || paddr >= sizeof(ram))
        return false;
    assert_int_equal(paddr % bytes, 0);
    *entry = 0;
    memcpy(entry, ram + paddr, bytes);
    return true;
}

static bool ram_exchange(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t old, uint64_t next)
{
    uint64_t now;

    assert_true(ram_read(opaque, paddr, bytes, &now));
    if (++exchanges == changes_at || now != old)
        return false;
    memcpy(ram + paddr, &next, bytes);
    return true;
}

static const struct guest_walk_memory memory = { ram_read, ram_exchange, NULL };

static void put(uint64_t paddr, unsigned int index, unsigned int bytes, uint64_t entry)
{
    memcpy(ram + paddr + index * bytes, &entry, bytes);
}

static uint64_t get(uint64_t paddr, unsigned int index, unsigned int bytes)
{
    uint64_t entry = 0;

    memcpy(&entry, ram + paddr + index * bytes, bytes);
    return entry;
}

#define LONG_VA 0x0000008040201abcULL /* entry 1 of every level */

/* Four levels for LONG_VA: tables at 0x1000, 0x2000, 0x3000 and 0x4000, the page at 0x5000. */
static struct guest_paging long_mode(uint64_t leaf)
{
    memset(ram, 0, sizeof(ram));
    exchanges = changes_at = 0;
    put(0x1000, 1, 8, 0x2000 | PTE_P | PTE_RW | PTE_US);
    put(0x2000, 1, 8, 0x3000 | PTE_P | PTE_RW | PTE_US);
    put(0x3000, 1, 8, 0x4000 | PTE_P | PTE_RW | PTE_US);
    put(0x4000, 1, 8, leaf);
    return (struct guest_paging){ .cr0 = CR0_PAGED, .cr3 = 0x1000, .cr4 = PAE, .efer = LMA | NXE, .phys_bits = 40,
                                  .pages_1g = true };
}

static void test_without_paging(void **state)
{
    struct guest_paging p = { .cr0 = 1, .phys_bits = 40 };
    struct guest_walk w;

    assert_int_equal(guest_walk(&p, &memory, 0x1fedcba98ULL, W, &w), GUEST_WALK_DONE);
    assert_int_equal(w.paddr, 0xfedcba98);
    assert_true(w.user && w.writable && w.executable && w.shift == 12);
}

static void test_formats(void **state)
{
    static const struct {
        const char *name;
        uint64_t cr4, efer, cr3, va, paddr;
        unsigned int bytes, shift;
        uint64_t entry[4]; /* of the tables at 0x1000, 0x2000, 0x3000, 0x4000, each at the index that follows */
        unsigned int index[4];
    } t[] = {
        { "32 bits, 4 KiB", 0, 0, 0x1018, 0x00c03abc, 0x6abc, 4, 12, { 0x2007, 0x6007 }, { 3, 3 } },
        { "32 bits, PS without PSE is a table", 0, 0, 0x1000, 0x00c03abc, 0x6abc, 4, 12, { 0x2087, 0x6007 }, { 3, 3 } },
        { "32 bits, 4 MiB", PSE, 0, 0x1000, 0xffc12345, 0x40012345, 4, 22, { 0x40000087 }, { 1023 } },
        { "32 bits, 4 MiB above 4 GiB", PSE, 0, 0x1000, 0x00012345, 0xa540012345, 4, 22, { 0x4014a087 }, { 0 } },
        { "PAE, 4 KiB", PAE, 0, 0x1020, 0xc0402abc, 0xf00006abc, 8, 12, { 0x2001, 0x3007, 0xf00006007 }, { 7, 2, 2 } },
        { "PAE, 2 MiB", PAE, NXE, 0x1000, 0x404fffff, 0xeefffff, 8, 21, { 0x2001, 0xee010e7 }, { 1, 2 } },
        { "long, 4 KiB", PAE, LMA, 0x1000, 0xfffffffffffffabc, 0xfffffffabc, 8, 12,
          { 0x2007, 0x3007, 0x4007, 0xfffffff007 }, { 511, 511, 511, 511 } },
        { "long, 2 MiB", PAE, LMA, 0x1000, 0x3fffff, 0x3fffff, 8, 21, { 0x2007, 0x3007, 0x200087 }, { 0, 0, 1 } },
        { "long, 1 GiB", PAE, LMA, 0x1000, 0x7fedcba9, 0xc3fedcba9, 8, 30, { 0x2007, 0xc000010e7 }, { 0, 1 } },
        { "long, available bits", PAE, LMA, 0x1018, 0x1000, 0x6000, 8, 12,
          { 0x7ff0000000002e07, 0x7ff0000000003e07, 0x7ff0000000004e07, 0x7ff0000000006e07 }, { 0, 0, 0, 1 } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct guest_paging p = { .cr0 = CR0_PAGED, .cr3 = t[i].cr3, .cr4 = t[i].cr4, .efer = t[i].efer,
                                  .phys_bits = 40, .pages_1g = true };
        enum guest_walk_end end;
        struct guest_walk w;

        memset(ram, 0, sizeof(ram));
        changes_at = 0;
        for (unsigned int n = 0; n < 4 && t[i].entry[n]; n++)
            put(0x1000 * (n + 1), t[i].index[n], t[i].bytes, t[i].entry[n]);
        end = guest_walk(&p, &memory, t[i].va, R, &w);
        if (end != GUEST_WALK_DONE || w.paddr != t[i].paddr || w.shift != t[i].shift)
            fail_msg("%s: end %d, error %#x, at %#lx, shift %u", t[i].name, end, w.error, (unsigned long)w.paddr,
                     w.shift);
    }
}

static void test_loaded_pdptes(void **state)
{
    struct guest_paging p = { .cr0 = CR0_PAGED, .cr3 = 0x1000, .cr4 = PAE, .phys_bits = 40, .pdptes_loaded = true,
                              .pdpte = { [3] = 0x2001 } };
    struct guest_walk w;

    memset(ram, 0, sizeof(ram));
    changes_at = 0;
    put(0x1000, 3, 8, 0x5001); /* changed in memory, not loaded */
    put(0x2000, 511, 8, 0x6000e7);
    assert_int_equal(guest_walk(&p, &memory, 0xffe00123, W, &w), GUEST_WALK_DONE);
    assert_int_equal(w.paddr, 0x600123);
    assert_int_equal(guest_walk(&p, &memory, 0x123, R, &w), GUEST_WALK_FAULT);
    assert_int_equal(w.error, 0);
    assert_int_equal(get(0x1000, 3, 8), 0x5001); /* the top level of PAE has no accessed bit */
}

/* Each bit of each entry at each level: which are reserved. */
static void test_reserved(void **state)
{
    static const struct {
        const char *name;
        unsigned int table; /* whose entry gets the bits one by one */
        uint64_t entry, reserved;
        bool nxe, pages_1g;
    } t[] = {
        { "L4", 0x1000, 0x2007, 0x000fff0000000080, true, true },
        { "L4 without NX", 0x1000, 0x2007, 0x800fff0000000080, false, true },
        { "L3 table", 0x2000, 0x3007, 0x000fff0000000000, true, true },
        { "L3 table without 1 GiB pages", 0x2000, 0x3007, 0x000fff0000000080, true, false },
        { "L3 page", 0x2000, 0x40000087, 0x000fff003fffe000, true, true },
        { "L2 table", 0x3000, 0x4007, 0x000fff0000000000, true, true },
        { "L2 page", 0x3000, 0x200087, 0x000fff00001fe000, true, true },
        { "L1", 0x4000, 0x5007, 0x000fff0000000000, true, true },
        { "L1 without NX", 0x4000, 0x5007, 0x800fff0000000000, false, true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++)
        for (unsigned int bit = 0; bit < 64; bit++) {
            struct guest_paging p = long_mode(0x5007);
            bool reserved = t[i].reserved & BIT(bit), seen;
            struct guest_walk w;

            p.efer = LMA | (t[i].nxe ? NXE : 0);
            p.pages_1g = t[i].pages_1g;
            put(t[i].table, 1, 8, t[i].entry | BIT(bit));
            if (BIT(bit) == PTE_PS && t[i].table != 0x1000 && t[i].pages_1g)
                continue; /* another kind of entry */
            seen = guest_walk(&p, &memory, LONG_VA, R, &w) == GUEST_WALK_FAULT &&
                   w.error == (PF_PRESENT | PF_RESERVED);
            if (seen != reserved)
                fail_msg("%s, bit %u: %s", t[i].name, bit, seen ? "refused" : "taken");
        }
}

static void test_reserved_other_formats(void **state)
{
    struct guest_paging p = { .cr0 = CR0_PAGED, .cr3 = 0x1000, .cr4 = PAE, .phys_bits = 36 };
    static const uint64_t pdpte = 0xfffffff0000001e6;
    struct guest_walk w;

    for (unsigned int bit = 1; bit < 64; bit++) {
        memset(ram, 0, sizeof(ram));
        put(0x1000, 0, 8, 0x2001 | BIT(bit));
        put(0x2000, 0, 8, 0x2000e7);
        guest_walk(&p, &memory, 0, R, &w);
        assert_int_equal(!!(w.error & PF_RESERVED), !!(pdpte & BIT(bit)));
    }
    p.cr4 = PSE;
    for (unsigned int bit = 12; bit < 22; bit++) { /* 36 bits of address: 13 to 16 are its, 17 to 21 nobody's */
        memset(ram, 0, sizeof(ram));
        put(0x1000, 0, 4, 0x87 | BIT(bit));
        guest_walk(&p, &memory, 0, R, &w);
        assert_int_equal(!!(w.error & PF_RESERVED), bit >= 17);
    }
}

static void test_rights(void **state)
{
    static const struct {
        const char *name;
        uint64_t leaf, cr0, cr4;
        bool user, ac;
        unsigned int access;
        int error; /* -1: granted */
        uint32_t pkru;
    } t[] = {
        { "absent", 0, CR0_PAGED, 0, false, false, R, 0 },
        { "absent, user writes", 0, CR0_PAGED, 0, true, false, W, 6 },
        { "absent, fetch", 0, CR0_PAGED, 0, true, false, X, 0x14 },
        { "kernel page, kernel reads", 0x5001, CR0_PAGED, 0, false, false, R, -1 },
        { "kernel page, kernel writes", 0x5001, CR0_PAGED, 0, false, false, W, 3 },
        { "kernel page, kernel writes without WP", 0x5001, CR0_NO_WP, 0, false, false, W, -1 },
        { "kernel page, user reads", 0x5001, CR0_PAGED, 0, true, false, R, 5 },
        { "kernel page, user's descriptor table", 0x5003, CR0_PAGED, 0, true, false, W | I, -1 },
        { "user page read-only, user writes", 0x5005, CR0_NO_WP, 0, true, false, W, 7 },
        { "user page, user writes", 0x5007, CR0_PAGED, SMAP | SMEP, true, false, W, -1 },
        { "no execute", 0x8000000000005007, CR0_PAGED, 0, true, false, X, 0x15 },
        { "no execute, kernel", 0x8000000000005003, CR0_PAGED, 0, false, false, X, 0x11 },
        { "no execute, read", 0x8000000000005007, CR0_PAGED, 0, true, false, R, -1 },
        { "SMEP: kernel runs a user page", 0x5007, CR0_PAGED, SMEP, false, false, X, 0x11 },
        { "SMEP: kernel reads it", 0x5007, CR0_PAGED, SMEP, false, false, R, -1 },
        { "SMAP: kernel reads a user page", 0x5007, CR0_PAGED, SMAP, false, false, R, 1 },
        { "SMAP: with AC", 0x5007, CR0_PAGED, SMAP, false, true, W, -1 },
        { "SMAP: implicit, whatever AC", 0x5007, CR0_PAGED, SMAP, true, true, R | I, 1 },
        { "SMAP: kernel runs it", 0x5007, CR0_PAGED, SMAP, false, false, X, -1 },
        { "SMAP, AC, read-only", 0x5005, CR0_PAGED, SMAP, false, true, W, 3 },
        { "key 1 disables access", 0x0800000000005007, CR0_PAGED, PKE, true, false, R, 0x25, 4 },
        { "key 1 disables kernel's access", 0x0800000000005007, CR0_PAGED, PKE, false, false, R, 0x21, 4 },
        { "key 1 disables writing", 0x0800000000005007, CR0_PAGED, PKE, true, false, W, 0x27, 8 },
        { "key 1 disables writing: reading", 0x0800000000005007, CR0_PAGED, PKE, true, false, R, -1, 8 },
        { "key 1, kernel writes without WP", 0x0800000000005007, CR0_NO_WP, PKE, false, false, W, -1, 8 },
        { "key 1, fetch", 0x0800000000005007, CR0_PAGED, PKE, true, false, X, -1, 0xc },
        { "key 1, kernel page", 0x0800000000005003, CR0_PAGED, PKE, false, false, W, -1, 0xc },
        { "key 1 without PKE", 0x0800000000005007, CR0_PAGED, 0, true, false, W, -1, 0xc },
        { "key 15", 0x7800000000005007, CR0_PAGED, PKE, true, false, R, 0x25, 0x40000000 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct guest_paging p = long_mode(t[i].leaf);
        enum guest_walk_end end;
        struct guest_walk w;

        p.cr0 = t[i].cr0;
        p.cr4 |= t[i].cr4;
        p.user = t[i].user;
        p.ac = t[i].ac;
        p.pkru = t[i].pkru;
        end = guest_walk(&p, &memory, LONG_VA, t[i].access, &w);
        if (t[i].error < 0 ? end != GUEST_WALK_DONE : end != GUEST_WALK_FAULT || w.error != (uint32_t)t[i].error)
            fail_msg("%s: end %d, error %#x", t[i].name, end, w.error);
        assert_int_equal(get(0x4000, 1, 8) & PTE_A, end == GUEST_WALK_DONE ? PTE_A : 0);
    }
}

/* A right must be given at every level, and I/D is told where execution can be forbidden at all. */
static void test_rights_of_every_level(void **state)
{
    static const uint64_t table[] = { 0x1000, 0x2000, 0x3000, 0x4000 };
    struct guest_walk w;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct guest_paging p = long_mode(0x5007);
        uint64_t entry = get(table[i], 1, 8);

        p.user = true;
        put(table[i], 1, 8, entry & ~PTE_RW);
        assert_int_equal(guest_walk(&p, &memory, LONG_VA, W, &w), GUEST_WALK_FAULT);
        put(table[i], 1, 8, entry & ~PTE_US);
        assert_int_equal(guest_walk(&p, &memory, LONG_VA, R, &w), GUEST_WALK_FAULT);
        put(table[i], 1, 8, entry | PTE_NX);
        assert_int_equal(guest_walk(&p, &memory, LONG_VA, X, &w), GUEST_WALK_FAULT);
        assert_int_equal(w.error, 0x15);
        p.user = false;
        p.cr4 |= SMEP;
        put(table[i], 1, 8, entry & ~PTE_US); /* a kernel page then */
        assert_int_equal(guest_walk(&p, &memory, LONG_VA, X, &w), GUEST_WALK_DONE);
    }
}

static void test_marks(void **state)
{
    struct guest_paging p = long_mode(0x5007);
    struct guest_walk w;

    assert_int_equal(guest_walk(&p, &memory, LONG_VA, R, &w), GUEST_WALK_DONE);
    assert_int_equal(get(0x4000, 1, 8), 0x5027);
    assert_int_equal(get(0x1000, 1, 8), 0x2027);
    assert_int_equal(exchanges, 4);
    assert_int_equal(guest_walk(&p, &memory, LONG_VA, W, &w), GUEST_WALK_DONE);
    assert_int_equal(get(0x4000, 1, 8), 0x5067);
    assert_int_equal(get(0x3000, 1, 8), 0x4027); /* tables are accessed, never dirty */
    assert_int_equal(exchanges, 5);
    assert_int_equal(guest_walk(&p, &memory, LONG_VA, W, &w), GUEST_WALK_DONE);
    assert_int_equal(exchanges, 5);

    for (unsigned int at = 1; at <= 4; at++) {
        p = long_mode(0x5007);
        changes_at = at;
        assert_int_equal(guest_walk(&p, &memory, LONG_VA, W, &w), GUEST_WALK_CHANGED);
    }
}

static void test_absent_table(void **state)
{
    struct guest_paging p = long_mode(0x5007);
    struct guest_walk w;

    put(0x2000, 1, 8, 0x9000 | PTE_P);
    assert_int_equal(guest_walk(&p, &memory, LONG_VA, R, &w), GUEST_WALK_ABSENT);
    assert_int_equal(w.paddr, 0x9008);
    assert_int_equal(exchanges, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_paging), cmocka_unit_test(test_formats),
        cmocka_unit_test(test_loaded_pdptes), cmocka_unit_test(test_reserved),
        cmocka_unit_test(test_reserved_other_formats), cmocka_unit_test(test_rights),
        cmocka_unit_test(test_rights_of_every_level), cmocka_unit_test(test_marks),
        cmocka_unit_test(test_absent_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
