/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the entry point to guest_main(). */
#include "guest.h"

const struct start_info *start_info;
struct shared_info *shared_info;

static uint8_t shared_info_page[PAGE_SIZE] __attribute__((aligned(4096)));

static void shared_info_map(void)
{
    if (map_at(shared_info_page, start_info->shared_info / PAGE_SIZE, PTE_KERNEL_RW))
        printk("shared_info cannot be mapped");
    shared_info = (struct shared_info *)shared_info_page;
}

uint64_t guest_option(const char *name, uint64_t otherwise)
{
    const char *word = (const char *)start_info->cmd_line;
    size_t len = strlen(name);
    uint64_t n = 0;

    for (; *word; word++) {
        if (strncmp(word, name, len) || word[len] != '=')
            continue;
        for (word += len + 1; *word >= '0' && *word <= '9'; word++)
            n = n * 10 + (uint64_t)(*word - '0');
        return n;
    }
    return otherwise;
}

void guest_start(const struct start_info *si);
void guest_start(const struct start_info *si)
{
    start_info = si;
    shared_info_map();
    traps_init();
    guest_main();
    guest_shutdown(SHUTDOWN_poweroff);
}

void guest_shutdown(unsigned int reason)
{
    struct sched_shutdown s = {.reason = reason};

    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, PTR(&s));
}
