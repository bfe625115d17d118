/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both Multiboot protocols over a small image of physical memory, as GRUB 2 and QEMU fill it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "x86/boot/first_word.h"
#include "x86/boot/multiboot.h"
#include "test/ram.h"

static struct boot_info info;
static unsigned int lines;

static void count_line(void *opaque, enum lib_log_level level, const char *text)
{
    lines++;
}

static const struct lib_log count_log = { count_line, NULL };

static void put32(uint32_t at, uint32_t value)
{
    memcpy(ram + at, &value, 4);
}

static void put64(uint32_t at, uint64_t value)
{
    memcpy(ram + at, &value, 8);
}

/* What the hypervisor asks its table of options. */
static bool is_option(const char *name, size_t len)
{
    return len == 8 && !memcmp(name, "noreboot", 8);
}

static int parse(uint32_t magic, uint64_t paddr)
{
    lines = 0;
    int rc = multiboot_parse(&info, magic, paddr, &mem, &count_log);

    boot_take_names(&info, is_option);
    return rc;
}

/* What QEMU -kernel builds: file names stand before command lines. */
static void build_mb1(void)
{
    memset(ram, 0, sizeof(ram));
    put32(0x1000, 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9);
    put32(0x1004, 639);
    put32(0x1008, 130048);
    put32(0x1000 + 16, 0x2000);
    strcpy((char *)ram + 0x2000, "xenolith  console=com1 loglvl=all");
    put32(0x1000 + 20, 2);
    put32(0x1000 + 24, 0x3000);
    put32(0x3000, 0x400000);
    put32(0x3004, 0xc00000);
    put32(0x3008, 0x3100);
    strcpy((char *)ram + 0x3100, "vmlinuz console=hvc0");
    put32(0x3010, 0xc00000);
    put32(0x3014, 0xd00000);
    put32(0x3018, 0x3200);
    strcpy((char *)ram + 0x3200, "initrd.gz");
    put32(0x1000 + 44, 48);
    put32(0x1000 + 48, 0x4000);
    put32(0x4000, 20);
    put64(0x400c, 0x9fc00);
    put32(0x4014, 1);
    put32(0x4018, 20);
    put64(0x401c, 0x100000);
    put64(0x4024, 0x7f00000);
    put32(0x402c, 1);
    put32(0x1000 + 64, 0x5000);
    strcpy((char *)ram + 0x5000, "qemu");
}

static const char *last_report;
static enum lib_log_level last_level;

static void keep_report(void *opaque, enum lib_log_level level, const char *text)
{
    static char kept[128];

    snprintf(kept, sizeof(kept), "%s", text);
    last_report = kept;
    last_level = level;
}

/* Whose first words are file names? @taken and @module_taken: the names, "" for none. */
static void test_first_words(void **state)
{
    static const struct {
        unsigned int protocol;
        const char *loader, *line, *taken, *module, *module_taken;
        int warned; /* the last report is a warning */
    } rows[] = {
        { 1, "qemu", "build/hv console=com1", "build/hv", "K console=hvc0", "K", 0 },
        { 1, "qemu", "a=b/hv x", "a=b/hv", "I=1", "I=1", 0 },
        { 1, "GRUB 0.97", "/boot/hv noreboot", "/boot/hv", "/boot/k quiet", "/boot/k", 0 },
        { 1, "GRUB 0.97", "(hd0,0)/boot/hv noreboot", "(hd0,0)/boot/hv", "(hd0,0)/k", "(hd0,0)/k", 0 },
        { 1, "GRUB 2.06", "/boot/hv noreboot", "", "/boot/k quiet", "", 0 },
        { 1, "Limine 7.1", "dom0_mem=512M console=com1", "", "first=word console=hvc0", "", 0 },
        { 1, "Limine 7.1", "console=com1 loglvl=all", "", "root=/dev/ram0 quiet", "", 0 },
        { 1, "Limine 7.1", "noreboot console=com1", "", "quiet root=/dev/ram0", "", 0 },
        { 1, "Limine 7.1", "  noreboot", "", "  ro", "", 0 },
        { 1, "", "hv console=com1", "hv", "k console=hvc0", "k", 1 },
        { 1, "", "hv console=com1", "hv", "root=/dev/sda1 quiet", "", 1 },
        { 1, "", "", "", "k console=hvc0", "k", 1 },
        { 1, "", "boot/hv=1 console=com1", "boot/hv=1", "./k=2/k quiet", "./k=2/k", 1 },
        { 1, "", "console=com1,/dev", "", "/boot/k quiet", "/boot/k", 0 },
        { 2, "", "hv console=com1", "", "k console=hvc0", "", 0 },
        { 2, "Limine 7.1", "/boot/hv console=com1", "/boot/hv", "/boot/k quiet", "/boot/k", 0 },
        { 2, "Limine 7.1", "noreboot", "", "root=/dev/sda1", "", 0 },
        { 2, "GRUB 2.06", "/boot/hv console=com1", "", "placeholder root=/dev/sda1", "", 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct lib_log log = { keep_report, NULL };
        struct boot_module *m = &info.module[0];

        memset(&info, 0, sizeof(info));
        info.protocol = rows[i].protocol;
        info.module_count = 1;
        strcpy(info.loader, rows[i].loader);
        strcpy(info.cmdline, rows[i].line);
        strcpy(m->cmdline, rows[i].module);
        boot_take_names(&info, is_option);
        if (strcmp(info.name, rows[i].taken) || strcmp(m->name, rows[i].module_taken))
            fail_msg("row %zu: '%s' and '%s' are taken for names", i, info.name, m->name);
        assert_int_equal(strncmp(info.cmdline, info.name, strlen(info.name)) || !info.name[0], 1);
        last_report = NULL;
        boot_report_names(&info, &log);
        assert_int_equal(!!last_report, rows[i].taken[0] || rows[i].module_taken[0]);
        if (!last_report)
            continue;
        assert_int_equal(last_level == LIB_LOG_WARNING, rows[i].warned);
        assert_non_null(strstr(last_report, rows[i].module_taken[0] ? rows[i].module_taken : rows[i].taken));
    }
}

static void test_mb1(void **state)
{
    build_mb1();
    assert_int_equal(parse(MULTIBOOT1_MAGIC, 0x1000), 0);
    assert_int_equal(lines, 0);
    assert_string_equal(info.cmdline, "console=com1 loglvl=all");
    assert_string_equal(info.loader, "qemu");
    assert_int_equal(info.module_count, 2);
    assert_int_equal(info.module[0].at.start, 0x400000);
    assert_int_equal(info.module[0].at.end, 0xc00000);
    assert_string_equal(info.module[0].cmdline, "console=hvc0");
    assert_string_equal(info.module[1].cmdline, "");
    assert_int_equal(info.memory_count, 2);
    assert_int_equal(info.memory[1].start, 0x100000);
    assert_int_equal(info.memory[1].end, 0x8000000);
    assert_int_equal(info.mem_upper_kib, 130048);

    strcpy((char *)ram + 0x5000, "GRUB 2.06-13+deb12u2");
    assert_int_equal(parse(MULTIBOOT1_MAGIC, 0x1000), 0);
    assert_string_equal(info.module[0].cmdline, "vmlinuz console=hvc0");
}

static void test_mb1_framebuffer(void **state)
{
    static const uint8_t tail[] = { 32, 1, 16, 8, 8, 8, 0, 8 };

    build_mb1();
    put32(0x1000, 1 << 12);
    put64(0x1000 + 88, 0xfd000000);
    put32(0x1000 + 96, 4096);
    put32(0x1000 + 100, 1024);
    put32(0x1000 + 104, 768);
    memcpy(ram + 0x1000 + 108, tail, sizeof(tail));
    assert_int_equal(parse(MULTIBOOT1_MAGIC, 0x1000), 0);
    assert_int_equal(info.screen.kind, BOOT_SCREEN_RGB);
    assert_int_equal(info.screen.paddr, 0xfd000000);
    assert_int_equal(info.screen.width, 1024);
    assert_int_equal(info.screen.red.position, 16);
    assert_int_equal(info.screen.blue.size, 8);
    assert_int_equal(info.module_count, 0);
}

static void test_mb1_hostile(void **state)
{
    build_mb1();
    put32(0x1000 + 20, 1000); /* more modules than there can be */
    put32(0x3004, 1);         /* the first ends before it starts */
    put32(0x1000 + 16, 0xffffffff);
    put32(0x4018, 3); /* a map entry too short */
    memset(ram + 0x3100, 'x', 0x2000 - 0x100);
    assert_int_equal(parse(MULTIBOOT1_MAGIC, 0x1000), 0);
    assert_true(lines >= 4);
    assert_int_equal(info.memory_count, 1);
    assert_true(info.module_count <= BOOT_MODULES_MAX);
    assert_string_equal(info.cmdline, "");
    for (uint32_t i = 0; i < info.module_count; i++)
        assert_true(strlen(info.module[i].cmdline) < BOOT_MODULE_TEXT);
    assert_int_equal(parse(MULTIBOOT1_MAGIC, 0xfff0), -EFAULT);
    assert_int_equal(parse(MULTIBOOT1_MAGIC, UINT64_MAX), -EFAULT);
    assert_int_equal(parse(0x12345678, 0x1000), -EINVAL);
}

/* Appends a tag with a body of @size bytes; returns where the body is. */
static uint32_t end_of_tags;
static uint32_t tag(uint32_t type, uint32_t size)
{
    uint32_t at = end_of_tags;

    put32(at, type);
    put32(at + 4, size + 8);
    end_of_tags = at + ((size + 8 + 7) & ~7U);
    put32(0x1000, end_of_tags - 0x1000);
    return at + 8;
}

static void tag_text(uint32_t type, const char *text)
{
    strcpy((char *)ram + tag(type, (uint32_t)strlen(text) + 1), text);
}

static void build_mb2(void)
{
    uint32_t at;

    memset(ram, 0, sizeof(ram));
    end_of_tags = 0x1008;
    tag_text(1, "console=com1 quoted=\"a b\"");
    tag_text(2, "GRUB 2.06-13+deb12u2");
    at = tag(3, 8 + 24);
    put32(at, 0x1000000);
    put32(at + 4, 0x1800000);
    strcpy((char *)ram + at + 8, "placeholder root=sda1");
    at = tag(6, 8 + 2 * 24);
    put32(at, 24);
    put64(at + 16, 0xa0000);
    put32(at + 24, 1);
    put64(at + 32, 0x100000);
    put64(at + 40, 0x100000);
    put32(at + 48, 2);
    put64(tag(12, 8), 0x7e9ec018);
    at = tag(14, 20);
    memcpy(ram + at, "RSD PTR old", 11);
    at = tag(15, 36);
    memcpy(ram + at, "RSD PTR new", 11);
    at = tag(14, 20);
    memcpy(ram + at, "RSD PTR older", 13);
    at = tag(17, 8 + 96);
    put32(at, 48);
    put32(at + 4, 1);
    put32(at + 8, EFI_RUNTIME_SERVICES_CODE);
    put64(at + 8 + 8, 0x7e000000);
    put64(at + 8 + 24, 16);
    put64(at + 8 + 32, EFI_MEMORY_RUNTIME | EFI_MEMORY_WB);
    put32(at + 8 + 48, 7);
    put64(at + 8 + 48 + 24, 256);
    put32(tag(21, 4), 0x200000);
    tag(77, 5);
}

/* A map with descriptors that are too short, or too many, is not taken at all. */
static void test_mb2_efi_map_refused(void **state)
{
    static const uint32_t size[] = { 0, 39, 1 };

    for (unsigned int i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
        build_mb2();
        put32(tag(17, 8 + 96), size[i]);
        tag(0, 0);
        assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x1000), 0);
        assert_int_equal(info.efi.region_count, 0);
        assert_int_equal(lines, 1);
        lines = 0;
    }
}

static void test_mb2(void **state)
{
    build_mb2();
    tag(0, 0);
    assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x1000), 0);
    assert_int_equal(lines, 0);
    assert_string_equal(info.cmdline, "console=com1 quoted=\"a b\"");
    assert_int_equal(info.module_count, 1);
    assert_string_equal(info.module[0].cmdline, "placeholder root=sda1");
    assert_int_equal(info.module[0].at.end, 0x1800000);
    assert_int_equal(info.memory_count, 2);
    assert_int_equal(info.memory[0].end, 0xa0000);
    assert_int_equal(info.memory[1].type, 2);
    assert_int_equal(info.efi.system_table, 0x7e9ec018);
    assert_int_equal(info.efi.map_size, 96);
    assert_int_equal(info.efi.map_descriptor_size, 48);
    assert_int_equal(info.efi.region_count, 2);
    assert_int_equal(info.efi.region[0].type, EFI_RUNTIME_SERVICES_CODE);
    assert_int_equal(info.efi.region[0].start, 0x7e000000);
    assert_int_equal(info.efi.region[0].pages, 16);
    assert_true(info.efi.region[0].attributes == (EFI_MEMORY_RUNTIME | EFI_MEMORY_WB));
    assert_int_equal(info.efi.region[1].pages, 256);
    assert_false(info.efi.boot_services_left_running);
    assert_int_equal(info.rsdp_size, 36);
    assert_memory_equal(info.rsdp, "RSD PTR new", 11);
    assert_true(info.has_load_base);
    assert_int_equal(info.load_base, 0x200000);
}

static void test_mb2_hostile(void **state)
{
    uint32_t at;

    build_mb2(); /* no end tag */
    assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x1000), 0);
    assert_int_equal(lines, 1);

    tag(3, 4);  /* a module too short */
    tag(6, 4);  /* a map too short */
    at = tag(6, 24);
    put32(at, 0); /* entries of no size */
    tag(8, 3);
    at = tag(1, 8);
    put32(at - 4, 0xfffffff0); /* a tag that says it is huge */
    assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x1000), 0);
    assert_int_equal(lines, 5);
    assert_int_equal(info.module_count, 1);

    put32(0x1000, 8);
    assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x1000), -EINVAL);
    put32(0x1000, 0xffffffff);
    assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x1000), -EINVAL);
    assert_int_equal(parse(MULTIBOOT2_MAGIC, 0x20000), -EFAULT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mb1),
        cmocka_unit_test(test_first_words),
        cmocka_unit_test(test_mb1_framebuffer),
        cmocka_unit_test(test_mb1_hostile),
        cmocka_unit_test(test_mb2),
        cmocka_unit_test(test_mb2_efi_map_refused),
        cmocka_unit_test(test_mb2_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
