/* SPDX-License-Identifier: GPL-2.0-or-later */
/* crashkernel=: its forms, and how much a machine of a size keeps. */
#include "kexec/crashkernel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define M 0x100000ULL
#define G 0x40000000ULL

static const struct {
    const char *text;
    int rc;
    uint64_t ram, size; /* what a machine with this RAM keeps */
    enum crashkernel_place place;
    uint64_t address;
} rows[] = {
    { "128M", 0, 2 * G, 128 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "131072", 0, 2 * G, 128 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "0x20000K", 0, 2 * G, 128 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "1", 0, 2 * G, 4096, CRASHKERNEL_ANYWHERE, 0 },
    { "0", 0, 2 * G, 0, CRASHKERNEL_ANYWHERE, 0 },
    { "128M@64M", 0, 2 * G, 128 * M, CRASHKERNEL_AT, 64 * M },
    { "128M<4G", 0, 2 * G, 128 * M, CRASHKERNEL_BELOW, 4 * G },
    { "128M,below=4G", 0, 2 * G, 128 * M, CRASHKERNEL_BELOW, 4 * G },
    { "1G-2G:64M,2G-:128M", 0, G - 1, 0, CRASHKERNEL_ANYWHERE, 0 },
    { "1G-2G:64M,2G-:128M", 0, G, 64 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "1G-2G:64M,2G-:128M", 0, 2 * G - 1, 64 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "1G-2G:64M,2G-:128M", 0, 2 * G, 128 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "0-:64M,2G-:128M", 0, 4 * G, 64 * M, CRASHKERNEL_ANYWHERE, 0 },
    { "1G-2G:64M,2G-:128M@16M", 0, 2 * G, 128 * M, CRASHKERNEL_AT, 16 * M },
    { "1G-2G:64M,2G-:128M<1G", 0, 2 * G, 128 * M, CRASHKERNEL_BELOW, G },
    { "1G-:64M,below=1G", 0, 2 * G, 64 * M, CRASHKERNEL_BELOW, G },
    { "1-2:1,2-3:1,3-4:1,4-5:1,5-6:1,6-7:1,7-8:1,8-9:1,9-10:1,10-11:1,11-12:1,12-13:1,13-14:1,14-15:1,15-16:1,16-:8", 0,
      G, 8192, CRASHKERNEL_ANYWHERE, 0 },
    { "1-2:1,2-3:1,3-4:1,4-5:1,5-6:1,6-7:1,7-8:1,8-9:1,9-10:1,10-11:1,11-12:1,12-13:1,13-14:1,14-15:1,15-16:1,"
      "16-17:8,17-:1",
      -ERANGE },
    { "", -EINVAL },
    { "M", -EINVAL },
    { "128M@", -EINVAL },
    { "128M<", -EINVAL },
    { "128M,", -EINVAL },
    { "128M,below", -EINVAL },
    { "128M,below=", -EINVAL },
    { "128M,64M", -EINVAL },
    { "128M,1G-2G:64M", -EINVAL },
    { "0,1G-2G:64M", -EINVAL },
    { "1G-2G:64M,128M", -EINVAL },
    { "1G-2G", -EINVAL },
    { "1G-2G:", -EINVAL },
    { "1G:64M", -EINVAL },
    { "2G-1G:64M", -EINVAL },
    { "1G-1G:64M", -EINVAL },
    { "128M@64M@64M", -EINVAL },
    { "128M@64M,below=4G", -EINVAL },
    { "128Mx", -EINVAL },
    { " 128M", -EINVAL },
    { "99999999999999999999", -ERANGE },
    { "99999999T", -ERANGE },
    { "128M@99999999T", -ERANGE },
};

static void forms(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct crashkernel c, before;

        memset(&c, 0x5a, sizeof(c));
        before = c;
        int rc = option_crashkernel(rows[i].text, strlen(rows[i].text), &c, NULL);
        if (rc != rows[i].rc)
            fail_msg("%s: %d", rows[i].text, rc);
        if (rc)
            assert_memory_equal(&c, &before, sizeof(c));
        else if (crashkernel_size(&c, rows[i].ram) != rows[i].size || c.place != rows[i].place ||
                 c.address != rows[i].address)
            fail_msg("%s: %#llx at %d %#llx", rows[i].text, (unsigned long long)crashkernel_size(&c, rows[i].ram),
                     c.place, (unsigned long long)c.address);
    }
}

static void absent(void **state)
{
    const struct crashkernel none = { 0 };
    assert_int_equal(crashkernel_size(&none, G), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(forms), cmocka_unit_test(absent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
