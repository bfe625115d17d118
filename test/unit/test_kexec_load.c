/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptions of images: each rule with what is just inside and just outside of it. */
#include "kexec/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define M       0x100000ULL
#define CRASH   KEXEC_TYPE_CRASH
#define DEFAULT KEXEC_TYPE_DEFAULT
#define BUF     0x1000 /* some buffer */

/* RAM from 0 to 640 KiB, from 1 MiB to 1 GiB, and from 4 to 6 GiB; the crash area is 64 MiB at 512 MiB. */
static const struct range ram[] = { { 0, 0xa0000 }, { M, 1024 * M }, { 4096 * M, 6144 * M } };
static const struct range area = { 512 * M, 576 * M };

static bool is_ram(void *opaque, struct range r)
{
    for (size_t i = 0; i < ARRAY_SIZE(ram); i++)
        if (range_contains(ram[i], r))
            return true;
    return false;
}

struct seg {
    uint64_t buf, buf_size, dest, size;
};

#define NUL(at, len)  { 0, 0, at, len }
#define SRC(at, len)  { BUF, len, at, len }
#define LOW           NUL(0, M)

static const struct row {
    const char *name;
    uint8_t type, pad;
    uint16_t arch;
    uint64_t entry;
    struct seg seg[5]; /* the first with all zero ends them */
    enum kexec_rule rule;
    int rc;
    uint32_t at; /* the segment named */
} rows[] = {
    { "default", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), LOW }, KEXEC_ACCEPTED, 0 },
    { "crash", CRASH, 0, 62, 512 * M, { SRC(512 * M, M), LOW }, KEXEC_ACCEPTED, 0 },
    { "32-bit", DEFAULT, 0, 3, 2 * M, { SRC(2 * M, M), LOW }, KEXEC_ACCEPTED, 0 },
    { "type 2", 2, 0, 62, 2 * M, { SRC(2 * M, M) }, KEXEC_RULE_TYPE, -EINVAL, KEXEC_NO_SEGMENT },
    { "type 255", 255, 0, 62, 2 * M, { SRC(2 * M, M) }, KEXEC_RULE_TYPE, -EINVAL, KEXEC_NO_SEGMENT },
    { "pad", DEFAULT, 1, 62, 2 * M, { SRC(2 * M, M) }, KEXEC_RULE_PAD, -EINVAL, KEXEC_NO_SEGMENT },
    { "machine 0", DEFAULT, 0, 0, 2 * M, { SRC(2 * M, M) }, KEXEC_RULE_ARCH, -EINVAL, KEXEC_NO_SEGMENT },
    { "machine 40", DEFAULT, 0, 40, 2 * M, { SRC(2 * M, M) }, KEXEC_RULE_ARCH, -EINVAL, KEXEC_NO_SEGMENT },
    { "machine 0x1234", DEFAULT, 0, 0x1234, 2 * M, { SRC(2 * M, M) }, KEXEC_RULE_ARCH, -EINVAL, KEXEC_NO_SEGMENT },
    { "no segment", DEFAULT, 0, 62, 2 * M, { NUL(0, 0) }, KEXEC_RULE_COUNT, -EINVAL, KEXEC_NO_SEGMENT },

    { "start unaligned", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), SRC(4 * M + 1, M) }, KEXEC_RULE_ALIGNED,
      -EADDRNOTAVAIL, 1 },
    { "end unaligned", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M + 1) }, KEXEC_RULE_ALIGNED, -EADDRNOTAVAIL, 0 },
    { "both unaligned, size whole", DEFAULT, 0, 62, 2 * M, { SRC(2 * M + 0x800, 0x1000) }, KEXEC_RULE_ALIGNED,
      -EADDRNOTAVAIL, 0 },
    { "wraps", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), SRC(~0xfffULL, 0x2000) }, KEXEC_RULE_WRAPS, -EADDRNOTAVAIL, 1 },
    { "ends with the last byte", DEFAULT, 0, 62, 2 * M, { SRC(~0xfffULL, 0x1000) }, KEXEC_RULE_WRAPS, -EADDRNOTAVAIL,
      0 },
    { "size of all", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, ~0xfffULL) }, KEXEC_RULE_WRAPS, -EADDRNOTAVAIL, 0 },
    { "bytes from nowhere", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), { 0, 1, 4 * M, M } }, KEXEC_RULE_NO_SOURCE, -EINVAL,
      1 },
    { "source fits", DEFAULT, 0, 62, 2 * M, { { BUF, 4096, 2 * M, 4096 } }, KEXEC_ACCEPTED, 0 },
    { "source one byte too large", DEFAULT, 0, 62, 2 * M, { { BUF, 4097, 2 * M, 4096 } }, KEXEC_RULE_SOURCE_SIZE,
      -EINVAL, 0 },
    { "source empty", DEFAULT, 0, 62, 2 * M, { { BUF, 0, 2 * M, 4096 } }, KEXEC_ACCEPTED, 0 },

    { "touching", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), SRC(3 * M, M) }, KEXEC_ACCEPTED, 0 },
    { "overlap by a page", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), SRC(3 * M - 0x1000, M) }, KEXEC_RULE_OVERLAP,
      -EINVAL, 1 },
    { "inside another", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), SRC(4 * M, M), SRC(2 * M + 0x1000, 0x1000) },
      KEXEC_RULE_OVERLAP, -EINVAL, 2 },
    { "overlaps one without source", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), NUL(2 * M, M) }, KEXEC_RULE_OVERLAP,
      -EINVAL, 1 },
    { "empty overlaps nothing", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), { BUF, 0, 2 * M, 0 } }, KEXEC_ACCEPTED, 0 },

    { "not RAM", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), SRC(2048 * M, M) }, KEXEC_RULE_NOT_RAM, -EADDRNOTAVAIL, 1 },
    { "half RAM", DEFAULT, 0, 62, 1023 * M, { SRC(1023 * M, 2 * M) }, KEXEC_RULE_NOT_RAM, -EADDRNOTAVAIL, 0 },
    { "contents below 1 MiB, no RAM", DEFAULT, 0, 62, 0xa0000, { SRC(0xa0000, 0x1000) }, KEXEC_RULE_NOT_RAM,
      -EADDRNOTAVAIL, 0 },
    { "contents below 1 MiB", DEFAULT, 0, 62, 0x9f000, { SRC(0x9f000, 0x1000) }, KEXEC_ACCEPTED, 0 },
    { "no source, devices", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), NUL(2048 * M, M) }, KEXEC_RULE_NOT_RAM,
      -EADDRNOTAVAIL, 1 },
    { "no source, across 1 MiB", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, M), NUL(0xa0000, 0x61000) }, KEXEC_RULE_NOT_RAM,
      -EADDRNOTAVAIL, 1 },
    { "beyond 4 GiB", DEFAULT, 0, 62, 4096 * M, { SRC(4096 * M, M) }, KEXEC_ACCEPTED, 0 },
    { "beyond 4 GiB, 32-bit", DEFAULT, 0, 3, 2 * M, { SRC(2 * M, M), SRC(4096 * M, M) }, KEXEC_RULE_ABOVE_4G,
      -EADDRNOTAVAIL, 1 },
    { "32-bit entry beyond 4 GiB", DEFAULT, 0, 3, 4096 * M, { SRC(2 * M, M) }, KEXEC_RULE_ABOVE_4G, -EADDRNOTAVAIL,
      KEXEC_NO_SEGMENT },

    { "crash, page before the area", CRASH, 0, 62, 512 * M, { SRC(512 * M - 0x1000, 0x2000) }, KEXEC_RULE_OUTSIDE,
      -EADDRNOTAVAIL, 0 },
    { "crash, page after the area", CRASH, 0, 62, 575 * M, { SRC(575 * M, M + 0x1000) }, KEXEC_RULE_OUTSIDE,
      -EADDRNOTAVAIL, 0 },
    { "crash, all of the area", CRASH, 0, 62, 575 * M, { SRC(512 * M, 64 * M) }, KEXEC_ACCEPTED, 0 },
    { "crash, no source elsewhere", CRASH, 0, 62, 512 * M, { SRC(512 * M, M), NUL(2 * M, M) }, KEXEC_ACCEPTED, 0 },

    { "entry before", DEFAULT, 0, 62, 2 * M - 1, { SRC(2 * M, M) }, KEXEC_RULE_ENTRY, -EADDRNOTAVAIL,
      KEXEC_NO_SEGMENT },
    { "entry at the last byte", DEFAULT, 0, 62, 3 * M - 1, { SRC(2 * M, M) }, KEXEC_ACCEPTED, 0 },
    { "entry at the end", DEFAULT, 0, 62, 3 * M, { SRC(2 * M, M) }, KEXEC_RULE_ENTRY, -EADDRNOTAVAIL,
      KEXEC_NO_SEGMENT },
    { "entry where nothing is put", DEFAULT, 0, 62, 0x1000, { SRC(2 * M, M), LOW }, KEXEC_RULE_ENTRY, -EADDRNOTAVAIL,
      KEXEC_NO_SEGMENT },
    { "crash, entry at the end of the area", CRASH, 0, 62, 576 * M, { SRC(575 * M, M) }, KEXEC_RULE_ENTRY,
      -EADDRNOTAVAIL, KEXEC_NO_SEGMENT },

    { "too large", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, 513 * M) }, KEXEC_RULE_SIZE, -ENOMEM, KEXEC_NO_SEGMENT },
    { "just not too large", DEFAULT, 0, 62, 2 * M, { SRC(2 * M, 512 * M) }, KEXEC_ACCEPTED, 0 },
    { "crash, no limit but the area", CRASH, 0, 62, 575 * M, { SRC(512 * M, 64 * M) }, KEXEC_ACCEPTED, 0 },
};

static int judge(const struct xen_kexec_load *head, const struct xen_kexec_segment *seg, const struct kexec_machine *m,
                 struct kexec_load *load, struct kexec_refusal *why)
{
    int rc = kexec_load_head(head, load, why);

    for (uint32_t i = 0; !rc && i < load->count; i++)
        rc = kexec_load_segment(&seg[i], i, load, why);
    return rc ? rc : kexec_load_check(load, m, why);
}

static void rules(void **state)
{
    const struct kexec_machine m = { .crash_area = area, .max_pages = 512 * M / 4096, .is_ram = is_ram };
    static struct kexec_load load;
    struct kexec_refusal why;
    char text[200];

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row *r = &rows[i];
        struct xen_kexec_segment seg[5] = { 0 };
        uint32_t n = 0;

        for (; n < 5 && (r->seg[n].dest || r->seg[n].size); n++) {
            seg[n].buf._pad = r->seg[n].buf;
            seg[n].buf_size = r->seg[n].buf_size;
            seg[n].dest_maddr = r->seg[n].dest;
            seg[n].dest_size = r->seg[n].size;
        }
        const struct xen_kexec_load head = { r->type, r->pad, r->arch, n, { { 0 } }, r->entry };
        int rc = judge(&head, seg, &m, &load, &why);
        if (rc != r->rc || why.rule != r->rule || (rc && why.segment != r->at))
            fail_msg("%s: %d (%s)", r->name, rc, kexec_refusal_text(&why, text, sizeof(text)));
    }
}

static void counts(void **state)
{
    static const struct { uint32_t n; int rc; } t[] = {
        { 0, -EINVAL }, { 1, 0 }, { 15, 0 }, { 16, 0 }, { 64, 0 }, { 65, -EINVAL }, { UINT32_MAX, -EINVAL },
    };
    const struct kexec_machine m = { .max_pages = 1000, .is_ram = is_ram };
    static struct kexec_load load;
    struct xen_kexec_segment seg[65];
    struct kexec_refusal why;

    for (unsigned int i = 0; i < 65; i++)
        seg[i] = (struct xen_kexec_segment){ { ._pad = BUF }, 1, 2 * M + i * 0x2000, 0x1000 };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        const struct xen_kexec_load head = { DEFAULT, 0, 62, t[i].n, { { 0 } }, 2 * M };
        assert_int_equal(judge(&head, seg, &m, &load, &why), t[i].rc);
    }
}

static void no_area(void **state)
{
    const struct kexec_machine m = { .max_pages = 1000, .is_ram = is_ram };
    const struct xen_kexec_load head = { CRASH, 0, 62, 1, { { 0 } }, 512 * M };
    const struct xen_kexec_segment seg = { { ._pad = BUF }, 1, 512 * M, 0x1000 };
    static struct kexec_load load;
    struct kexec_refusal why;
    char text[200];

    assert_int_equal(judge(&head, &seg, &m, &load, &why), -EADDRNOTAVAIL);
    assert_non_null(strstr(kexec_refusal_text(&why, text, sizeof(text)), "crashkernel=<size>"));
}

/* Every refusal is a sentence with its number, and fits any buffer. */
static void words(void **state)
{
    char text[200];

    for (unsigned int rule = 0; rule < KEXEC_RULES; rule++) {
        const struct kexec_refusal why = { rule, 3, 77, { 0x2000, 0x3000 } };
        assert_true(strlen(kexec_refusal_text(&why, text, sizeof(text))) > 30);
        assert_memory_equal(text, "segment 3, 0x2000-0x3000: ", 26);
        for (size_t size = 0; size < 60; size++) {
            char small[61];
            small[size] = 'x';
            kexec_refusal_text(&why, small, size);
            assert_true(small[size] == 'x' && (!size || strlen(small) < size));
        }
    }
}

static void covers(void **state)
{
    const struct kexec_load a = { .count = 2, .segment = { { { 2 * M, 3 * M }, true }, { { 0, M }, false } } };
    const struct kexec_load b = { .count = 1, .segment = { { { 0, M }, true } } };

    assert_true(kexec_load_covers(&a, 2 * M) && kexec_load_covers(&a, 3 * M - 1) && kexec_load_covers(&a, 0));
    assert_false(kexec_load_covers(&a, M) || kexec_load_covers(&a, 3 * M));
    assert_false(kexec_load_collides(&a, &b));
    assert_true(kexec_load_collides(&a, &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rules), cmocka_unit_test(counts), cmocka_unit_test(no_area),
                                        cmocka_unit_test(words), cmocka_unit_test(covers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
