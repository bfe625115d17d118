/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSRs of a container: what each row says, and that every other number faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/msr/hvm.h"
#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"

static struct cpuid_policy policy;
static uint64_t fixed[MSR_HVM_MTRR_FIXED], variable[MSR_HVM_MTRR_VARIABLE][2];

static struct msr_hvm_context amd(void)
{
    memset(&policy, 0, sizeof(policy));
    policy.basic[0] = (union cpuid_leaf){ { 0xd, 0x68747541, 0x444d4163, 0x69746e65 } };
    policy.basic[1].d = 1u << (CPUFEAT_MTRR % 32);
    policy.extd[8].a = 48;
    policy.platform_info = PLATFORM_INFO_CPUID_FAULTING;
    return (struct msr_hvm_context){ .policy = &policy, .tsc = 77, .efer = 0xd01, .microcode = 0x1000065,
                                     .mtrr_def_type = 0x806, .mtrr_fixed = fixed,
                                     .mtrr_variable = (const uint64_t (*)[2])variable };
}

static void values(void **unused)
{
    static const struct { uint32_t msr; uint64_t value; } rows[] = {
        { 0x10, 77 }, { 0x3b, 0 }, { 0x8b, 0x1000065 }, { 0xce, 1u << 31 }, { 0xfe, 0x508 }, { 0x140, 0 }, { 0x179, 2 },
        { 0x17a, 0 }, { 0x1d9, 0 }, { 0x2ff, 0x806 }, { 0x400, ~0ull }, { 0x401, 0 }, { 0x407, 0 }, { 0x40000000, 0 },
        { 0xc0000080, 0xd01 }, { 0xc0000104, 0 }, { 0xc0010000, 0 }, { 0xc0010010, 0 }, { 0xc0010015, 0 },
        { 0xc0010055, 0 }, { 0xc0010114, 0 }, { 0xc0011029, 2 },
    };
    const struct msr_hvm_context ctx = amd();
    uint64_t value;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(msr_hvm_read(&ctx, rows[i].msr, &value), 0);
        assert_int_equal(value, rows[i].value);
    }
}

/* Of all numbers near those that there are; what CPUID does not show is not there either. */
static void absent(void **unused)
{
    static const uint32_t msrs[] = {
        0x17, 0x1b, 0x3a, 0x48, 0x49, 0x79, 0x10a, 0x10b, 0x122, 0x186, 0x198, 0x1a0, 0x210, 0x309, 0x345,
        0x38d, 0x480, 0x6e0, 0x800, 0xda0, 0x40000001, 0xc0000081, 0xc0000103, 0xc0010058, 0xc0010061,
        0xc001011f, 0xc0011022, 0xc0011028,
    };
    struct msr_hvm_context ctx = amd();
    struct msr_hvm_write w;
    uint64_t value;

    for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
        assert_int_equal(msr_hvm_read(&ctx, msrs[i], &value), -EPERM);
        assert_int_equal(msr_hvm_write(&ctx, msrs[i], 0, &w), -EPERM);
    }
    ctx.relaxed = true;
    assert_int_equal(msr_hvm_read(&ctx, 0x345, &value), 0);
    assert_int_equal(msr_hvm_read(&ctx, 0x48, &value), -EPERM);
}

static void memory_types(void **unused)
{
    struct msr_hvm_context ctx = amd();
    struct msr_hvm_write w;

    assert_int_equal(msr_hvm_write(&ctx, 0x2ff, 0xc06, &w), 0);
    assert_int_equal(w.effect, MSR_HVM_MTRR_DEF_TYPE);
    assert_int_equal(msr_hvm_write(&ctx, 0x2ff, 0x102, &w), -EPERM);
    assert_int_equal(msr_hvm_write(&ctx, 0x2ff, 7, &w), -EPERM);
    assert_int_equal(msr_hvm_write(&ctx, 0x269, 0x0606060606060600, &w), 0);
    assert_int_equal(w.effect, MSR_HVM_MTRR_ONE_FIXED);
    assert_int_equal(w.index, 4);
    assert_int_equal(msr_hvm_write(&ctx, 0x259, 0x0706, &w), -EPERM);
    assert_int_equal(msr_hvm_write(&ctx, 0x20f, 0xffffff000800, &w), 0);
    assert_int_equal(w.index, 15);
    assert_int_equal(msr_hvm_write(&ctx, 0x20f, 0x1000000000800, &w), -EPERM);
    assert_int_equal(msr_hvm_write(&ctx, 0x20e, 2, &w), -EPERM);
    assert_true(pat_ok(0x0407050600070106));
    assert_false(pat_ok(2));
    assert_false(pat_ok(0x0800000000000000));
}

/* A value is accepted or refused, and no write leaves an effect with another number than its own. */
static void every_number(void **unused)
{
    static const uint32_t from[] = { 0, 0x800, 0x40000000, 0xc0000000, 0xc0010000, 0xc0011000 };
    const struct msr_hvm_context ctx = amd();
    struct msr_hvm_write w;
    uint64_t value;

    for (size_t r = 0; r < ARRAY_SIZE(from); r++)
        for (uint32_t msr = from[r]; msr < from[r] + 0x800; msr++)
            for (unsigned int bit = 0; bit < 64; bit++) {
                int rc = msr_hvm_write(&ctx, msr, 1ull << bit, &w);

                assert_true(rc == 0 || rc == -EPERM);
                assert_true(w.effect != MSR_HVM_MTRR_ONE_FIXED || w.index < MSR_HVM_MTRR_FIXED);
                assert_true(w.effect != MSR_HVM_MTRR_ONE_VARIABLE || w.index < 2 * MSR_HVM_MTRR_VARIABLE);
                (void)!msr_hvm_read(&ctx, msr, &value);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values), cmocka_unit_test(absent), cmocka_unit_test(memory_types),
        cmocka_unit_test(every_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
