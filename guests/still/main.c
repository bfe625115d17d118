/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that a toolstack can do things to. What it does is the first word of its command line: blocks for ever
 * (nothing given), spins, powers off, asks for its reboot, crashes by a fault that it reports itself (crash) or has no
 * handler for (fault), or stops to be saved (suspend) and says so when it goes on.
 */
#include "common/guest.h"

static bool told(const char *word)
{
    return !strncmp((const char *)start_info->cmd_line, word, strlen(word));
}

/*
 * As the ABI wants it: the hypercall's third argument is the frame of start_info, in which the two rings are named by
 * guest frames; shared_info, which is not the guest's own memory, is not mapped meanwhile. 0 comes back where the guest
 * was restored, 1 where it goes on.
 */
static void suspend(void)
{
    const uint64_t *pfn_of = (const uint64_t *)MACH2PHYS_VIRT_START;
    struct start_info *si = (struct start_info *)(uintptr_t)start_info;
    struct sched_shutdown s = { .reason = SHUTDOWN_suspend };

    si->store_mfn = pfn_of[si->store_mfn];
    si->console.domU.mfn = pfn_of[si->console.domU.mfn];
    map_at(shared_info, 0, 0);
    long rc = hypercall3(__HYPERVISOR_sched_op, SCHEDOP_shutdown, PTR(&s), va_to_mfn(si));
    map_at(shared_info, si->shared_info / PAGE_SIZE, PTE_KERNEL_RW);
    if (rc) {
        si->store_mfn = pfn_to_mfn(si->store_mfn);
        si->console.domU.mfn = pfn_to_mfn(si->console.domU.mfn);
    }
    printk("still: %s", rc ? "goes on" : "restored");
}

void guest_main(void)
{
    if (told("poweroff"))
        return;
    if (told("reboot"))
        guest_shutdown(SHUTDOWN_reboot);
    if (told("crash"))
        guest_shutdown(SHUTDOWN_crash);
    if (told("fault"))
        traps_init_without(14);
    if (told("fault"))
        *(volatile uint64_t *)0x7f0000123456 = 0x5eed;
    if (told("suspend"))
        suspend();
    while (told("spin"))
        __asm__ volatile("pause");
    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
}
