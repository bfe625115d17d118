/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that a toolstack can do things to. What it does is the first word of its command line: blocks for ever
 * (nothing given), spins, powers off, or crashes by a fault that it reports itself (crash) or has no handler for
 * (fault).
 */
#include "common/guest.h"

static bool told(const char *word)
{
    return !strncmp((const char *)start_info->cmd_line, word, strlen(word));
}

void guest_main(void)
{
    if (told("poweroff"))
        return;
    if (told("crash"))
        guest_shutdown(SHUTDOWN_crash);
    if (told("fault"))
        traps_init_without(14);
    if (told("fault"))
        *(volatile uint64_t *)0x7f0000123456 = 0x5eed;
    while (told("spin"))
        __asm__ volatile("pause");
    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
}
