/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel in the smallest form, and a check of what a container is: it is entered in 32-bit mode (start.S), looks
 * at everything that a guest's kernel meets (the other files), says how many checks held, and powers off.
 */
#include "pvh/pvh.h"

union shared_page shared_page __attribute__((aligned(4096)));

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
    check_apic();
    check_events();
    check_second();
    print("PVH kernel: %u passed, %u failed", passed, failed);
    HYPERCALL2(sched_op, SCHEDOP_shutdown, &off);
}
