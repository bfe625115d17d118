/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel in the smallest form, and a check of what a container is: it is entered in 32-bit mode (start.S), looks
 * at everything that a guest's kernel meets (the other files), says how many checks held, and powers off. With storm=N
 * on its command line it then does everything at random (storm.c). With poweroff, reboot or crash as its command line
 * it ends so at once, with stay it sleeps for ever.
 */
#include "pvh/pvh.h"

union shared_page shared_page __attribute__((aligned(4096)));

#define STORM "storm="
#define STEPS 5000u

static const char *command_line(void)
{
    const struct hvm_start_info *s = (const void *)(uint64_t)pvh_entry[ENTRY_EBX];

    return s->cmdline_paddr ? (const char *)s->cmdline_paddr : "";
}

/* The seed that the command line asks for, 0 if none. */
static uint64_t storm_seed(void)
{
    const char *at = command_line();
    uint64_t seed = 0;

    if (strncmp(at, STORM, sizeof(STORM) - 1))
        return 0;
    for (at += sizeof(STORM) - 1; *at >= '0' && *at <= '9'; at++)
        seed = seed * 10 + (uint64_t)(*at - '0');
    return seed;
}

static void end(unsigned int reason)
{
    struct sched_shutdown how = { .reason = reason };

    HYPERCALL2(sched_op, SCHEDOP_shutdown, &how);
}

static void end_as_told(const char *word)
{
    if (!strcmp(word, "poweroff"))
        end(SHUTDOWN_poweroff);
    if (!strcmp(word, "reboot"))
        end(SHUTDOWN_reboot);
    if (!strcmp(word, "crash"))
        end(SHUTDOWN_crash);
    while (!strcmp(word, "stay"))
        __asm__ volatile("sti; hlt");
}

void pvh_main(void);
void pvh_main(void)
{
    traps_init();
    end_as_told(command_line());
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
    end(SHUTDOWN_poweroff);
}
