/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layout arithmetic, XCR0's rules, and images from elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xstate_profiles.h"

static const struct size_row {
    const char *name;
    const struct xstate_component *comp;
    uint64_t mask;
    uint32_t std, compact;
} size_rows[] = {
    { "nothing", intel_components, 0, 0, 0 },
    { "x87", intel_components, 0x1, 0x240, 0x240 },
    { "x87 SSE", intel_components, 0x3, 0x240, 0x240 },
    { "AVX", intel_components, 0x7, 0x340, 0x340 },
    { "MPX", intel_components, 0x1b, 0x440, 0x2c0 },
    { "AVX MPX", intel_components, 0x1f, 0x440, 0x3c0 },
    { "AVX-512", intel_components, 0xe7, 0xa80, 0x980 },
    { "AVX-512 MPX", intel_components, 0xff, 0xa80, 0xa00 },
    { "AVX PKRU", intel_components, 0x207, 0xa88, 0x348 },
    { "AVX-512 PKRU", intel_components, 0x2e7, 0xa88, 0x988 },
    { "AVX-512 MPX PKRU", intel_components, 0x2ff, 0xa88, 0xa08 },
    { "Sapphire Rapids", intel_components, 0x602e7, 0x2b00, 0x2a00 },
    { "LWP", intel_components, 0x4000000000000007, 0x3c0, 0x3c0 },
    { "APX reuses MPX's place", intel_components, 0x80007, 0x440, 0x3c0 },
    { "Zen 3", zen3_components, 0x207, 0x348, 0x348 },
    { "Zen 4", zen4_components, 0x2e7, 0x988, 0x988 },
    { "supervisor components only count when compacted", intel_components, 0x1807, 0x340, 0x368 },
    { "the compaction flag is no component", intel_components, 0x8000000000000007, 0x340, 0x340 },
};

static void test_sizes(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(size_rows); i++) {
        const struct size_row *r = &size_rows[i];

        if (xstate_size_std(r->comp, r->mask) != r->std || xstate_size_compact(r->comp, r->mask) != r->compact)
            fail_msg("%s: 0x%x/0x%x", r->name, xstate_size_std(r->comp, r->mask),
                     xstate_size_compact(r->comp, r->mask));
    }
}

static void test_sizes_saturate(void **state)
{
    struct xstate_component comp[XSTATE_MAX_COMPONENTS] = { [2] = { ~0u, ~0u }, [3] = { ~0u, 0x240 } };

    assert_int_equal(xstate_size_std(comp, 0x7), UINT32_MAX);
    assert_int_equal(xstate_size_compact(comp, 0xf), UINT32_MAX);
}

static const struct xcr0_row {
    uint64_t xcr0, settled;
    bool valid;
} xcr0_rows[] = {
    { 0x1, 0x1, true }, { 0x3, 0x3, true }, { 0x7, 0x7, true }, { 0x1b, 0x1b, true }, { 0x1f, 0x1f, true },
    { 0xe7, 0xe7, true }, { 0xff, 0xff, true }, { 0x207, 0x207, true }, { 0x2e7, 0x2e7, true },
    { 0x602e7, 0x602e7, true }, { 0x4000000000000007, 0x4000000000000007, true }, { 0x80007, 0x80007, true },
    { 0x0, 0, false }, { 0x2, 0, false }, { 0x5, 0x1, false }, { 0xb, 0x3, false }, { 0x13, 0x3, false },
    { 0x27, 0x7, false }, { 0x67, 0x7, false }, { 0xe3, 0x3, false }, { 0x20007, 0x7, false },
    { 0x40007, 0x7, false }, { 0x8000000000000003, 0x3, false }, { 0x107, 0x7, false }, { 0x1807, 0x7, false },
    { 0x8001f, 0x1f, false }, { 0xe1, 0x1, false },
};

static void test_xcr0(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(xcr0_rows); i++) {
        const struct xcr0_row *r = &xcr0_rows[i];
        uint64_t settled = xstate_settle_xcr0(r->xcr0);

        if (xstate_valid_xcr0(~0ULL, r->xcr0) != r->valid || settled != r->settled)
            fail_msg("XCR0 0x%llx", (unsigned long long)r->xcr0);
        assert_true(!settled || xstate_valid_xcr0(~0ULL, settled));
    }
    assert_false(xstate_valid_xcr0(0x3, 0x7));
}

/* Every 20-bit value: what settling gives is valid, within the request, and a valid request is left alone. */
static void test_xcr0_settle_everything(void **state)
{
    for (uint64_t x = 0; x < 1 << 20; x++) {
        uint64_t settled = xstate_settle_xcr0(x);

        assert_false(settled & ~x);
        if (settled && !xstate_valid_xcr0(x, settled))
            fail_msg("0x%llx settles to an invalid value", (unsigned long long)x);
        if (xstate_valid_xcr0(x, x) && settled != x)
            fail_msg("0x%llx is valid but was changed", (unsigned long long)x);
    }
}

static void test_xsetbv(void **state)
{
    static const struct {
        const char *name;
        uint32_t index;
        uint64_t value;
        int expected;
    } rows[] = {
        { "AVX", 0, 0x7, 0 },
        { "everything allowed", 0, 0xe7, 0 },
        { "x87 alone", 0, 0x1, 0 },
        { "another register", 1, 0x7, -EINVAL },
        { "another register, far away", ~0u, 0x7, -EINVAL },
        { "PKRU, which the policy has not", 0, 0x207, -EINVAL },
        { "AVX without SSE", 0, 0x5, -EINVAL },
        { "two of AVX-512's three", 0, 0x67, -EINVAL },
        { "without x87", 0, 0x6, -EINVAL },
        { "nothing", 0, 0, -EINVAL },
        { "bit 63", 0, 0x8000000000000007, -EINVAL },
        { "everything", 0, ~0ULL, -EINVAL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (xstate_check_xsetbv(rows[i].index, rows[i].value, 0xe7) != rows[i].expected)
            fail_msg("%s", rows[i].name);
}

static const struct image_row {
    const char *name;
    uint64_t xcr0, accum, bv, comp_bv, reserved;
    uint32_t size;
    int expected;
} image_rows[] = {
    { "plain", 0x7, 0x7, 0x7, 0, 0, 0x340, 0 },
    { "nothing in use", 0x7, 0x7, 0, 0, 0, 0x240, 0 },
    { "was wider once", 0x3, 0x7, 0x7, 0, 0, 0x340, 0 },
    { "state of a component never enabled", 0x3, 0x3, 0x7, 0, 0, 0x340, -EINVAL },
    { "xcr0 beyond accum", 0x7, 0x3, 0x3, 0, 0, 0x340, -EINVAL },
    { "beyond policy", 0xe7, 0xe7, 0x7, 0, 0, 0xa80, -EINVAL },
    { "invalid xcr0", 0x5, 0x7, 0x1, 0, 0, 0x340, -EINVAL },
    { "invalid accum", 0x1, 0x5, 0x1, 0, 0, 0x340, -EINVAL },
    { "no xcr0", 0, 0x7, 0, 0, 0, 0x340, -EINVAL },
    { "compacted", 0x7, 0x7, 0x7, 0x8000000000000007, 0, 0x340, -EOPNOTSUPP },
    { "reserved bytes", 0x7, 0x7, 0x7, 0, 1, 0x340, -EIO },
    { "truncated", 0x7, 0x7, 0x7, 0, 0, 0x33f, -EINVAL },
    { "no header", 0x3, 0x3, 0, 0, 0, 0x23f, -EINVAL },
};

static void test_images(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(image_rows); i++) {
        const struct image_row *r = &image_rows[i];
        struct xstate_header h = { .xstate_bv = r->bv, .xcomp_bv = r->comp_bv, .reserved = { [5] = r->reserved } };
        uint8_t data[0x1000] = { 0 };
        struct xstate_image image = { r->xcr0, r->accum, data, r->size };
        int rc;

        memcpy(data + XSTATE_LEGACY_SIZE, &h, sizeof(h));
        rc = xstate_check_image(intel_components, 0x207, &image);
        if (rc != r->expected)
            fail_msg("%s: %d", r->name, rc);
    }
}

/* Standard to compacted and back is the identity on what the header says is there. */
static void test_formats_round_trip(void **state)
{
    static const uint64_t masks[] = { 0x3, 0x7, 0x1f, 0xe7, 0x2ff, 0x602e7, 0x4000000000000007 };

    for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
        static uint8_t std[0x3000], packed[0x3000], back[0x3000];
        uint32_t size = xstate_size_std(intel_components, masks[i]);
        struct xstate_header h = { .xstate_bv = masks[i] };

        memset(std, 0, sizeof(std));
        for (unsigned int n = 0; n < XSTATE_LEGACY_SIZE; n++)
            std[n] = n;
        for (unsigned int n = 2; n < XSTATE_MAX_COMPONENTS; n++)
            if (masks[i] & BIT(n))
                memset(std + intel_components[n].offset, n | 0x80, intel_components[n].size);
        memcpy(std + XSTATE_LEGACY_SIZE, &h, sizeof(h));

        assert_int_equal(xstate_compact(intel_components, masks[i], std, size, packed, sizeof(packed)), 0);
        assert_int_equal(xstate_expand(intel_components, packed, sizeof(packed), back, sizeof(back)), 0);
        assert_memory_equal(std, back, size);
        assert_int_equal(xstate_expand(intel_components, packed, sizeof(packed), back, size - 1), -ENOSPC);
        assert_int_equal(xstate_expand(intel_components, std, size, back, sizeof(back)), -EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),          cmocka_unit_test(test_sizes_saturate),
        cmocka_unit_test(test_xcr0),           cmocka_unit_test(test_xcr0_settle_everything),
        cmocka_unit_test(test_xsetbv),         cmocka_unit_test(test_images),
        cmocka_unit_test(test_formats_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
