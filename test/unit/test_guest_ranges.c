/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's addresses in a guest, and what platform_parameters says of them, for every ABI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86/guest/ranges.h"

static const struct {
    const char *name;
    enum guest_abi abi;
    uint64_t exact, legacy, start, last;
} abis[] = {
    {"64-bit PV", GUEST_PV64, 0, 0xffff800000000000, 0xffff800000000000, 0xffff87ffffffffff},
    {"32-bit PV", GUEST_PV32, 0xf5800000, 0xf5800000, 0xf5800000, 0xffffffff},
    {"64-bit PVH", GUEST_HVM64, 0, 0xffff800000000000, 0, 0},
    {"32-bit PVH", GUEST_HVM32, 0, 0xffffffff, 0, 0},
};

static void test_abis(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(abis); i++) {
        struct guest_range r;

        if (guest_virt_start(abis[i].abi, 0xf5800000, false) != abis[i].exact ||
            guest_virt_start(abis[i].abi, 0xf5800000, true) != abis[i].legacy ||
            guest_hypervisor_range(abis[i].abi, 0xf5800000, &r) != (abis[i].last != 0) || r.start != abis[i].start ||
            r.last != abis[i].last)
            fail_msg("%s", abis[i].name);
    }
}

static const struct {
    const char *name;
    bool dom0;
    uint64_t hv_start_low, frames, start;
} splits[] = {
    {"a domU's is fixed", false, 0, 1 << 20, 0xf5800000},
    {"a domU's does not follow its note", false, 0xf6000000, 1 << 20, 0xf5800000},
    {"512 MiB of RAM: a table of 512 KiB", true, 0, 1 << 17, 0xffc00000},
    {"4 GiB of RAM", true, 0, 1 << 20, 0xffa00000},
    {"one frame more takes another 2 MiB", true, 0, (1 << 19) + 1, 0xffa00000},
    {"2 GiB fill 2 MiB", true, 0, 1 << 19, 0xffc00000},
    {"more than the window holds", true, 0, 1ULL << 40, 0xf5800000},
    {"exactly what it holds", true, 0, 0x2980000, 0xf5800000},
    {"the kernel leaves the lowest address that there is", true, 0xf5800000, 1 << 20, 0xffa00000},
    {"and one that is no multiple of 2 MiB", true, 0xf5700001, 1ULL << 40, 0xf5800000},
    {"it asks for more than can be left", true, 0xf5800001, 1 << 20, 0},
    {"its note is absurd", true, UINT64_MAX, 1 << 20, 0},
};

static void test_pv32(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(splits); i++) {
        uint64_t got = guest_pv32_start(splits[i].dom0, splits[i].hv_start_low, splits[i].frames);

        if (got != splits[i].start)
            fail_msg("%s: %#llx", splits[i].name, (unsigned long long)got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_abis), cmocka_unit_test(test_pv32) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
