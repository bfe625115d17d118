/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines to port 0xe9, each by one REP OUTSB. */
#include "base/format.h"
#include "pvh/pvh.h"

#define LINE 160u

unsigned int passed, failed;

static void line(const char *what, const char *fmt, va_list args)
{
    char text[LINE];
    int n = format(text, sizeof(text), "%s", what);
    const char *at = text;
    uint64_t count;

    vformat(text + n, sizeof(text) - 1 - (size_t)n, fmt, args);
    count = strlen(text);
    text[count++] = '\n';
    __asm__ volatile("rep outsb" : "+S"(at), "+c"(count) : "d"((uint16_t)0xe9) : "memory");
}

void print(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    line("", fmt, args);
    va_end(args);
}

void check(bool ok, const char *fmt, ...)
{
    va_list args;

    if (ok) {
        passed++;
        return;
    }
    failed++;
    va_start(args, fmt);
    line("FAIL ", fmt, args);
    va_end(args);
}
