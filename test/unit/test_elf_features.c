/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The FEATURES string: every vector by name. */
#include "elf/xen_features.h"
#include <setjmp.h>
#include <cmocka.h>

#define LONG80 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    const char *name, *text;
    uint32_t supported, required;
    unsigned int unknown;   /* optional tokens without a known name */
    const char *refused;    /* the first unknown required one */
    const char *malformed;  /* the first malformed one */
} vectors[] = {
    {"Debian 6.1", "!writable_page_tables|pae_pgdir_above_4gb", 0x11, 0x1},
    {"the kernel that could not boot",
     "!writable_page_tables|pae_pgdir_above_4gb|writable_descriptor_tables|auto_translated_physmap|"
     "supervisor_mode_kernel|hvm_callback_vector", 0x11f, 0x1},
    {"unknown optional", "foo|dom0", 0x800, 0, 1},
    {"unknown required", "!foo", 0, 0, 0, "foo"},
    {"unknown required between known", "!dom0|!foo|bar", 0x800, 0x800, 1, "foo"},
    {"empty", "", 0, 0},
    {"only a separator", "|", 0, 0},
    {"empty tokens", "||dom0|", 0x800, 0},
    {"80 characters, then dom0", LONG80 "|dom0", 0x800, 0, 1},
    {"80 characters, required", "!" LONG80 "|dom0", 0x800, 0, 0, LONG80},
    {"blank behind !", "! dom0", 0, 0, 0, NULL, "! dom0"},
    {"! alone", "!", 0, 0, 0, NULL, "!"},
    {"!!", "!!dom0|dom0", 0x800, 0, 0, NULL, "!!dom0"},
    {"blanks around tokens", " dom0 | !writable_page_tables\t", 0x801, 0x1},
    {"a prefix is not the name", "dom", 0, 0, 1},
    {"the name is not a prefix", "dom0s", 0, 0, 1},
    {"case counts", "DOM0", 0, 0, 1},
    {"twice", "dom0|!dom0", 0x800, 0x800},
    {"later releases' names", "runstate_phys_area|vcpu_time_phys_area|dm_msix_all_writes", 0x1c0000, 0},
};

static bool same(struct span span, const char *text)
{
    return text ? span_is(span, text) : !span.len;
}

static void test_vectors(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(vectors); i++) {
        struct span rest = { vectors[i].text, strlen(vectors[i].text) }, refused = { 0 }, malformed = { 0 };
        uint32_t supported = 0, required = 0;
        unsigned int unknown = 0;
        struct xen_feature_token token;

        while (xen_features_next(&rest, &token)) {
            if (token.kind == XEN_FEATURE_MALFORMED) {
                malformed = malformed.len ? malformed : token.name;
            } else if (token.kind == XEN_FEATURE_KNOWN) {
                supported |= 1u << token.number;
                required |= (uint32_t)token.required << token.number;
            } else if (!token.required) {
                unknown++;
            } else {
                refused = refused.len ? refused : token.name;
            }
        }
        if (supported != vectors[i].supported || required != vectors[i].required || unknown != vectors[i].unknown ||
            !same(refused, vectors[i].refused) || !same(malformed, vectors[i].malformed))
            fail_msg("%s: supported %#x, required %#x, %u unknown", vectors[i].name, supported, required, unknown);
    }
}

static void test_names(void **state)
{
    for (unsigned int i = 0; i < 21; i++) {
        const char *name = xen_feature_name(i);
        struct span rest = { name, strlen(name) };
        struct xen_feature_token token;

        assert_true(xen_features_next(&rest, &token));
        assert_int_equal(token.kind, XEN_FEATURE_KNOWN);
        assert_int_equal(token.number, i);
    }
    assert_null(xen_feature_name(21));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors), cmocka_unit_test(test_names) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
