/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state at entry, and the structure that EBX points to (xen/arch-x86/hvm/start_info.h). */
#include "pvh/pvh.h"

static const struct hvm_start_info *start_info(void)
{
    return (const struct hvm_start_info *)(uint64_t)pvh_entry[ENTRY_EBX];
}

static void check_registers(void)
{
    static const uint8_t zero[] = { ENTRY_EAX, ENTRY_ECX, ENTRY_EDX, ENTRY_ESI, ENTRY_EDI, ENTRY_EBP, ENTRY_ESP,
                                    ENTRY_CR3, ENTRY_CR4 };

    for (unsigned int i = 0; i < ARRAY_SIZE(zero); i++)
        check(!pvh_entry[zero[i]], "entry register %u is %#x", zero[i], pvh_entry[zero[i]]);
    check(pvh_entry[ENTRY_EFLAGS] == 2, "EFLAGS at entry are %#x", pvh_entry[ENTRY_EFLAGS]);
    check(pvh_entry[ENTRY_CR0] == 0x11, "CR0 at entry is %#x", pvh_entry[ENTRY_CR0]);
}

/* The list is in the toolstack's order: RAM first. */
static void check_memory_map(const struct hvm_start_info *s)
{
    const struct hvm_memmap_table_entry *e = (const void *)s->memmap_paddr;
    uint64_t ram = 0;

    for (uint32_t i = 0; i < s->memmap_entries; i++)
        ram += e[i].type == XEN_HVM_MEMMAP_TYPE_RAM ? e[i].size : 0;
    check(ram >= 4u << 20, "RAM in the memory map: %lu bytes", (unsigned long)ram);
}

void check_entry(void)
{
    const struct hvm_start_info *s = start_info();

    check_registers();
    check(s->magic == XEN_HVM_START_MAGIC_VALUE, "start_info's magic is %#x", s->magic);
    check(s->version == 1, "start_info's version is %u", s->version);
    if (s->cmdline_paddr)
        print("command line: %s", (const char *)s->cmdline_paddr);
    if (s->version >= 1)
        check_memory_map(s);
}
