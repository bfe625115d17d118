/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first C. We are in long mode on head.S's tables: the first 4 GiB at their own addresses, and the image where it
 * is linked. Here the loader's word is read, the console opened so that whatever follows can be reported, and the final
 * address space made.
 */
#include "base/cmdline.h"
#include "boot/boot.h"
#include "boot/consoles.h"
#include "boot/smp.h"
#include "cpu/control.h"
#include "cpu/features.h"
#include "entry/entry.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/version.h"
#include "hw/native/cpu.h"
#include "kexec/reserve.h"
#include "mm/boot_mem.h"
#include "mm/frametable.h"
#include "mm/map.h"
#include "mm/percpu_area.h"
#include "pv/mm/pte_flags.h"
#include "trap/trap.h"
#include "x86/boot/first_word.h"
#include "x86/boot/multiboot.h"

_Static_assert(BOOT_PTE_TABLE == (PTE_P | PTE_RW) && BOOT_PTE_2M == (PTE_P | PTE_RW | PTE_PS), "as head.S has them");

#define LOW_MEMORY_END  0x100000u
#define IDENTITY_END    (1ULL << 32)
#define TRAMPOLINE_LAST 0x9f000u

struct boot_info boot_info __attribute__((section(".init.bss")));
struct e820_map machine_map;
uint64_t machine_ram;
uint64_t image_paddr;

extern const char image_start[], init_start[], init_end[], text_start[], text_end[], rodata_start[], rodata_end[],
    data_start[], data_end[], init_bss_start[], init_bss_end[], image_end[];

/* The loader's structures, through the identity map. */
static bool read_physical(void *opaque, uint64_t paddr, void *buf, size_t len)
{
    if (paddr >= IDENTITY_END || len > IDENTITY_END - paddr)
        return false;
    memcpy(buf, (const void *)paddr, len);
    return true;
}

static __init void read_loader(uint32_t magic, uint32_t info)
{
    static char cmdline[BOOT_CMDLINE_MAX]; /* kept; boot_info is not */
    const struct phys_reader mem = { read_physical, NULL };
    char banner[256];
    int rc = multiboot_parse(&boot_info, magic, info, &mem, &hv_lib_log);

    boot_take_names(&boot_info, options_known);
    options_parse(boot_info.cmdline, &hv_options, &hv_lib_log);
    consoles_open();
    version_banner(banner, sizeof(banner));
    log_info("%s", banner);
    log_info("loaded at %#lx by %s", (unsigned long)image_paddr,
             boot_info.loader[0] ? boot_info.loader : "an unnamed loader");
    cmdline_shown(boot_info.cmdline, cmdline, sizeof(cmdline));
    hv_cmdline = cmdline;
    boot_report_names(&boot_info, &hv_lib_log);
    log_info("command line: %s", hv_cmdline);
    if (rc)
        panic("the boot loader's information is unusable (magic %#x, error %d): boot with Multiboot 1 or 2", magic, rc);
}

/* What firmware goes on using is nobody's RAM, whatever the loader's map says. */
static __init void keep_efi_memory(void)
{
    for (uint32_t i = 0; i < boot_info.efi.region_count; i++) {
        const struct boot_efi_region *r = &boot_info.efi.region[i];
        struct range at = { r->start, r->start + r->pages * PAGE_SIZE };

        if (r->attributes & EFI_MEMORY_RUNTIME && at.start < at.end && r->pages < E820_TOP / PAGE_SIZE &&
            e820_retype(&machine_map, at, E820_RAM, E820_RESERVED))
            panic("memory: EFI's runtime memory at %#lx cannot be kept: the memory map is too long",
                  (unsigned long)at.start);
    }
}

/* mem=, but what is below @least, the image's end, has to be. */
static __init void clip_memory(uint64_t least)
{
    if (hv_options.mem < least)
        log_warning("mem=: %lu KiB do not reach to the end of the hypervisor itself: %lu KiB are used",
                    (unsigned long)(hv_options.mem >> 10), (unsigned long)(least >> 10));
    e820_clip_ram(&machine_map, MAX(hv_options.mem, least));
}

static __init void read_memory_map(void)
{
    if (!boot_info.memory_count)
        panic("the boot loader gives no memory map: boot with a loader that does (GRUB, QEMU)");
    e820_sanitise(&machine_map, boot_info.memory, boot_info.memory_count, NULL, &hv_lib_log);
    keep_efi_memory();
    e820_report(&machine_map, &hv_lib_log);
    modules_check();
    if (hv_options.mem)
        clip_memory(image_paddr + (uint64_t)(image_end - image_start));
    machine_ram = e820_ram_below(&machine_map, UINT64_MAX);
}

static __init void reserve_used(void)
{
    boot_mem_reserve(0, LOW_MEMORY_END);
    boot_mem_reserve(image_paddr, image_paddr + (uint64_t)(image_end - image_start));
    modules_keep();
}

static __init void memory_init(void)
{
    uint64_t page;

    read_memory_map();
    for (uint32_t i = 0; i < machine_map.count; i++) {
        const struct e820_entry *e = &machine_map.entry[i];
        if (e->type == E820_RAM && e->end > LOW_MEMORY_END)
            boot_mem_add(MAX(e->start, (uint64_t)LOW_MEMORY_END), MIN(e->end, DIRECTMAP_SIZE));
    }
    if (!boot_mem_is_ram(image_paddr, image_paddr + (uint64_t)(image_end - image_start)))
        panic("the image at %#lx is not in RAM: the memory map contradicts the boot loader",
              (unsigned long)image_paddr);
    reserve_used();
    kexec_reserve();
    page = e820_find_high(&machine_map, PAGE_SIZE, PAGE_SIZE, (struct range){ PAGE_SIZE, TRAMPOLINE_LAST }, NULL, 0);
    smp_set_trampoline(page == UINT64_MAX ? 0 : page);
}

static __init void map_or_die(vaddr_t va, paddr_t pa, uint64_t len, enum map_rights rights)
{
    if (map_range(va, pa, len, rights))
        panic("memory: no room for page tables; give the machine more");
}

static __init void map_image_part(const char *start, const char *end, enum map_rights rights)
{
    if (end > start)
        map_or_die((vaddr_t)start, image_paddr + (uint64_t)(start - image_start), (uint64_t)(end - start), rights);
}

/* Text is read and execute, constants are read only from the end of boot on, and init is all of it until it goes. */
static __init void map_image(void)
{
    map_image_part(init_start, init_end, MAP_RWX);
    map_image_part(text_start, text_end, MAP_RX);
    map_image_part(rodata_start, data_end, MAP_RW);
    map_image_part(init_bss_start, init_bss_end, MAP_RW);
}

static __init void map_ram_range(paddr_t start, paddr_t end)
{
    map_or_die(DIRECTMAP_VIRT + start, start, end - start, MAP_RW);
}

/* The last thing that the boot stack sees. */
static __init __noreturn void address_space_init(void)
{
    map_set_nx(cpu_has_nx);
    pte_reserved = cpu_has_nx ? 0 : PTE_NX;
    map_set_1g(cpu_has_1g_pages);
    map_table_alloc = boot_mem_table;
    map_init();
    map_image();
    map_or_die(DIRECTMAP_VIRT, 0, LOW_MEMORY_END, MAP_RW);
    boot_mem_for_each_ram(map_ram_range);
    map_finish_slots();
    consoles_map();
    write_cr3(hv_l4_paddr);
    map_use_direct();
    consoles_mapped();
    frametable_init();
    if (percpu_area_create(0))
        panic("memory: no room for the boot CPU's stack");
    stack_switch_and_call((void *)((uint64_t)percpu_cpu_info(0) & ~15ULL), start_hypervisor);
}

__init void boot_early(uint32_t magic, uint32_t info, uint32_t load_base)
{
    image_paddr = load_base;
    trap_early_init(); /* from here on a fault is reported */
    options_default(&hv_options);
    read_loader(magic, info);
    cpu_features_detect(); /* obeys cpuid= */
    cpu_control_boot(); /* tries what it relies on */
    cpu_control_try_1g_pages();
    memory_init();
    address_space_init();
}
