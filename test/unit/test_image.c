/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts: what notes make of an image. Each row is a list of notes on an otherwise good image. */
#include "elf_build.h"
#include "elf/image_words.h"
#include "public.h"
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#define PV64 IMAGE_BIT(IMAGE_PV64)
#define PVH  IMAGE_BIT(IMAGE_PVH)
#define PV32 IMAGE_BIT(IMAGE_PV32)

/* A note: a string if text is set, else a number of the given size (RAW sizes need not be a number's). */
struct row_note {
    uint32_t type;
    const char *text;
    uint64_t value;
    unsigned int bytes;
};

#define TEXT(type, text)    { XEN_ELFNOTE_##type, text, 0, 0 }
#define NUMBER(type, value) { XEN_ELFNOTE_##type, NULL, value, 8 }
#define SIZED(type, value, bytes) { XEN_ELFNOTE_##type, NULL, value, bytes }
#define ENTRY_OK            (BUILD_VBASE + BUILD_PADDR + 0x100)
#define LINUX               TEXT(GUEST_OS, "linux"), TEXT(XEN_VERSION, "xen-3.0"), TEXT(LOADER, "generic")
#define PV                  LINUX, NUMBER(VIRT_BASE, BUILD_VBASE), NUMBER(PADDR_OFFSET, 0), NUMBER(ENTRY, ENTRY_OK)
#define PV_32               LINUX, NUMBER(VIRT_BASE, 0xc0000000), NUMBER(ENTRY, 0xc1000100), NUMBER(PADDR_OFFSET, 0)

static const struct row {
    const char *name;
    bool is32;
    struct row_note note[14];
    unsigned int supported; /* types that the image declares */
    const char *says;       /* a part of the summary, asked for PV64 dom0 */
    enum image_guest why_of;
    enum image_rule why;    /* that type's refusal */
} rows[] = {
    {"no notes", false, {{0}}, 0, "built without Xen support", IMAGE_PV64, IMAGE_RULE_NO_NOTES},
    {"PV", false, {PV}, PV64, "can be dom0: yes, as 64-bit PV", IMAGE_PV64, IMAGE_OK},
    {"Debian 6.1, no HYPERCALL_PAGE", false,
     {PV, NUMBER(INIT_P2M, 0x8000000000), TEXT(FEATURES, "!writable_page_tables|pae_pgdir_above_4gb"),
      SIZED(SUPPORTED_FEATURES, 0x8801, 4), TEXT(PAE_MODE, "yes"), NUMBER(HV_START_LOW, 0xffff800000000000),
      NUMBER(PHYS32_ENTRY, BUILD_PADDR + 0x850)},
     PV64 | PVH, "features writable_page_tables|pae_pgdir_above_4gb|dom0|linux_rsdp_unrestricted", IMAGE_PV64,
     IMAGE_OK},
    {"older, with HYPERCALL_PAGE", false, {PV, NUMBER(HYPERCALL_PAGE, ENTRY_OK & ~0xfffULL)}, PV64, "yes", IMAGE_PV64,
     IMAGE_OK},
    {"HYPERCALL_PAGE outside", false, {PV, NUMBER(HYPERCALL_PAGE, 0x1000)}, 0, "note HYPERCALL_PAGE", IMAGE_PV64,
     IMAGE_RULE_HYPERCALL_PAGE},
    {"unknown optional feature", false, {PV, TEXT(FEATURES, "foo|dom0")}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"the kernel that could not boot", false,
     {PV, TEXT(FEATURES, "!writable_page_tables|pae_pgdir_above_4gb|writable_descriptor_tables|auto_translated_physmap|"
                         "supervisor_mode_kernel|hvm_callback_vector")}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"unknown required feature", false, {PV, TEXT(FEATURES, "!foo")}, 0, "requires feature \"foo\"", IMAGE_PV64,
     IMAGE_RULE_NOTE},
    {"only the unknown one is named", false, {PV, TEXT(FEATURES, "!dom0|!foo|bar")}, 0, "requires feature \"foo\"",
     IMAGE_PV64, IMAGE_RULE_NOTE},
    {"malformed feature", false, {PV, TEXT(FEATURES, "! dom0")}, 0, "malformed entry \"! dom0\"", IMAGE_PV64,
     IMAGE_RULE_NOTE},
    {"required supervisor_mode_kernel", false, {PV, TEXT(FEATURES, "!supervisor_mode_kernel")}, 0,
     "\"supervisor_mode_kernel\"", IMAGE_PV64, IMAGE_RULE_FEATURE},
    {"SUPPORTED_FEATURES without dom0", false, {PV, SIZED(SUPPORTED_FEATURES, 0x8001, 4)}, PV64,
     "SUPPORTED_FEATURES is 0x8001", IMAGE_PV64, IMAGE_RULE_NOT_DOM0},
    {"dom0 in FEATURES does not mend it", false, {PV, SIZED(SUPPORTED_FEATURES, 0x8001, 4), TEXT(FEATURES, "dom0")},
     PV64, "cannot be dom0", IMAGE_PV64, IMAGE_RULE_NOT_DOM0},
    {"PVH only", false, {NUMBER(PHYS32_ENTRY, BUILD_PADDR)}, PVH, "supports PVH, which this hypervisor cannot run",
     IMAGE_PVH, IMAGE_RULE_CANNOT_RUN},
    {"PVH only is not PV", false, {LINUX, NUMBER(PHYS32_ENTRY, BUILD_PADDR)}, PVH, "built without PV support",
     IMAGE_PV64, IMAGE_RULE_NO_ENTRY},
    {"PVH entry outside", false, {NUMBER(PHYS32_ENTRY, 0x1000)}, 0, "entry point is at 0x1000", IMAGE_PVH,
     IMAGE_RULE_ENTRY},
    {"another loader", false, {TEXT(LOADER, "special"), TEXT(XEN_VERSION, "xen-3.0")}, 0, "\"special\"", IMAGE_PV64,
     IMAGE_RULE_LOADER},
    {"no XEN_VERSION", false, {TEXT(LOADER, "generic")}, 0, "no note XEN_VERSION", IMAGE_PV64, IMAGE_RULE_VERSION},
    {"XEN_VERSION 2", false, {TEXT(LOADER, "generic"), TEXT(XEN_VERSION, "xen-2.0")}, 0, "\"xen-2.0\"", IMAGE_PV64,
     IMAGE_RULE_VERSION},
    {"PADDR_OFFSET alone", false, {LINUX, NUMBER(PADDR_OFFSET, 0)}, 0, "without VIRT_BASE", IMAGE_PV64,
     IMAGE_RULE_NO_BASE},
    {"entry from the ELF header", false, {LINUX}, PV64, "entry 0x1000000", IMAGE_PV64, IMAGE_OK},
    {"two entries, the last wins", false, {LINUX, NUMBER(VIRT_BASE, BUILD_VBASE), NUMBER(ENTRY, 1),
                                           NUMBER(ENTRY, ENTRY_OK)},
     PV64, "entry 0xffffffff81000100", IMAGE_PV64, IMAGE_OK},
    {"entry below the image", false, {LINUX, NUMBER(VIRT_BASE, BUILD_VBASE), NUMBER(ENTRY, 1)}, 0,
     "entry point is at 0x1", IMAGE_PV64, IMAGE_RULE_ENTRY},
    {"entry at the end", false, {LINUX, NUMBER(VIRT_BASE, 0), NUMBER(ENTRY, BUILD_PADDR + BUILD_MEMSZ)}, 0,
     "entry point", IMAGE_PV64, IMAGE_RULE_ENTRY},
    {"image wraps", false, {LINUX, NUMBER(VIRT_BASE, ~0xfffULL)}, 0, "the image is at", IMAGE_PV64, IMAGE_RULE_RANGE},
    {"PADDR_OFFSET above the image", false, {PV, NUMBER(PADDR_OFFSET, BUILD_PADDR + 1)}, 0, "the image is at",
     IMAGE_PV64, IMAGE_RULE_RANGE},
    {"in the hypervisor's range", false, {LINUX, NUMBER(VIRT_BASE, 0xffff800000000000)}, 0,
     "0xffff880000000000 or higher", IMAGE_PV64, IMAGE_RULE_RANGE},
    {"not canonical", false, {LINUX, NUMBER(VIRT_BASE, 0x900000000000)}, 0, "the image is at", IMAGE_PV64,
     IMAGE_RULE_RANGE},
    {"p2m inside the image", false, {PV, NUMBER(INIT_P2M, ENTRY_OK)}, 0, "p2m table", IMAGE_PV64, IMAGE_RULE_P2M},
    {"p2m in the hypervisor's range", false, {PV, NUMBER(INIT_P2M, 0xffff870000000000)}, 0, "p2m table", IMAGE_PV64,
     IMAGE_RULE_P2M},
    {"p2m in the very last page", false, {PV, NUMBER(INIT_P2M, ~0xfffULL)}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"p2m not at a page's begin", false, {PV, NUMBER(INIT_P2M, 0x8000000008)}, 0, "0x8000000000 would be accepted",
     IMAGE_PV64, IMAGE_RULE_UNALIGNED},
    {"hypercall page in the first page", false, {PV, NUMBER(HYPERCALL_PAGE, BUILD_VBASE + BUILD_PADDR)}, PV64, "yes",
     IMAGE_PV64, IMAGE_OK},
    {"hypercall page in the last page", false,
     {PV, NUMBER(HYPERCALL_PAGE, BUILD_VBASE + BUILD_PADDR + BUILD_MEMSZ - 0x1000)}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"hypercall page behind the last page", false,
     {PV, NUMBER(HYPERCALL_PAGE, BUILD_VBASE + BUILD_PADDR + BUILD_MEMSZ)}, 0, "note HYPERCALL_PAGE", IMAGE_PV64,
     IMAGE_RULE_HYPERCALL_PAGE},
    {"hypercall page before the first page", false, {PV, NUMBER(HYPERCALL_PAGE, BUILD_VBASE + BUILD_PADDR - 0x1000)}, 0,
     "note HYPERCALL_PAGE", IMAGE_PV64, IMAGE_RULE_HYPERCALL_PAGE},
    {"hypercall page not at a page's begin", false, {PV, NUMBER(HYPERCALL_PAGE, BUILD_VBASE + BUILD_PADDR + 0x80)}, 0,
     "does not begin a page", IMAGE_PV64, IMAGE_RULE_UNALIGNED},
    {"symbols that it does not have", false, {PV, TEXT(BSD_SYMTAB, "yes")}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"odd numbers that nobody reads", false,
     {PV, SIZED(SUSPEND_CANCEL, 1, 3), SIZED(L1_MFN_VALID, 1, 5), {XEN_NOTE_PHYS32_RELOC, NULL, 0, 7}}, PV64, "yes",
     IMAGE_PV64, IMAGE_OK},
    {"number of 0 bytes", false, {PV, SIZED(INIT_P2M, 0, 0)}, 0, "INIT_P2M has a size of 0", IMAGE_PV64,
     IMAGE_RULE_NOTE},
    {"number of 1 byte", false, {PV, SIZED(MOD_START_PFN, 1, 1)}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"number of 2 bytes", false, {PV, SIZED(MOD_START_PFN, 1, 2)}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"number of 3 bytes", false, {PV, SIZED(MOD_START_PFN, 1, 3)}, 0, "MOD_START_PFN has a size of 3", IMAGE_PV64,
     IMAGE_RULE_NOTE},
    {"number of 4 bytes", false, {PV, SIZED(MOD_START_PFN, 1, 4)}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"unknown note type", false, {PV, {99, NULL, 0, 8}}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"PHYS32_RELOC of 4.19", false, {PV, {XEN_NOTE_PHYS32_RELOC, NULL, 0x1000, 4}}, PV64, "yes", IMAGE_PV64, IMAGE_OK},
    {"32-bit PV, PAE", true, {PV_32, TEXT(PAE_MODE, "yes[extended-cr3]")}, PV32, "supports 32-bit PV, which",
     IMAGE_PV32, IMAGE_RULE_CANNOT_RUN},
    {"32-bit PV, bimodal", true, {PV_32, TEXT(PAE_MODE, "no,bimodal")}, PV32, "supports 32-bit PV", IMAGE_PV64,
     IMAGE_RULE_MACHINE},
    {"32-bit PV without PAE", true, {PV_32, TEXT(PAE_MODE, "no")}, 0, "PAE_MODE is \"no\"", IMAGE_PV32, IMAGE_RULE_PAE},
    {"32-bit PV, hypervisor too high", true, {PV_32, TEXT(PAE_MODE, "yes"), SIZED(HV_START_LOW, 0xfc000000, 4)}, 0,
     "HV_START_LOW", IMAGE_PV32, IMAGE_RULE_HV_START},
    {"32-bit PVH", true, {SIZED(PHYS32_ENTRY, BUILD_PADDR, 4)}, PVH, "supports PVH", IMAGE_PVH, IMAGE_RULE_CANNOT_RUN},
};

static struct elf_build build;
static struct image_verdict verdict;
static const struct image_ask pv64_dom0 = { .can_run = PV64, .dom0 = true };

static void row_build(const struct row *row)
{
    elf_build_start(&build, !row->is32);
    for (const struct row_note *note = row->note; note->text || note->bytes || note->type; note++) {
        if (note->text)
            elf_build_text(&build, note->type, note->text);
        else
            elf_build_number(&build, note->type, note->value, note->bytes);
    }
    elf_build_finish(&build);
}

static unsigned int supported(void)
{
    unsigned int bits = 0;

    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++)
        bits |= verdict.way[guest].supported ? IMAGE_BIT(guest) : 0;
    return bits;
}

static void test_rows(void **state)
{
    char line[512];

    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        int result;

        row_build(&rows[i]);
        result = image_judge(build.data, build.at, &pv64_dom0, &verdict);
        image_words_summary(&verdict, &pv64_dom0, line, sizeof(line));
        if (supported() != rows[i].supported || !strstr(line, rows[i].says) ||
            verdict.way[rows[i].why_of].why.rule != rows[i].why ||
            (result == 0) != verdict.way[IMAGE_PV64].usable || (result && result != -ENOEXEC))
            fail_msg("%s: supported %#x, rule %d, %d: %s", rows[i].name, supported(),
                     verdict.way[rows[i].why_of].why.rule, result, line);
    }
}

/* Every length short of the whole is refused or judged, and never read beyond (the sanitizer watches a tight copy). */
static void test_truncated(void **state)
{
    row_build(&rows[2]);
    for (size_t len = 0; len < build.at; len++) {
        void *copy = malloc(len);

        memcpy(copy, build.data, len);
        assert_int_equal(image_judge(copy, len, &pv64_dom0, &verdict), -ENOEXEC);
        free(copy);
    }
}

static void judge_notes(void)
{
    elf_build_finish(&build);
    image_judge(build.data, build.at, &pv64_dom0, &verdict);
}

static void test_ignore_required(void **state)
{
    const struct image_ask ask = { .can_run = PV64, .dom0 = true, .ignore_required = true };
    const struct row row = { "", false, {PV, TEXT(FEATURES, "!foo")} };

    row_build(&row);
    assert_int_equal(image_judge(build.data, build.at, &ask, &verdict), 0);
    assert_int_equal(verdict.notes.finding[0].kind, XEN_FINDING_FEATURE_REQUIRED);
}

static void test_both_modes(void **state)
{
    struct image_ask ask = { .can_run = PV64 | PVH, .dom0 = true };
    const struct row pvh = { "", false, {LINUX, NUMBER(PHYS32_ENTRY, BUILD_PADDR)} };

    row_build(&rows[2]);
    assert_int_equal(image_judge(build.data, build.at, &ask, &verdict), 0);
    assert_int_equal(verdict.best, IMAGE_PV64);
    row_build(&pvh);
    assert_int_equal(image_judge(build.data, build.at, &ask, &verdict), 0);
    assert_int_equal(verdict.best, IMAGE_PVH);
    assert_int_equal(verdict.pvh_entry, BUILD_PADDR);
}

static void test_note_owner(void **state)
{
    uint64_t value = BUILD_PADDR;

    elf_build_start(&build, true);
    elf_build_note_raw(&build, "Xe", 3, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
    elf_build_note_raw(&build, "Xen4", 5, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
    elf_build_note_raw(&build, "Xen4", 4, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
    elf_build_note_raw(&build, "xen", 4, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
    elf_build_note_raw(&build, "", 0, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
    elf_build_note_raw(&build, "GNU", 4, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
    judge_notes();
    assert_int_equal(verdict.notes.source, XEN_NOTES_NONE);
    assert_int_equal(verdict.way[IMAGE_PVH].why.rule, IMAGE_RULE_NO_NOTES);
    /* With and without the closing 0, and with many. */
    for (uint32_t namesz = 3; namesz < 12; namesz++) {
        elf_build_start(&build, true);
        elf_build_note_raw(&build, "Xen", namesz, XEN_ELFNOTE_PHYS32_ENTRY, &value, 8);
        judge_notes();
        assert_int_equal(verdict.pvh_entry, BUILD_PADDR);
    }
}

/* 65535 note segments that all show the same long note: reading ends, soon, with a sentence. */
static void test_same_note_many_times(void **state)
{
    static char text[XEN_NOTE_TEXT_MAX];
    size_t table;

    memset(text, '|', sizeof(text));
    for (unsigned int i = 0; i + 1 < sizeof(text); i += 2)
        text[i] = 'a';
    elf_build_start(&build, true);
    elf_build_note_raw(&build, "Xen", 4, XEN_ELFNOTE_FEATURES, text, sizeof(text));
    table = ROUND_UP(build.at, 8);
    elf_build_finish(&build);
    for (unsigned int i = 0; i < 65535; i++)
        elf_build_segment(&build, table + i * 56, ELF_PT_NOTE, BUILD_NOTES, 0, build.at - BUILD_NOTES, 0);
    build_put(&build, 32, 8, table);
    build_put(&build, 56, 2, 65535);
    image_judge(build.data, table + 65535 * 56, &pv64_dom0, &verdict);
    assert_int_equal(verdict.notes.fault, XEN_NOTES_TEXT_TOO_LONG);
}

static void test_l1_valid(void **state)
{
    static const struct { uint64_t pairs[6]; uint32_t len; uint64_t mask, value; bool present; } t[] = {
        {{1, 1}, 16, 1, 1, true},
        {{0x100000001}, 8, 1, 1, true},
        {{0x801, 1, 0x3, 0x2}, 32, 0x801, 1, true},
        {{1}, 3, 0, 0, false},
        {{1}, 0, 0, 0, false},
        {{1}, 24, 0, 0, false},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        elf_build_start(&build, true);
        elf_build_note_raw(&build, "Xen", 4, XEN_ELFNOTE_L1_MFN_VALID, t[i].pairs, t[i].len);
        judge_notes();
        assert_int_equal(verdict.notes.fault, XEN_NOTE_OK);
        assert_int_equal(xen_notes_has(&verdict.notes, XEN_ELFNOTE_L1_MFN_VALID), t[i].present);
        assert_int_equal(verdict.notes.l1_mask, t[i].mask);
        assert_int_equal(verdict.notes.l1_value, t[i].value);
        assert_int_equal(verdict.notes.nr_findings, !t[i].present);
    }
}

static void test_unterminated(void **state)
{
    elf_build_start(&build, true);
    elf_build_note_raw(&build, "Xen", 4, XEN_ELFNOTE_GUEST_OS, "linuxlinux", 5);
    judge_notes();
    assert_true(span_is(verdict.notes.text[XEN_ELFNOTE_GUEST_OS], "linux"));
}

/* GRUB's 32-bit PV image has such a last note; a number of that kind is not believed. */
static void test_overlong_last_note(void **state)
{
    for (unsigned int number = 0; number < 2; number++) {
        elf_build_start(&build, true);
        if (number)
            elf_build_number(&build, XEN_ELFNOTE_PHYS32_ENTRY, BUILD_PADDR, 4);
        else
            elf_build_text(&build, XEN_ELFNOTE_PAE_MODE, "yes");
        build_put(&build, build.at - 16, 4, 12);
        judge_notes();
        assert_int_equal(verdict.notes.fault, number ? XEN_NOTE_TRUNCATED : XEN_NOTE_OK);
    }
    assert_false(xen_notes_has(&verdict.notes, XEN_ELFNOTE_PHYS32_ENTRY));
}

static void test_note_limit(void **state)
{
    for (unsigned int extra = 0; extra < 2; extra++) {
        elf_build_start(&build, true);
        elf_build_number(&build, XEN_ELFNOTE_PHYS32_ENTRY, BUILD_PADDR, 8);
        for (unsigned int i = 1; i < XEN_NOTES_MAX + extra; i++)
            elf_build_note_raw(&build, "", 0, 0, NULL, 0);
        judge_notes();
        assert_int_equal(verdict.notes.fault, extra ? XEN_NOTES_TOO_MANY : XEN_NOTE_OK);
        assert_int_equal(verdict.way[IMAGE_PVH].supported, !extra);
    }
}

static void test_note_table_past_end(void **state)
{
    row_build(&rows[1]);
    build_put(&build, AT_NOTE_HEADER(&build) + 32, 8, build.at);
    assert_int_equal(image_judge(build.data, build.at, &pv64_dom0, &verdict), -ENOEXEC);
    assert_int_equal(verdict.notes.fault, XEN_NOTE_TRUNCATED);
}

static void test_text_limit(void **state)
{
    static char text[XEN_NOTE_TEXT_MAX + 2];

    for (unsigned int extra = 0; extra < 2; extra++) {
        memset(text, 'a', XEN_NOTE_TEXT_MAX + 1);
        text[XEN_NOTE_TEXT_MAX + extra] = 0;
        elf_build_start(&build, true);
        elf_build_text(&build, XEN_ELFNOTE_FEATURES, text);
        judge_notes();
        assert_int_equal(verdict.notes.fault, extra ? XEN_NOTE_TEXT_TOO_LONG : XEN_NOTE_OK);
    }
}

static void test_many_findings(void **state)
{
    elf_build_start(&build, true);
    elf_build_text(&build, XEN_ELFNOTE_FEATURES, "a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r");
    judge_notes();
    assert_int_equal(verdict.notes.nr_findings, XEN_FINDINGS_MAX);
    assert_int_equal(verdict.notes.findings_lost, 2);
}

/* What an image says must not reach a terminal as it is. */
static void test_quoting(void **state)
{
    char line[512];

    elf_build_start(&build, true);
    elf_build_text(&build, XEN_ELFNOTE_FEATURES, "!\033[31mred\n");
    judge_notes();
    image_words_refusal(&verdict, IMAGE_PV64, line, sizeof(line));
    assert_non_null(strstr(line, "\"?[31mred?\""));
}

/* One section table: null, the section under test, and the names. */
static void build_section(uint32_t type, const char *name, const void *contents, size_t len)
{
    static const char names[] = "\0__xen_guest\0.note.Xen";
    size_t at = ROUND_UP(build.at, 8), names_at = at + len, table = ROUND_UP(names_at + sizeof(names), 8);

    elf_build_finish(&build);
    memcpy(build.data + at, contents, len);
    memcpy(build.data + names_at, names, sizeof(names));
    memset(build.data + table, 0, 3 * 64);
    build_put(&build, table + 64, 4, strcmp(name, "__xen_guest") ? 13 : 1);
    build_put(&build, table + 64 + 4, 4, type);
    build_put(&build, table + 64 + 24, 8, at);
    build_put(&build, table + 64 + 32, 8, len);
    build_put(&build, table + 128 + 4, 4, ELF_SHT_STRTAB);
    build_put(&build, table + 128 + 24, 8, names_at);
    build_put(&build, table + 128 + 32, 8, sizeof(names));
    build_put(&build, 40, 8, table);
    build_put(&build, 58, 2, 64);
    build_put(&build, 60, 2, 3);
    build_put(&build, 62, 2, 2);
    build.at = table + 3 * 64;
}

static const struct {
    const char *name, *text;
    unsigned int supported;
    enum xen_note_fault fault;
    uint64_t entry;
} guest_sections[] = {
    {"usual", "GUEST_OS=linux,GUEST_VER=2.6,XEN_VER=xen-3.0,VIRT_BASE=0x40000000,ELF_PADDR_OFFSET=0,"
     "VIRT_ENTRY=0x41000000,HYPERCALL_PAGE=0x1001,LOADER=generic,PAE=yes,FEATURES=!writable_page_tables|dom0",
     PV64, XEN_NOTE_OK, 0x41000000},
    {"physical addresses from VIRT_BASE", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=16777216", PV64, XEN_NOTE_OK,
     BUILD_PADDR},
    {"unknown key", "LOADER=generic,XEN_VER=xen-3.0,COLOUR=red,VIRT_BASE=0", PV64, XEN_NOTE_OK, BUILD_PADDR},
    {"not a number", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=0x4g", 0, XEN_NOTE_BAD_NUMBER, 0},
    {"no digits", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=0x", 0, XEN_NOTE_BAD_NUMBER, 0},
    {"too large", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=0x10000000000000000", 0, XEN_NOTE_BAD_NUMBER, 0},
    {"hypercall page too large", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=0,HYPERCALL_PAGE=0x10000000000000", 0,
     XEN_NOTE_BAD_NUMBER, 0},
    {"unknown required feature", "LOADER=generic,XEN_VER=xen-3.0,FEATURES=!foo", 0, XEN_NOTE_FEATURE_UNKNOWN, 0},
    {"octal, as in C", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=0,ELF_PADDR_OFFSET=0,VIRT_ENTRY=0100000400", PV64,
     XEN_NOTE_OK, BUILD_PADDR + 0x100},
    {"no octal digit", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=018", 0, XEN_NOTE_BAD_NUMBER, 0},
    {"zeros", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=000", PV64, XEN_NOTE_OK, BUILD_PADDR},
    {"negative", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=-1", 0, XEN_NOTE_BAD_NUMBER, 0},
    {"two equals signs", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE==0", 0, XEN_NOTE_BAD_NUMBER, 0},
    {"a key without a value", "LOADER=generic,XEN_VER=xen-3.0,BSD_SYMTAB,VIRT_BASE=0", PV64, XEN_NOTE_OK, BUILD_PADDR},
    {"blanks around", " LOADER = generic , XEN_VER\t=\txen-3.0 ,VIRT_BASE= 0x0 ", PV64, XEN_NOTE_OK, BUILD_PADDR},
    {"in small letters", "loader=generic,xen_ver=xen-3.0", 0, XEN_NOTE_OK, 0},
    {"a value without a key", "LOADER=generic,XEN_VER=xen-3.0,=7,VIRT_BASE=0", PV64, XEN_NOTE_OK, BUILD_PADDR},
    {"one key twice, the last counts", "LOADER=generic,XEN_VER=xen-2.0,XEN_VER=xen-3.0,VIRT_BASE=0", PV64, XEN_NOTE_OK,
     BUILD_PADDR},
    {"hypercall page behind the image", "LOADER=generic,XEN_VER=xen-3.0,VIRT_BASE=0,HYPERCALL_PAGE=0x1200", 0,
     XEN_NOTE_OK, 0},
    {"empty", "", 0, XEN_NOTE_OK, 0},
    {"commas", ",,,", 0, XEN_NOTE_OK, 0},
};

static void test_guest_section(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(guest_sections); i++) {
        elf_build_start(&build, true);
        build_section(1, "__xen_guest", guest_sections[i].text, strlen(guest_sections[i].text) + 1);
        image_judge(build.data, build.at, &pv64_dom0, &verdict);
        if (supported() != guest_sections[i].supported || verdict.notes.fault != guest_sections[i].fault ||
            (supported() && verdict.pv.entry != guest_sections[i].entry))
            fail_msg("%s: supported %#x, fault %d, entry %#lx", guest_sections[i].name, supported(),
                     verdict.notes.fault, (long)verdict.pv.entry);
        assert_int_equal(verdict.notes.source, XEN_NOTES_GUEST_SECTION);
    }
}

static void test_note_section(void **state)
{
    static const uint8_t note[] = { 4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, 'X', 'e', 'n', 0, 0, 1, 0, 1 };

    elf_build_start(&build, true);
    build_section(ELF_SHT_NOTE, ".note.Xen", note, sizeof(note));
    image_judge(build.data, build.at, &pv64_dom0, &verdict);
    assert_int_equal(verdict.notes.source, XEN_NOTES_SECTION);
    assert_int_equal(verdict.pvh_entry, BUILD_PADDR + 0x100);
    assert_int_equal(supported(), PVH);
}

static const struct {
    const char *text;
    unsigned int cap;
    const char *expected;
} quotes[] = {
    {"abc", 16, "abc"}, {"abcdef", 8, "abcd..."}, {"abcd", 8, "abcd"}, {"a\"b", 16, "a?b"}, {"abc", 4, ""},
    {"abc", 1, ""},
};

static void test_quote_cut(void **state)
{
    char buf[16];

    for (unsigned int i = 0; i < ARRAY_SIZE(quotes); i++)
        assert_string_equal(image_words_quote((struct span){ quotes[i].text, strlen(quotes[i].text) }, buf,
                                              quotes[i].cap),
                            quotes[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_ignore_required), cmocka_unit_test(test_both_modes),
        cmocka_unit_test(test_note_owner),     cmocka_unit_test(test_unterminated),
        cmocka_unit_test(test_overlong_last_note), cmocka_unit_test(test_note_limit),
        cmocka_unit_test(test_note_table_past_end), cmocka_unit_test(test_text_limit),
        cmocka_unit_test(test_many_findings),  cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_guest_section),  cmocka_unit_test(test_note_section),
        cmocka_unit_test(test_quote_cut),      cmocka_unit_test(test_same_note_many_times),
        cmocka_unit_test(test_l1_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
