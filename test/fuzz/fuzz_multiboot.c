/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Law: any bytes give an error or a boot_info that keeps its own rules, and nothing outside memory is read. */
#include "x86/boot/first_word.h"
#include "x86/boot/multiboot.h"

#include "law.h"

static const uint8_t *ram;
static size_t ram_size;

static bool read_ram(void *opaque, uint64_t paddr, void *buf, size_t len)
{
    if (paddr >= ram_size || len > ram_size - paddr)
        return false;
    memcpy(buf, ram + paddr, len);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct phys_reader mem = { read_ram, NULL };
    static struct boot_info info;

    if (size < 1)
        return 0;
    ram = data + 1;
    ram_size = size - 1;
    if (multiboot_parse(&info, data[0] & 1 ? MULTIBOOT1_MAGIC : MULTIBOOT2_MAGIC, data[0] & 0xf8, &mem, NULL))
        return 0;
    boot_take_names(&info, NULL);
    require(strnlen(info.cmdline, BOOT_CMDLINE_MAX) < BOOT_CMDLINE_MAX);
    require(strnlen(info.loader, sizeof(info.loader)) < sizeof(info.loader));
    require(info.module_count <= BOOT_MODULES_MAX && info.memory_count <= E820_INPUT_MAX);
    require(info.rsdp_size <= BOOT_RSDP_MAX);
    for (uint32_t i = 0; i < info.module_count; i++) {
        require(info.module[i].at.start <= info.module[i].at.end);
        require(strnlen(info.module[i].cmdline, BOOT_MODULE_TEXT) < BOOT_MODULE_TEXT);
        require(strnlen(info.module[i].name, BOOT_NAME_MAX) < BOOT_NAME_MAX);
    }
    return 0;
}
