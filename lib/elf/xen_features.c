/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the features, and the reader of the string that lists them. */
#include "xen_features.h"
#include "public.h"

/* The numbers of 4.17's features.h, and the three that later releases added. */
static const char *const feature_names[] = {
    [XENFEAT_writable_page_tables] = "writable_page_tables",
    [XENFEAT_writable_descriptor_tables] = "writable_descriptor_tables",
    [XENFEAT_auto_translated_physmap] = "auto_translated_physmap",
    [XENFEAT_supervisor_mode_kernel] = "supervisor_mode_kernel",
    [XENFEAT_pae_pgdir_above_4gb] = "pae_pgdir_above_4gb",
    [XENFEAT_mmu_pt_update_preserve_ad] = "mmu_pt_update_preserve_ad",
    [XENFEAT_highmem_assist] = "highmem_assist",
    [XENFEAT_gnttab_map_avail_bits] = "gnttab_map_avail_bits",
    [XENFEAT_hvm_callback_vector] = "hvm_callback_vector",
    [XENFEAT_hvm_safe_pvclock] = "hvm_safe_pvclock",
    [XENFEAT_hvm_pirqs] = "hvm_pirqs",
    [XENFEAT_dom0] = "dom0",
    [12] /* named on Arm only */ = "grant_map_identity",
    [XENFEAT_memory_op_vnode_supported] = "memory_op_vnode_supported",
    [XENFEAT_ARM_SMCCC_supported] = "ARM_SMCCC_supported",
    [XENFEAT_linux_rsdp_unrestricted] = "linux_rsdp_unrestricted",
    [XENFEAT_not_direct_mapped] = "not_direct_mapped",
    [XENFEAT_direct_mapped] = "direct_mapped",
    [18] = "runstate_phys_area",
    [19] = "vcpu_time_phys_area",
    [20] = "dm_msix_all_writes",
};

const char *xen_feature_name(unsigned int number)
{
    return number < ARRAY_SIZE(feature_names) ? feature_names[number] : NULL;
}

static void feature_look_up(struct xen_feature_token *token)
{
    token->kind = XEN_FEATURE_UNKNOWN;
    for (unsigned int i = 0; i < ARRAY_SIZE(feature_names); i++) {
        if (feature_names[i] && span_is(token->name, feature_names[i])) {
            token->kind = XEN_FEATURE_KNOWN;
            token->number = i;
        }
    }
}

bool xen_features_next(struct span *rest, struct xen_feature_token *token)
{
    struct span text = { 0 };

    while (rest->len && !text.len)
        text = span_trim(span_cut(rest, '|'));
    if (!text.len)
        return false;
    *token = (struct xen_feature_token){ .kind = XEN_FEATURE_MALFORMED, .required = text.text[0] == '!', .name = text };
    if (token->required) {
        struct span name = { text.text + 1, text.len - 1 };

        if (!name.len || name.text[0] == '!' || span_trim(name).len != name.len)
            return true;
        token->name = name;
    }
    feature_look_up(token);
    return true;
}
