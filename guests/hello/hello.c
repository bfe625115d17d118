/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest guest: says what it found, and goes. */
#include "common/guest.h"

static void say_module(void)
{
    const uint8_t *bytes = (const uint8_t *)start_info->mod_start;
    unsigned int sum = 0;

    for (uint64_t i = 0; i < start_info->mod_len; i++)
        sum = sum * 31 + bytes[i];
    printk("module of %lu bytes, sum %#x", start_info->mod_len, sum);
}

void guest_main(void)
{
    printk("hello from %s, %lu pages, version %#lx", start_info->magic, start_info->nr_pages,
           (unsigned long)hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0));
    if (start_info->cmd_line[0])
        printk("command line: %s", (const char *)start_info->cmd_line);
    if (start_info->mod_len)
        say_module();
}
