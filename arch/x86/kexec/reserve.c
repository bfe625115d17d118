/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The crash area: as high as possible below 4 GiB, where every kernel can use it, or where the user says. */
#include "kexec/reserve.h"

#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/options.h"
#include "mm/boot_mem.h"
#include "mm/machine_map.h"
#include "x86/boot/e820.h"

#define LOW_MEMORY_END 0x100000u
#define FOUR_GIB       (1ULL << 32)

static struct range avoid[1 + BOOT_MODULES_MAX] __attribute__((section(".init.bss")));

/* Image and modules: they are in use until dom0 is built. */
static __init size_t avoid_fill(void)
{
    size_t n = 0;

    avoid[n++] = arch_kexec_own_range();
    for (uint32_t i = 0; i < boot_info.module_count; i++)
        avoid[n++] = boot_info.module[i].at;
    return n;
}

static __init uint64_t find_high(uint64_t size, uint64_t limit, size_t avoided)
{
    struct range within = { LOW_MEMORY_END, MIN(limit, DIRECTMAP_SIZE) };

    return e820_find_high(&machine_map, size, CRASHKERNEL_ALIGN, within, avoid, avoided);
}

static __init uint64_t find_exact(struct range want, size_t avoided)
{
    for (size_t i = 0; i < avoided; i++)
        if (range_overlaps(want, avoid[i]))
            return UINT64_MAX;
    return want.start >= LOW_MEMORY_END && boot_mem_is_ram(want.start, want.end) ? want.start : UINT64_MAX;
}

static __init uint64_t find(const struct crashkernel *c, uint64_t size)
{
    size_t avoided = avoid_fill();
    struct range want;

    switch (c->place) {
    case CRASHKERNEL_AT:
        if (c->address % PAGE_SIZE || !range_from_size(c->address, size, &want))
            return UINT64_MAX;
        return find_exact(want, avoided);
    case CRASHKERNEL_BELOW:
        return find_high(size, c->address, avoided);
    default: {
        uint64_t at = find_high(size, FOUR_GIB, avoided);
        return at == UINT64_MAX ? find_high(size, UINT64_MAX, avoided) : at;
    }
    }
}

static __init void report_no_room(const struct crashkernel *c, uint64_t size)
{
    unsigned long mib = size >> 20, address = c->address;

    switch (c->place) {
    case CRASHKERNEL_AT:
        log_warning("kexec: crashkernel= wants %lu MiB at %#lx, where they are not all free RAM beyond 1 MiB in whole "
                    "pages: no crash area is reserved; leave the address out or choose another", mib, address);
        break;
    case CRASHKERNEL_BELOW:
        log_warning("kexec: crashkernel= wants %lu MiB below %#lx, which are not free in one piece there: "
                    "no crash area is reserved; ask for less or raise the limit", mib, address);
        break;
    default:
        log_warning("kexec: crashkernel= wants %lu MiB, of %lu MiB of RAM so much is not free in one piece: "
                    "no crash area is reserved; ask for less", mib, (unsigned long)(boot_mem_ram_size() >> 20));
    }
}

__init void kexec_reserve(void)
{
    const struct crashkernel *c = &hv_options.crashkernel;
    uint64_t size = crashkernel_size(c, boot_mem_ram_size());

    if (!size && c->count)
        log_info("kexec: crashkernel= keeps nothing on a machine with %lu MiB of RAM",
                 (unsigned long)(boot_mem_ram_size() >> 20));
    if (!size)
        return;
    uint64_t at = find(c, size);
    if (at == UINT64_MAX) {
        report_no_room(c, size);
        return;
    }
    kexec_crash_area = (struct range){ at, at + size };
    boot_mem_reserve(at, at + size);
    log_info("kexec: crash area %#lx-%#lx (%lu MiB)", (unsigned long)at, (unsigned long)(at + size),
             (unsigned long)(size >> 20));
}
