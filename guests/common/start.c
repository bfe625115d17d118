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

/* Where a toolstack finds our list of frames when it dumps us: through our page tables. */
static void frame_list_tell(void)
{
    shared_info->arch.max_pfn = start_info->nr_pages;
    shared_info->arch.p2m_vaddr = start_info->mfn_list;
    shared_info->arch.p2m_cr3 = va_to_mfn((void *)start_info->pt_base) * PAGE_SIZE;
}

/* The toolstack's two ports of a domU: nobody here waits for what they say. */
static void ports_mask(void)
{
    const uint32_t ports[] = { start_info->store_evtchn, start_info->console.domU.evtchn };

    for (unsigned int i = 0; i < ARRAY_SIZE(ports) && !is_dom0(); i++)
        shared_info->evtchn_mask[ports[i] / 64] |= 1ul << ports[i] % 64;
}

void guest_start(const struct start_info *si);
void guest_start(const struct start_info *si)
{
    start_info = si;
    shared_info_map();
    ports_mask();
    frame_list_tell();
    traps_init();
    guest_main();
    guest_shutdown(SHUTDOWN_poweroff);
}

void guest_shutdown(unsigned int reason)
{
    struct sched_shutdown s = { .reason = reason };

    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, PTR(&s));
}
