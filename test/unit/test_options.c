/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: every kind of value, what is reported, and how custom options choose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cmdline.h"
#include "options/options.h"

static char last_line[256];

static void keep_line(void *opaque, enum lib_log_level level, const char *text)
{
    snprintf(last_line, sizeof(last_line), "%s", text);
}

static const struct lib_log keep_log = { keep_line, NULL };

static struct hv_options parsed(const char *cmdline, unsigned int reported)
{
    struct hv_options o;
    unsigned int n;

    last_line[0] = 0;
    options_default(&o);
    n = options_parse(cmdline, &o, &keep_log);
    if (n != reported)
        fail_msg("'%s': %u reported, wanted %u: %s", cmdline, n, reported, last_line);
    return o;
}

static void test_defaults(void **state)
{
    struct hv_options o = parsed("", 0);

    assert_string_equal(o.com1, "115200,8n1");
    assert_string_equal(o.com2, "");
    assert_true(o.x2apic && o.xsave && !o.noreboot);
    assert_int_equal(o.gnttab_max_frames, 64);
    assert_int_equal(o.reboot, OPTION_REBOOT_AUTO);
    assert_int_equal(o.dom0_mem.size, 0);
}

static void test_values(void **state)
{
    struct hv_options o = parsed("console=com1 com1=9600,8n1,0x3f8 loglvl=all/debug no-x2apic xsave=off noreboot "
                                 "maxcpus=0x4 mem=2G conring-size=64 reboot=k console_timestamps=raw "
                                 "dom0_mem=512M,max:1G dom0_max_vcpus=1-4 -- maxcpus=9", 0);

    assert_string_equal(o.console, "com1");
    assert_string_equal(o.com1, "9600,8n1,0x3f8");
    assert_string_equal(o.loglvl, "all/debug");
    assert_true(!o.x2apic && !o.xsave && o.noreboot);
    assert_int_equal(o.maxcpus, 4);
    assert_true(o.mem == 2ULL << 30);
    assert_int_equal(o.conring_size, 65536);
    assert_int_equal(o.reboot, OPTION_REBOOT_KBD);
    assert_int_equal(o.console_timestamps, OPTION_CONSOLE_TIMESTAMPS_RAW);
    assert_int_equal(o.dom0_mem.size, 512 << 20);
    assert_int_equal(o.dom0_mem.max, 1 << 30);
    assert_int_equal(o.dom0_max_vcpus.max, 4);

    o = parsed("maxcpus=1 maxcpus=2 console_timestamps", 0);
    assert_int_equal(o.maxcpus, 2);
    assert_int_equal(o.console_timestamps, OPTION_CONSOLE_TIMESTAMPS_BOOT);
    o = parsed("console_timestamps=boot no-console_timestamps", 0);
    assert_int_equal(o.console_timestamps, OPTION_CONSOLE_TIMESTAMPS_NONE);
}

static void test_reports(void **state)
{
    static const struct {
        const char *cmdline, *line;
    } cases[] = {
        { "frobnicate=1", "option 'frobnicate=1' is unknown: ignored" },
        { "no-frobnicate", "option 'no-frobnicate' is unknown: ignored" },
        { "dom0_memm=64M", "option 'dom0_memm=64M' is unknown: ignored; did you mean 'dom0_mem'?" },
        { "dom0-mem:64M", "option 'dom0-mem:64M' is unknown: ignored; did you mean 'dom0_mem='?" },
        { "no-rebot", "option 'no-rebot' is unknown: ignored; did you mean 'noreboot'?" },
        { "no-xsav", "option 'no-xsav' is unknown: ignored; did you mean 'no-xsave'?" },
        { "spec-ctl=no", "option 'spec-ctl=no' is unknown: ignored; did you mean 'spec-ctrl'?" },
        { "foo=\"bar baz\"", "option 'foo=bar baz' is unknown: ignored" },
        { "no-maxcpus", "the value of 'no-maxcpus' should be a number from 0 to 4096: ignored" },
        { "spec-ctrl=no", "option 'spec-ctrl=no' is one of Xen's that is not implemented here: ignored" },
        { "no-smt", "option 'no-smt' is one of Xen's that is not implemented here: ignored" },
        { "maxcpus=", "the value of 'maxcpus=' should be a number from 0 to 4096: ignored" },
        { "maxcpus=-1", "the value of 'maxcpus=-1' should be a number from 0 to 4096: ignored" },
        { "xsave=maybe", "the value of 'xsave=maybe' should be yes or no: ignored" },
        { "xsave=ture", "the value of 'xsave=ture' should be yes or no: ignored; did you mean 'xsave=true'?" },
        { "mem=1Q", "the value of 'mem=1Q' should be a size such as 512M: ignored" },
        { "mem=1GB", "the value of 'mem=1GB' should be a size such as 512M: ignored; did you mean 'mem=1G'?" },
        { "mem", "the value of 'mem' should be a size such as 512M: ignored" },
        { "conswitch=abcd", "the value of 'conswitch=abcd' should be a letter, or a letter and x: ignored" },
        { "clocksource=sundial", "the value of 'clocksource=sundial' should be auto, hpet, acpi, pit, tsc: ignored" },
        { "console=vga2", "console: 'vga2' is ignored, did you mean 'vga'? Wanted: com1, com2, vga, none" },
        { "dom0_mem=lots", "dom0_mem: 'lots' is ignored. Wanted: SIZE, min:SIZE, max:SIZE, comma separated" },
        { "dom0=pvh", "dom0: 'pvh' is ignored. Wanted: pv (the only kind), ignore-required, comma separated" },
    };
    struct hv_options defaults = parsed("", 0);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct hv_options o = parsed(cases[i].cmdline, 1);

        if (strncmp(last_line, "Command line: ", 14) || strcmp(last_line + 14, cases[i].line))
            fail_msg("%s: %s", cases[i].cmdline, last_line);
        assert_memory_equal(&o, &defaults, sizeof(o));
    }
}

#define LEVELS "FIRST or FIRST/SECOND, each of none, error, warning, info, debug, all"

/* What can be used of a value is used, and the rest told. */
static void test_parts(void **state)
{
    static const struct {
        const char *given, *same_as, *line;
    } cases[] = {
        { "dom0_mem=1024M,max=1024M", "dom0_mem=1024M",
          "dom0_mem: 'max=1024M' is ignored, did you mean 'max:1024M'? Wanted: SIZE, min:SIZE, max:SIZE, comma "
          "separated" },
        { "dom0_mem=320M,min=320M,max:512M", "dom0_mem=320M,max:512M",
          "dom0_mem: 'min=320M' is ignored, did you mean 'min:320M'? Wanted: SIZE, min:SIZE, max:SIZE, comma "
          "separated" },
        { "dom0_mem=mac:1GiB,2G", "dom0_mem=2G",
          "dom0_mem: 'mac:1GiB' is ignored, did you mean 'max:1G'? Wanted: SIZE, min:SIZE, max:SIZE, comma separated" },
        { "dom0_mem=200%", "dom0_mem=100%", "dom0_mem: '200%' is out of range: the maximum 100% is used" },
        { "dom0_max_vcpus=100000", "dom0_max_vcpus=8192",
          "dom0_max_vcpus: '100000' is out of range: the maximum 8192 is used" },
        { "dom0_max_vcpus=0", "dom0_max_vcpus=1", "dom0_max_vcpus: '0' is out of range: the minimum 1 is used" },
        { "gnttab_max_frames=20000", "gnttab_max_frames=8192",
          "gnttab_max_frames: '20000' is out of range: the maximum 8192 is used" },
        { "gnttab_max_frames=0", "gnttab_max_frames=1",
          "gnttab_max_frames: '0' is out of range: the minimum 1 is used" },
        { "gnttab_max_maptrack_frames=99999999999999999999999", "gnttab_max_maptrack_frames=65536",
          "gnttab_max_maptrack_frames: '99999999999999999999999' is out of range: the maximum 65536 is used" },
        { "maxcpus=5000", "maxcpus=4096", "maxcpus: '5000' is out of range: the maximum 4096 is used" },
        { "conring_size=1T", "conring_size=16M", "conring_size: '1T' is out of range: the maximum 16M is used" },
        { "mem=99999999999T", "mem=18446744073709551615B",
          "mem: '99999999999T' is out of range: the maximum 16777215T is used" },
        { "console=com3,vga", "console=vga",
          "console: 'com3' is ignored, did you mean 'com1'? Wanted: com1, com2, vga, none" },
        { "vga=gfx-1024x768x32,keep", "vga=keep", "vga: 'gfx-1024x768x32' is ignored. Wanted: keep" },
        { "loglvl=all/verbose", "loglvl=all",
          "loglvl: 'verbose' is ignored. Wanted: " LEVELS },
        { "loglvl=verbose/all", "loglvl=warning/all",
          "loglvl: 'verbose' is ignored. Wanted: " LEVELS },
        { "guest_loglvl=all/wraning", "guest_loglvl=all/warning",
          "guest_loglvl: 'wraning' is ignored, did you mean 'warning'? Wanted: " LEVELS },
        { "loglvl=all/debug/info", "loglvl=all/debug",
          "loglvl: 'info' is ignored. Wanted: " LEVELS },
        { "dom0=ignore-required,shadow", "dom0=ignore-required",
          "dom0: 'shadow' is ignored. Wanted: pv (the only kind), ignore-required, comma separated" },
        { "crashkernel=512M-2G:64M,2G-=128M", "crashkernel=512M-2G:64M",
          "crashkernel: '2G-=128M' is ignored, did you mean '2G-:128M'? Wanted: SIZE or START-[END]:SIZE,..., then "
          "@ADDRESS or <ADDRESS" },
        { "crashkernel=64M@there", "crashkernel=64M",
          "crashkernel: '@there' is ignored. Wanted: SIZE or START-[END]:SIZE,..., then @ADDRESS or <ADDRESS" },
        { "noreboot=\"yes", "noreboot=yes",
          "a quote before 'noreboot=yes' has no end: all that follows it is one option" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct hv_options o = parsed(cases[i].given, 1), same;

        if (strncmp(last_line, "Command line: ", 14) || strcmp(last_line + 14, cases[i].line))
            fail_msg("%s: %s", cases[i].given, last_line);
        same = parsed(cases[i].same_as, 0);
        if (memcmp(&o, &same, sizeof(o)))
            fail_msg("%s is not as %s", cases[i].given, cases[i].same_as);
    }
}

static void test_words(void **state)
{
    const char *at = "  a=\"b c\" \"d\"e=f=g\t--x -- tail  of it";
    struct cmdline_word w;

    assert_true(cmdline_next(&at, &w));
    assert_string_equal(w.text, "a=b c");
    assert_string_equal(w.value, "b c");
    assert_true(cmdline_next(&at, &w));
    assert_string_equal(w.text, "de=f=g");
    assert_int_equal(w.name_len, 2);
    assert_string_equal(w.value, "f=g");
    assert_true(cmdline_next(&at, &w));
    assert_string_equal(w.text, "--x");
    assert_null(w.value);
    assert_false(cmdline_next(&at, &w));
    assert_string_equal(cmdline_after_dashes("x \" -- \" -- tail  of it"), "tail  of it");
    assert_string_equal(cmdline_after_dashes("no such thing --"), "");
    assert_string_equal(cmdline_after_dashes("nothing"), "");
}

#define MIB(n) ((uint64_t)(n) << 20)

static void test_dom0_mem(void **state)
{
    static const struct {
        const char *text;
        int rc;
        uint64_t bytes, limit; /* of 1000 MiB, default 900 */
    } cases[] = {
        { "512M", 0, MIB(512), UINT64_MAX },       { "max:300M", 0, MIB(300), MIB(300) },
        { "min:950M", 0, MIB(950), UINT64_MAX },   { "-100M", 0, MIB(900), UINT64_MAX },
        { "-2000M", 0, 0, UINT64_MAX },            { "50%", 0, MIB(500), UINT64_MAX },
        { "100M+10%", 0, MIB(200), UINT64_MAX },   { "-100M+10%", 0, MIB(800), UINT64_MAX },
        { "2G", 0, MIB(1000), UINT64_MAX },        { "256M,max:512M", 0, MIB(256), MIB(512) },
        { "max:200M,min:300M", 0, MIB(300), MIB(300) }, { "524288", 0, MIB(512), UINT64_MAX },
        { "", -EINVAL, 0, 0 },                     { "512M,", -EINVAL, 0, 0 },
        { "max:", -EINVAL, 0, 0 },                 { "101%", -ERANGE, 0, 0 },
        { "M", -EINVAL, 0, 0 },                    { "-", -EINVAL, 0, 0 },
        { "1G+%", -EINVAL, 0, 0 },                 { "+5%", -EINVAL, 0, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct dom0_mem m = { 0 };
        uint64_t limit, bytes;
        int rc = option_dom0_mem(cases[i].text, strlen(cases[i].text), &m, NULL);

        if (rc != cases[i].rc)
            fail_msg("'%s': %d", cases[i].text, rc);
        if (rc)
            continue;
        bytes = dom0_mem_choose(&m, MIB(1000), MIB(900), &limit);
        if (bytes != cases[i].bytes || limit != cases[i].limit)
            fail_msg("'%s': %lu MiB, limit %#lx", cases[i].text, (unsigned long)(bytes >> 20), (unsigned long)limit);
    }
}

static void test_dom0_mem_remark(void **state)
{
    static const struct {
        const char *text, *remark; /* of 472 MiB; NULL: nothing to say */
    } cases[] = {
        { "100T", "104857600 MiB are asked for and there are 472 MiB: dom0 gets 472 MiB" },
        { "472M", NULL },
        { "473M,max:1G", "473 MiB are asked for and there are 472 MiB: dom0 gets 472 MiB" },
        { "min:1G", "1024 MiB are the minimum and there are 472 MiB: dom0 gets 472 MiB" },
        { "64M,min:1G", "1024 MiB are the minimum and there are 472 MiB: dom0 gets 472 MiB" },
        { "256M,max:128M", "256 MiB are asked for and the maximum is 128 MiB: dom0 gets 128 MiB" },
        { "min:256M,max:128M", "256 MiB are the minimum and the maximum is 128 MiB: dom0 gets 256 MiB" },
        { "100%,max:1G", NULL },
        { "50%,min:64M,max:128M", NULL },
        { "-1G", NULL },
        { "max:1T", NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct dom0_mem m = { 0 };
        char text[160];

        assert_int_equal(option_dom0_mem(cases[i].text, strlen(cases[i].text), &m, NULL), 0);
        bool said = dom0_mem_remark(&m, MIB(472), text, sizeof(text));
        if (said != !!cases[i].remark || (said && strcmp(text, cases[i].remark)))
            fail_msg("%s: %s", cases[i].text, said ? text : "nothing");
    }
}

static void test_dom0_vcpus(void **state)
{
    static const struct {
        const char *text;
        int rc;
        uint32_t on_two, on_sixteen;
    } cases[] = {
        { "4", 0, 4, 4 },        { "1-4", 0, 2, 4 },       { "4-8", 0, 4, 8 },      { "4-", 0, 4, 16 },
        { "8-4", -EINVAL, 0, 0 }, { "0", -ERANGE, 0, 0 },   { "-4", -EINVAL, 0, 0 }, { "", -EINVAL, 0, 0 },
        { "4294967296", -ERANGE, 0, 0 },
    };
    struct dom0_vcpus none = { 0 };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct dom0_vcpus v = { 0 };

        assert_int_equal(option_dom0_vcpus(cases[i].text, strlen(cases[i].text), &v, NULL), cases[i].rc);
        if (cases[i].rc)
            continue;
        assert_int_equal(dom0_vcpus_choose(&v, 2), cases[i].on_two);
        assert_int_equal(dom0_vcpus_choose(&v, 16), cases[i].on_sixteen);
    }
    assert_int_equal(dom0_vcpus_choose(&none, 3), 3);
    assert_int_equal(dom0_vcpus_choose(&none, 0), 1);
}

static const struct {
    const char *name, *line, *shown;
} shown[] = {
    {"nothing", "", ""},
    {"as it is", "com1=115200 noreboot", "com1=115200 noreboot"},
    {"blanks are put in order", "  a\t b  ", "a b"},
    {"quotes stay", "a=\"b  c\" d", "a=\"b  c\" d"},
    {"what is for another program goes", "loglvl=all -- root=/dev/sda password=x", "loglvl=all"},
    {"nothing but that", "-- a", ""},
    {"two dashes in a word are no end", "a--b c", "a--b c"},
    {"a secret", "a rootpassword=hunter2 b", "a rootpassword=<hidden> b"},
    {"a secret in quotes", "key=\"a b\" c", "key=<hidden> c"},
    {"a name that speaks of one, without a value", "debug-keys", "debug-keys"},
    {"a value that speaks of one", "x=password", "x=password"},
    {"what would drive a terminal", "a=\033[2J", "a=?[2J"},
};

static void test_shown(void **state)
{
    char out[64];

    for (unsigned int i = 0; i < ARRAY_SIZE(shown); i++) {
        cmdline_shown(shown[i].line, out, sizeof(out));
        if (strcmp(out, shown[i].shown))
            fail_msg("%s: \"%s\"", shown[i].name, out);
    }
    cmdline_shown("abcdef ghi", out, 5);
    assert_string_equal(out, "abcd");
    cmdline_shown("abcd ghi", out, 1);
    assert_string_equal(out, "");
}

static const struct {
    const char *name, *line;
    unsigned int reported;
    bool ignore_required;
} dom0_lines[] = {
    {"not given", "", 0, false},
    {"given", "dom0=ignore-required", 0, true},
    {"with the type", "dom0=pv,ignore-required", 0, true},
    {"taken back", "dom0=ignore-required dom0=no-ignore-required", 0, false},
    {"a type that there is not", "dom0=pvh", 1, false},
    {"a type undone", "dom0=no-pv", 1, false},
    {"one bad word spoils no other", "dom0=ignore-required,shadow", 1, true},
    {"nothing", "dom0=", 1, false},
};

static void test_dom0_flags(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(dom0_lines); i++)
        if (parsed(dom0_lines[i].line, dom0_lines[i].reported).dom0.ignore_required != dom0_lines[i].ignore_required)
            fail_msg("%s", dom0_lines[i].name);
}

static const struct {
    const char *name, *value;
    int rc;
    const char *then; /* NULL: cannot be shown */
} single[] = {
    {"loglvl", "all", 0, "all"},
    {"loglvl", "a text that is much too long for it", -EINVAL, "warning"},
    {"gnttab_max_frames", "8192", 0, "8192"},
    {"gnttab-max-frames", "8193", -EINVAL, "64"},
    {"cpuid-strict", "yes", 0, "1"},
    {"cpuid-strict", "maybe", -EINVAL, "0"},
    {"reboot", "k", 0, "kbd"},
    {"reboot", "boot", -EINVAL, "auto"},
    {"dom0_mem", "1G", 0, NULL},
    {"iommu", "1", -ENOENT, NULL},
    {"loglv", "all", -ENOENT, NULL},
    {"", "", -ENOENT, NULL},
};

static void test_single(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(single); i++) {
        struct hv_options o;
        char text[64];

        options_default(&o);
        int rc = options_set(&o, single[i].name, single[i].value);
        int got = options_get(&o, single[i].name, text, sizeof(text));
        bool same = single[i].then ? !got && !strcmp(text, single[i].then) : got == -ENOENT;
        if (rc != single[i].rc || !same)
            fail_msg("row %u, %s: %d, %s", i, single[i].name, rc, got ? "not shown" : text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_dom0_flags),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_dom0_mem_remark),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_dom0_mem),
        cmocka_unit_test(test_dom0_vcpus),
        cmocka_unit_test(test_single),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
