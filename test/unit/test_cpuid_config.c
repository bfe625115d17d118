/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both forms of xl.cfg's cpuid=, and what they do to a policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpuid_profiles.h"
#include "x86/cpuid/config.h"

#define BITS_X "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void count(void *opaque, const struct cpuid_setting *s)
{
    ++*(unsigned int *)opaque;
}

static const struct parse_row {
    const char *string;
    enum cpuid_config_error error;
    unsigned int settings;
    size_t at; /* of the wrong item */
} parse_rows[] = {
    { "host,tm=0,sse3=0", CPUID_CONFIG_OK, 2 },
    { "host", CPUID_CONFIG_OK, 0 },
    { "avx512f=1", CPUID_CONFIG_OK, 1 },
    { "host, sse4_1=x, SSE4.2=k", CPUID_CONFIG_OK, 2 },
    { "host,stepping=3,family=0x6", CPUID_CONFIG_OK, 2 },
    { "3dnow=0", CPUID_CONFIG_OK, 1 },
    { "est=1,cmpxchg16=1,aes=0,sysenter=x,clfsh=s,lahfsahf=0,cmplegacy=0,invtsc=1,psn=0", CPUID_CONFIG_OK, 9 },
    { "cntxid=0,ia64=0,pbe=0,arat=1,tsc_adjust=x,tsc-adjust=0,cmt=0,altmovcr8=1,nodeid=k,sse4.1=0", CPUID_CONFIG_OK,
      10 },
    { "svm_npt=1,svm_lbrv=1,svm_nrips=1,svm_tscrate=1,svm_vmcbclean=1,svm_decode=1,svm_pausefilt=1", CPUID_CONFIG_OK,
      7 },
    { "apicidsize=4,brandid=0,clflush=8,family=6,localapicid=1,maxleaf=0xd,maxhvleaf=5", CPUID_CONFIG_OK, 7 },
    { "model=3,nc=2,proccount=4,procpkg=1,stepping=9", CPUID_CONFIG_OK, 5 },
    { "host,rdcl_no=1,eibrs=0", CPUID_CONFIG_OK, 2 },
    { "host,tm", CPUID_CONFIG_NO_EQUALS, 0, 5 },
    { "", CPUID_CONFIG_NO_EQUALS, 0, 0 },
    { "host,", CPUID_CONFIG_NO_EQUALS, 0, 5 },
    { "host,avx=0,nonsense=1", CPUID_CONFIG_NAME, 1, 11 },
    { "host,avx=2", CPUID_CONFIG_VALUE, 0, 5 },
    { "host,avx=01", CPUID_CONFIG_VALUE, 0, 5 },
    { "host,avx=", CPUID_CONFIG_VALUE, 0, 5 },
    { "host,rdcl_no=xx", CPUID_CONFIG_VALUE, 0, 5 },
    { "host,stepping=q", CPUID_CONFIG_VALUE, 0, 5 },
    { "host,stepping=0x1ffffffff", CPUID_CONFIG_VALUE, 0, 5 },
    { "host,stepping=", CPUID_CONFIG_VALUE, 0, 5 },
    { "1:ecx=" BITS_X, CPUID_CONFIG_OK, 1 },
    { "0x1:ecx=" BITS_X ",edx=" BITS_X, CPUID_CONFIG_OK, 2 },
    { "7,0:ebx=" BITS_X, CPUID_CONFIG_OK, 1 },
    { "1q:ecx=" BITS_X, CPUID_CONFIG_LEAF, 0, 0 },
    { "7,z:ecx=" BITS_X, CPUID_CONFIG_SUBLEAF, 0, 0 },
    { "1", CPUID_CONFIG_COLON, 0, 0 },
    { "1:esi=" BITS_X, CPUID_CONFIG_REGISTER, 0, 2 },
    { "1:ecx", CPUID_CONFIG_REGISTER, 0, 2 },
    { "1:ecx=xxx", CPUID_CONFIG_LENGTH, 0, 2 },
    { "1:ecx=" BITS_X "x", CPUID_CONFIG_LENGTH, 0, 2 },
    { "1:ecx=2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", CPUID_CONFIG_VALUE, 0, 2 },
};

static void test_parse(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(parse_rows); i++) {
        const struct parse_row *r = &parse_rows[i];
        unsigned int settings = 0;
        size_t at = 0;
        enum cpuid_config_error error = cpuid_config_parse(r->string, strlen(r->string), count, &settings, &at);

        if (error != r->error || settings != r->settings || (error && at != r->at))
            fail_msg("\"%s\": error %d, %u settings, at %zu", r->string, error, settings, at);
        assert_true(*cpuid_config_error_text(error) != '?');
    }
}

struct target {
    struct machine m;
    struct cpuid_policy p;
};

static void apply(void *opaque, const struct cpuid_setting *s)
{
    struct target *t = opaque;

    cpuid_config_apply(s, &t->m.hvm_default, &t->m.host, &t->p);
}

static void test_apply(void **state)
{
    static const struct {
        const char *string;
        uint32_t leaf, subleaf;
        unsigned int reg;
        uint32_t mask, expected;
    } rows[] = {
        { "avx=0", 0x1, NOSUB, 2, 1u << 28, 0 },
        { "monitor=1", 0x1, NOSUB, 2, 1u << 3, 1u << 3 },
        { "avx=0,avx=x", 0x1, NOSUB, 2, 1u << 28, 1u << 28 },
        { "itsc=k", 0x80000007, NOSUB, 3, 1u << 8, 1u << 8 },
        { "itsc=x", 0x80000007, NOSUB, 3, 1u << 8, 0 },
        { "maxleaf=7", 0x0, NOSUB, 0, ~0u, 7 },
        { "maxhvleaf=3", 0x40000000, NOSUB, 0, ~0u, 3 },
        { "stepping=9", 0x1, NOSUB, 0, 0xf, 9 },
        { "family=6", 0x1, NOSUB, 0, 0x0ff00f00, 0x600 },
        { "family=0x19", 0x1, NOSUB, 0, 0x0ff00f00, 0x00a00f00 },
        { "model=0x55", 0x1, NOSUB, 0, 0xf00f0, 0x50050 },
        { "model=3", 0x1, NOSUB, 0, 0xf00f0, 0x30 },
        { "brandid=1,clflush=2,proccount=3,localapicid=4", 0x1, NOSUB, 1, ~0u, 0x04030201 },
        { "procpkg=5", 0x4, 0, 0, 0xfc000000, 0x14000000 },
        { "nc=7,apicidsize=3", 0x80000008, NOSUB, 2, ~0u, 0x3007 },
        { "0x80000007:edx=" "xxxxxxxxxxxxxxxxxxxxxxx1xxxxxxx0", 0x80000007, NOSUB, 3, ~0u, 0x100 },
        { "7,0:ebx=" "xxxxxxxxxxxxxxx0xxxxxxxxxxxxxxxx", 7, 0, 1, 1u << 16, 0 },
        { "0x99:eax=" "11111111111111111111111111111111", 1, NOSUB, 0, 0xf, 4 }, /* no such leaf: nothing happens */
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        static struct target t;
        size_t at;

        machine_from(&intel_server, &t.m);
        t.p = t.m.hvm_default;
        assert_int_equal(cpuid_config_parse(rows[i].string, strlen(rows[i].string), apply, &t, &at), 0);
        if ((cpuid_policy_slot(&t.p, rows[i].leaf, rows[i].subleaf)->reg[rows[i].reg] & rows[i].mask) !=
            rows[i].expected)
            fail_msg("%s", rows[i].string);
    }
}

static void read_back(void *opaque, const struct cpuid_setting *s)
{
    struct target *t = opaque;

    apply(opaque, s);
    assert_int_equal(cpuid_config_number(s, &t->p), s->number);
}

static void test_numbers_read_back(void **state)
{
    static const char string[] = "apicidsize=4,brandid=9,clflush=16,family=0x19,localapicid=255,maxleaf=0xffffffff,"
                                 "maxhvleaf=5,model=0x8f,nc=3,proccount=12,procpkg=63,stepping=15,family=3,model=1";
    static struct target t;
    size_t at;

    machine_from(&amd_server, &t.m);
    t.p = t.m.hvm_default;
    assert_int_equal(cpuid_config_parse(string, strlen(string), read_back, &t, &at), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse), cmocka_unit_test(test_apply),
                                        cmocka_unit_test(test_numbers_read_back) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
