/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest guest: says what it found, and goes. */
#include "common/guest.h"

void guest_main(void)
{
    printk("hello from %s, %lu pages, version %#lx", start_info->magic, start_info->nr_pages,
           (unsigned long)hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0));
}
