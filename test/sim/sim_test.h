/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests on the simulated machine. Include this first: the hypervisor's headers want to be seen before the C library's.
 *
 *     SIM_TESTS(cmocka_unit_test(one), cmocka_unit_test(other))
 */
#ifndef SIM_TEST_H
#define SIM_TEST_H

#include "arch/sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

char *strstr(const char *haystack, const char *needle); /* the C library's */

static inline int sim_run_tests(const struct CMUnitTest *tests, size_t nr)
{
    int failed = 0;

    for (size_t i = 0; i < nr; i++) {
        int status = 1;
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0)
            exit(_cmocka_run_group_tests(tests[i].name, &tests[i], 1, NULL, NULL) ? 1 : 0);
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
            failed++;
    }
    printf("%zu tests, %d failed\n", nr, failed);
    return failed != 0;
}

#define SIM_TESTS(...)                                               \
    int main(void)                                                   \
    {                                                                \
        const struct CMUnitTest tests[] = { __VA_ARGS__ };           \
        return sim_run_tests(tests, sizeof(tests) / sizeof(tests[0])); \
    }

#endif
