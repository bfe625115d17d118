/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A panic ends the process with its message, or comes back to the test that wanted it. */
#include "sim.h"

#include "hv/log.h"

#include <stdio.h>
#include <stdlib.h>

bool sim_panic_expected;
jmp_buf sim_panic_jump;
char sim_panic_text[256];

void panic(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(sim_panic_text, sizeof(sim_panic_text), fmt, args);
    va_end(args);
    if (sim_panic_expected)
        longjmp(sim_panic_jump, 1);
    fprintf(stderr, "panic: %s\n", sim_panic_text);
    abort();
}

void port_assert_failed(const char *expr, const char *file, int line) { panic("%s:%d: %s", file, line, expr); }

uint64_t sim_random(uint64_t *state)
{
    uint64_t x = *state ? *state : 0x9e3779b97f4a7c15;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}
