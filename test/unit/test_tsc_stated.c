/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frequencies as processors state them, and whom to believe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "x86/tsc/stated.h"

#define MHZ 1000000ULL

struct processor {
    const char *name;
    uint32_t max, signature;
    bool virtual;
    uint32_t ratio[3], base_mhz, hv_max, hv_khz;
    uint64_t hz;
    enum tsc_stated_by by;
};

static void answer(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out)
{
    const struct processor *p = opaque;

    *out = (union cpuid_leaf){ { 0 } };
    if (leaf < 0x40000000 && leaf > p->max) { /* Intel's answer beyond the limit: the last leaf's */
        *out = (union cpuid_leaf){ { 0xdead, 0xbeef, 0xcafe, 0xf00d } };
        return;
    }
    switch (leaf) {
    case 0: out->a = p->max; break;
    case 1: out->a = p->signature; out->c = p->virtual ? BIT(31) : 0; break;
    case 0x15: out->a = p->ratio[0]; out->b = p->ratio[1]; out->c = p->ratio[2]; break;
    case 0x16: out->a = 0xabcd0000 | p->base_mhz; break; /* the upper half is reserved */
    case 0x40000000: out->a = p->hv_max; break;
    case 0x40000010: out->a = p->hv_khz; break;
    }
}

static const struct processor processors[] = {
    { "Ice Lake server", 0x1b, 0x606a6, false, { 2, 168, 25000000 }, 2100, 0, 0, 2100 * MHZ, TSC_STATED_CRYSTAL },
    { "Skylake client", 0x16, 0x506e3, false, { 2, 284, 0 }, 3400, 0, 0, 3408 * MHZ, TSC_STATED_MODEL },
    { "Skylake server", 0x16, 0x50654, false, { 2, 168, 0 }, 2100, 0, 0, 2100 * MHZ, TSC_STATED_MODEL },
    { "an unknown crystal", 0x16, 0x706e5, false, { 2, 78, 0 }, 1500, 0, 0, 1500 * MHZ, TSC_STATED_BASE },
    { "no leaf 16h", 0x15, 0x706e5, false, { 2, 78, 0 }, 0, 0, 0, 0, TSC_STATED_NOWHERE },
    { "no ratio", 0x16, 0x506e3, false, { 0, 0, 24000000 }, 3400, 0, 0, 0, TSC_STATED_NOWHERE },
    { "half a ratio", 0x16, 0x506e3, false, { 2, 0, 24000000 }, 3400, 0, 0, 0, TSC_STATED_NOWHERE },
    { "AMD", 0x10, 0x800f12, false, { 0 }, 0, 0, 0, 0, TSC_STATED_NOWHERE },
    { "beyond all numbers", 0x16, 0x506e3, false, { 1, ~0u, ~0u }, 0, 0, 0, 0, TSC_STATED_NOWHERE },
    { "a hypervisor below", 0x16, 0x506e3, true, { 2, 284, 0 }, 3400, 0x40000010, 2600000, 2600 * MHZ,
      TSC_STATED_HYPERVISOR },
    { "one that does not say", 0x16, 0x506e3, true, { 2, 284, 0 }, 3400, 0x40000001, 2600000, 3408 * MHZ,
      TSC_STATED_MODEL },
    { "garbage without the bit", 0xd, 0x306c3, false, { 0 }, 0, 0x4000ffff, 2600000, 0, TSC_STATED_NOWHERE },
};

static void test_stated(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(processors); i++) {
        struct processor p = processors[i];
        struct cpuid_source source = { .cpuid = answer, .opaque = &p };
        enum tsc_stated_by by = TSC_STATED_CRYSTAL;
        uint64_t hz = tsc_stated_hz(&source, &by);

        if (hz != p.hz || by != p.by)
            fail_msg("%s: %lu Hz by %s", p.name, (unsigned long)hz, tsc_stated_text(by));
    }
}

static void test_decided(void **state)
{
    static const struct {
        uint64_t measured, stated;
        enum tsc_stated_by by;
        enum tsc_hz_choice choice;
    } rows[] = {
        { 0, 0, TSC_STATED_NOWHERE, TSC_HZ_NONE },
        { 2400 * MHZ, 0, TSC_STATED_NOWHERE, TSC_HZ_MEASURED },
        { 0, 2400 * MHZ, TSC_STATED_CRYSTAL, TSC_HZ_ALONE },
        { 2401 * MHZ, 2400 * MHZ, TSC_STATED_CRYSTAL, TSC_HZ_STATED },
        { 2399 * MHZ, 2400 * MHZ, TSC_STATED_MODEL, TSC_HZ_STATED },
        { 2403 * MHZ, 2400 * MHZ, TSC_STATED_CRYSTAL, TSC_HZ_DISPUTED },
        { 2397 * MHZ, 2400 * MHZ, TSC_STATED_HYPERVISOR, TSC_HZ_DISPUTED },
        { 2410 * MHZ, 2400 * MHZ, TSC_STATED_BASE, TSC_HZ_MEASURED },
        { 2430 * MHZ, 2400 * MHZ, TSC_STATED_BASE, TSC_HZ_DISPUTED },
        { 1000 * MHZ, 4000 * MHZ, TSC_STATED_CRYSTAL, TSC_HZ_DISPUTED },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_int_equal(tsc_hz_decide(rows[i].measured, rows[i].stated, rows[i].by), rows[i].choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stated),
        cmocka_unit_test(test_decided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
