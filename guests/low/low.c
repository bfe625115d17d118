/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Says hello and ends as its command line wants: poweroff (the default), reboot or crash; or by its own fault, with
 * no handler for it (fault), or without a stack (stack). Registers nothing.
 */
#include "public.h"

extern char hypercall_page[];
void sp_lost(void) __attribute__((noreturn));
void low_main(const struct start_info *si);

/* The stubs of the hypercall page are 32 bytes each, by number. */
static long hypercall(unsigned int nr, uint64_t a, uint64_t b, uint64_t c)
{
    long rc;

    __asm__ volatile("call *%[stub]"
                     : "=a"(rc), "+D"(a), "+S"(b), "+d"(c)
                     : [stub] "r"(hypercall_page + nr * 32)
                     : "rcx", "r8", "r9", "r10", "r11", "memory");
    return rc;
}

static void say(const char *text)
{
    uint64_t len = 0;

    while (text[len])
        len++;
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, len, (uint64_t)text);
}

static int wants(const char *line, const char *word)
{
    unsigned int i = 0;

    for (; *line; line++) {
        i = *line == word[i] ? i + 1 : *line == word[0];
        if (!word[i])
            return 1;
    }
    return 0;
}

void low_main(const struct start_info *si)
{
    const char *line = (const char *)si->cmd_line;
    struct sched_shutdown s = { .reason = SHUTDOWN_poweroff };

    say("low: hello\n");
    if (wants(line, "fault"))
        *(volatile int *)0x7f0000000000 = 1;
    if (wants(line, "stack"))
        sp_lost();
    s.reason = wants(line, "crash") ? SHUTDOWN_crash : wants(line, "reboot") ? SHUTDOWN_reboot : SHUTDOWN_poweroff;
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (uint64_t)&s, 0);
    for (;;)
        ;
}
