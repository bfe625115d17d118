/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loader's modules. They may lie anywhere in RAM: below 1 MiB, at address 0, above what mem= leaves. One stays
 * where it is if its pages are memory that we hand out ourselves and nobody else's; at the end of boot they become free
 * memory. The others are copied, before anything else is allocated or low memory is used.
 */
#include "boot/boot.h"
#include "hv/log.h"
#include "hv/options.h"
#include "mm/boot_mem.h"

#define IDENTITY_END (1ULL << 32)

static __init bool is_empty(struct range m)
{
    return m.start >= m.end;
}

static __init struct range pages_of(struct range m)
{
    return (struct range){ m.start & PAGE_MASK, ROUND_UP(m.end, PAGE_SIZE) };
}

__init void modules_check(void)
{
    for (uint32_t i = 0; i < boot_info.module_count; i++) {
        struct range m = boot_info.module[i].at;
        if (!is_empty(m) && !e820_claims_ram(boot_info.memory, boot_info.memory_count, m))
            panic("module %u at %#lx-%#lx is not in RAM: the boot loader or its memory map is wrong", i + 1,
                  (unsigned long)m.start, (unsigned long)m.end);
    }
}

static __init bool shares_a_page(uint32_t index)
{
    struct range m = pages_of(boot_info.module[index].at);

    for (uint32_t i = 0; i < boot_info.module_count; i++)
        if (i != index && !is_empty(boot_info.module[i].at) && range_overlaps(m, pages_of(boot_info.module[i].at)))
            return true;
    return false;
}

static __init bool may_stay(uint32_t index)
{
    struct range m = boot_info.module[index].at, pages = pages_of(m);

    return m.start == pages.start && boot_mem_is_ram(pages.start, pages.end) && !shares_a_page(index);
}

static __init void move(uint32_t index)
{
    struct range *m = &boot_info.module[index].at;
    uint64_t size = range_size(*m);
    paddr_t to = boot_mem_alloc(size, PAGE_SIZE, IDENTITY_END);

    if (!to)
        panic("no room for module %u of %lu KiB, which lies at %#lx and cannot stay there: give the machine more "
              "memory%s", index + 1, (unsigned long)(size >> 10), (unsigned long)m->start,
              hv_options.mem ? ", or raise mem=" : "");
    memcpy((void *)to, (const void *)m->start, size);
    log_info("module %u: moved from %#lx to %#lx", index + 1, (unsigned long)m->start, (unsigned long)to);
    *m = (struct range){ to, to + size };
}

__init void modules_keep(void)
{
    for (uint32_t i = 0; i < boot_info.module_count; i++)
        if (!is_empty(boot_info.module[i].at))
            boot_mem_reserve(boot_info.module[i].at.start, boot_info.module[i].at.end);
    for (uint32_t i = 0; i < boot_info.module_count; i++)
        if (!is_empty(boot_info.module[i].at) && !may_stay(i))
            move(i);
}
