/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark N, a program without libc for dom0 and for guests: ends the phase N of a measurement (see mark.h) and prints the
 * monotonic clock, "MARK N nanoseconds". As a guest's init it ends the phase INIT_MARK and sleeps for ever.
 */
#include <stdint.h>

#include "bench/mark.h"

#define INIT_MARK 2
enum { SYS_WRITE = 1, SYS_PAUSE = 34, SYS_GETPID = 39, SYS_EXIT = 60, SYS_CLOCK_GETTIME = 228 };

static long system_call(long number, long a, const void *b, long c)
{
    long result;

    asm volatile("syscall" : "=a"(result) : "0"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

#define MARK(n) ".byte 0x0f, 0x1f, 0x80; .long " #n " + 0x584e4c00; ret; "
_Static_assert(MARK_BASE == 0x584e4c00 && MARKS == 32, "what the assembler text says");

/* One mark and a RET are eight bytes: the table is code. */
#define MARK4(a, b, c, d) MARK(a) MARK(b) MARK(c) MARK(d)
asm(".balign 8\nmark_table: "
    MARK4(0, 1, 2, 3) MARK4(4, 5, 6, 7) MARK4(8, 9, 10, 11) MARK4(12, 13, 14, 15)
    MARK4(16, 17, 18, 19) MARK4(20, 21, 22, 23) MARK4(24, 25, 26, 27) MARK4(28, 29, 30, 31));
extern const char mark_table[];

static unsigned int number_of(const char *text)
{
    unsigned int number = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (unsigned int)(*text - '0');
    return number % MARKS;
}

static void mark(unsigned int number)
{
    ((void (*)(void))(mark_table + 8 * number))();
}

/* Puts @number before @end; returns where its first digit is. */
static char *digits(char *end, uint64_t number)
{
    do
        *--end = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

static void report(unsigned int number)
{
    struct {
        int64_t seconds, nanoseconds;
    } now = { 0, 0 };
    char line[64], *end = line + sizeof(line), *at = end;

    system_call(SYS_CLOCK_GETTIME, 1, &now, 0);
    *--at = '\n';
    at = digits(at, (uint64_t)now.seconds * 1000000000 + (uint64_t)now.nanoseconds);
    *--at = ' ';
    at = digits(at, number);
    for (const char *word = " KRAM"; *word; word++)
        *--at = *word;
    system_call(SYS_WRITE, 1, at, end - at);
}

static __attribute__((noreturn, used)) void run(const long *stack)
{
    const char *const *argv = (const char *const *)(stack + 1);

    if (system_call(SYS_GETPID, 0, 0, 0) == 1) {
        mark(INIT_MARK);
        for (;;)
            system_call(SYS_PAUSE, 0, 0, 0);
    }
    unsigned int number = stack[0] > 1 ? number_of(argv[1]) : 0;
    mark(number);
    report(number);
    system_call(SYS_EXIT, 0, 0, 0);
    __builtin_unreachable();
}

asm(".globl _start\n_start: mov %rsp, %rdi; and $-16, %rsp; call run");
