/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware left. A BIOS's disk table is not read (we never were in real mode); of EFI dom0 needs the
 * configuration table, for without it there is no way to ACPI, and the versions and vendor that go with it
 * (UEFI 2.9, 4.3).
 */
#include "platform/firmware_info.h"

#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/options.h"
#include "mm/machine_map.h"
#include "mm/map.h"
#include "platform/efi.h"

#include <arch/page.h>

#define EFI_SYSTEM_TABLE_SIGNATURE 0x5453595320494249ULL /* "IBI SYST" */
#define VENDOR_MAX                 100u

struct efi_system_table {
    uint64_t signature;
    uint32_t revision, header_size, crc32, reserved;
    uint64_t vendor;
    uint32_t firmware_revision, pad;
    uint64_t console[6];
    uint64_t runtime_services, boot_services, config_entries, config_table;
};
_Static_assert(sizeof(struct efi_system_table) == 120, "UEFI 2.9, 4.3.1");

static struct efi_system_table efi;
static uint16_t vendor[VENDOR_MAX];

__init void firmware_init(void)
{
    const struct efi_system_table *t =
        boot_info.efi.system_table ? ioremap_rights(boot_info.efi.system_table, sizeof(*t), MAP_RO) : NULL;

    if (!t || t->signature != EFI_SYSTEM_TABLE_SIGNATURE)
        return;
    efi = *t;
    efi_init(efi.runtime_services, hv_options.efi == OPTION_EFI_RS);
    const uint16_t *name = efi.vendor ? ioremap_rights(efi.vendor, sizeof(vendor), MAP_RO) : NULL;
    for (unsigned int i = 0; name && i < VENDOR_MAX - 1 && name[i]; i++)
        vendor[i] = name[i];
    log_info("EFI %u.%u, configuration table with %lu entries", efi.revision >> 16, efi.revision & 0xffff,
             (unsigned long)efi.config_entries);
}

/* What the memory map says about an address, and how much of the range asked for it is true of. */
static long region_info(union xenpf_efi_info *out)
{
    const struct boot_efi_region *r = efi_region_of(out->mem.addr);

    if (!r)
        return -ESRCH;
    uint64_t left = r->pages * PAGE_SIZE - (out->mem.addr - r->start);
    out->mem.type = r->type;
    out->mem.attr = r->attributes;
    out->mem.size = MIN(out->mem.size, left);
    return 0;
}

static long efi_info(struct xenpf_firmware_info *info)
{
    union xenpf_efi_info *out = &info->u.efi_info;

    if (!efi.signature)
        return -ENOSYS;
    switch (info->index) {
    case XEN_FW_EFI_VERSION: out->version = efi.revision; return 0;
    case XEN_FW_EFI_RT_VERSION: out->version = efi_runtime_revision(); return 0;
    case XEN_FW_EFI_CONFIG_TABLE:
        out->cfg.addr = efi.config_table;
        out->cfg.nent = (uint32_t)efi.config_entries;
        return 0;
    case XEN_FW_EFI_VENDOR:
        out->vendor.revision = efi.firmware_revision;
        uint32_t bytes = MIN(out->vendor.bufsz, (uint32_t)sizeof(vendor)) & ~1u;
        return bytes ? copy_to_guest_bytes(guest_handle_va(out->vendor.name), vendor, 1, bytes) : 0;
    case XEN_FW_EFI_MEM_INFO: return region_info(out);
    case XEN_FW_EFI_PCI_ROM: return -ESRCH;            /* ROMs that firmware keeps, */
    case XEN_FW_EFI_APPLE_PROPERTIES: return -ENODATA; /* and Apple's, were not asked for before it ended */
    default: return -EINVAL;
    }
}

long firmware_info(struct xenpf_firmware_info *info)
{
    switch (info->type) {
    case XEN_FW_DISK_INFO:
    case XEN_FW_DISK_MBR_SIGNATURE: return -ESRCH; /* the list is empty */
    case XEN_FW_VBEDDC_INFO: return info->index ? -ESRCH : -ENODEV;
    case XEN_FW_KBD_SHIFT_FLAGS:
        if (info->index)
            return -ESRCH;
        info->u.kbd_shift_flags = *((const volatile uint8_t *)paddr_to_virt(0x417)) & 0x70;
        return 0;
    case XEN_FW_EFI_INFO: return efi_info(info);
    default: return -EINVAL;
    }
}
