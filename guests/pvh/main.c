/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel in the smallest form, and a check of what a container is: it is entered in 32-bit mode (start.S), looks
 * at everything that a guest's kernel meets (the other files), says how many checks held, and powers off. With storm=N
 * on its command line it then does everything at random (storm.c).
 */
#include "pvh/pvh.h"

union shared_page shared_page __attribute__((aligned(4096)));

#define STORM "storm="
#define STEPS 20000u

/* The seed that the command line asks for, 0 if none. */
static uint64_t storm_seed(void)
{
    const struct hvm_start_info *s = (const void *)(uint64_t)pvh_entry[ENTRY_EBX];
    const char *at = (const char *)s->cmdline_paddr;
    uint64_t seed = 0;

    if (!at || strncmp(at, STORM, sizeof(STORM) - 1))
        return 0;
    for (at += sizeof(STORM) - 1; *at >= '0' && *at <= '9'; at++)
        seed = seed * 10 + (uint64_t)(*at - '0');
    return seed;
}

void pvh_main(void);
void pvh_main(void)
{
    struct sched_shutdown off = { .reason = SHUTDOWN_poweroff };

    traps_init();
    print("PVH kernel: start_info at %#x", pvh_entry[ENTRY_EBX]);
    check_entry();
    check_cpu();
    check_msrs();
    check_hypercalls();
    check_narrow();
    check_apic();
    check_events();
    check_second();
    if (storm_seed())
        storm(storm_seed(), STEPS);
    print("PVH kernel: %u passed, %u failed", passed, failed);
    HYPERCALL2(sched_op, SCHEDOP_shutdown, &off);
}
