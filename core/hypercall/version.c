/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen_version: what the hypervisor says about itself.
 *
 * All that depends on who asks is made by version_view(), so that a toolstack can have it for another domain.
 * XENVER_platform_parameters is one number that is right only for 32-bit PV guests (where their address space ends);
 * no number is right for the others, so they get 0. The command line and the build's identity are for control domains
 * only.
 */
#include "base/format.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/options.h"
#include "hv/version.h"

#include <arch/current.h>
#include <hypercall_handlers.h>
#include <version.h>

const char *hv_cmdline = "";

/* The bytes of the linker's build id, if the image has one. */
extern const uint8_t hv_build_id_start[] __attribute__((weak)), hv_build_id_end[] __attribute__((weak));

_Static_assert(sizeof(HV_EXTRA_VERSION) <= sizeof(xen_extraversion_t), "the ABI gives it 16 bytes");

uint32_t hv_version_minor(void)
{
    return hv_options.xen_minor ? (uint32_t)hv_options.xen_minor : 17;
}

void version_banner(char *buf, size_t len)
{
    format(buf, len, "Xenolith, Xen ABI %u.%u%s (%s@%s) (%s) %s", HV_VERSION_MAJOR, hv_version_minor(),
           HV_EXTRA_VERSION, HV_COMPILE_BY, HV_COMPILE_DOMAIN, HV_COMPILER, HV_COMPILE_DATE);
}

void version_build_id(char *buf, size_t len)
{
    format(buf, len, "%s", &hv_build_id_start[0] == &hv_build_id_end[0] ? "none" : "");
    for (const uint8_t *b = hv_build_id_start; b < hv_build_id_end; b++)
        format_append(buf, len, "%02x", *b);
}

uint32_t version_features(const struct domain *d)
{
    uint32_t f = 1u << XENFEAT_memory_op_vnode_supported | 1u << XENFEAT_runstate_phys_area |
                 1u << XENFEAT_vcpu_time_phys_area;
    if (d->type == DOMAIN_HVM)
        f |= 1u << XENFEAT_writable_page_tables | 1u << XENFEAT_auto_translated_physmap |
             1u << XENFEAT_hvm_callback_vector | 1u << XENFEAT_hvm_safe_pvclock | 1u << XENFEAT_not_direct_mapped;
    else
        f |= 1u << XENFEAT_mmu_pt_update_preserve_ad | 1u << XENFEAT_highmem_assist |
             1u << XENFEAT_gnttab_map_avail_bits | 1u << XENFEAT_direct_mapped;
    if (d->vm_assist & (1ULL << VMASST_TYPE_pae_extended_cr3))
        f |= 1u << XENFEAT_pae_pgdir_above_4gb;
    if (d->is_hardware)
        f |= 1u << XENFEAT_dom0;
    return f;
}

/* A text in a field of @size bytes, filled up with zeros, so that nothing else of ours goes along. */
static long version_text(uint64_t arg, const char *text, size_t size)
{
    char field[1024] = { 0 };
    memcpy(field, text, MIN(strlen(text), MIN(size, sizeof(field)) - 1));
    return arch_copy_to_guest(arg, field, size) ? -EFAULT : 0;
}

static long version_extraversion(uint64_t arg)
{
    static const xen_extraversion_t text = HV_EXTRA_VERSION; /* the rest of it is zeros */

    return copy_to_guest_va(arg, &text);
}

static long version_compile_info(uint64_t arg)
{
    struct xen_compile_info info = { 0 };
    format(info.compiler, sizeof(info.compiler), "%s", HV_COMPILER);
    format(info.compile_by, sizeof(info.compile_by), "%s", HV_COMPILE_BY);
    format(info.compile_domain, sizeof(info.compile_domain), "%s", HV_COMPILE_DOMAIN);
    format(info.compile_date, sizeof(info.compile_date), "%s", HV_COMPILE_DATE);
    return copy_to_guest_va(arg, &info);
}

static long version_capabilities(uint64_t arg)
{
    char caps[sizeof(xen_capabilities_info_t)] = { 0 };
    arch_capabilities(caps, sizeof(caps));
    return copy_to_guest_va(arg, &caps);
}

static long version_get_features(const struct domain *d, uint64_t arg)
{
    struct xen_feature_info info;
    if (copy_from_guest_va(&info, arg))
        return -EFAULT;
    if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
        return -EINVAL;
    info.submap = version_features(d);
    return copy_to_guest_va(arg, &info);
}

static long version_platform_parameters(const struct domain *d, uint64_t arg)
{
    struct xenolith_domctl_view view = { 0 };
    struct xen_platform_parameters params = { 0 };

    arch_domain_view(d, &view);
    params.virt_start = view.virt_start;
    return copy_to_guest_va(arg, &params);
}

void version_view(const struct domain *d, struct xenolith_domctl_view *view)
{
    *view = (struct xenolith_domctl_view){ .features = version_features(d) };
    view->flags = (d->is_privileged ? XENOLITH_VIEW_control : 0) | (d->is_hardware ? XENOLITH_VIEW_hardware : 0);
    arch_capabilities(view->capabilities, sizeof(view->capabilities));
    arch_domain_view(d, view);
}

/*
 * Bytes behind a word that says how much room there is; the answer is how many they are. NULL asks for that alone. The
 * caller's structure is looked at first, whether there is anything to report or not: @none is the error if there isn't.
 */
static long version_bytes(uint64_t arg, const void *bytes, size_t size, int none)
{
    uint32_t room = 0;

    if (arg && copy_from_guest_va(&room, arg))
        return -EFAULT;
    if (arg && !room)
        return -EINVAL;
    if (!size && none)
        return -none;
    if (!arg)
        return (long)size;
    if (room < size)
        return -ENOBUFS;
    if (size && arch_copy_to_guest(arg + offsetof(struct xen_build_id, buf), bytes, size))
        return -EFAULT;
    return (long)size;
}

static long version_string(uint64_t arg, const char *text) { return version_bytes(arg, text, strlen(text), 0); }

static long copy_build_id(uint64_t arg)
{
    return version_bytes(arg, hv_build_id_start, (size_t)(hv_build_id_end - hv_build_id_start), ENODATA);
}

static long version_capabilities2(uint64_t arg)
{
    char caps[sizeof(xen_capabilities_info_t)] = { 0 };
    arch_capabilities(caps, sizeof(caps));
    return version_string(arg, caps);
}

long hypercall_xen_version(struct hypercall *call)
{
    const struct domain *d = current_vcpu()->domain;
    uint64_t arg = call->arg[1];
    switch ((uint32_t)call->arg[0]) {
    case XENVER_version:
        return HV_VERSION_MAJOR << 16 | hv_version_minor();
    case XENVER_extraversion:
        return version_extraversion(arg);
    case XENVER_compile_info:
        return version_compile_info(arg);
    case XENVER_capabilities:
        return version_capabilities(arg);
    case XENVER_changeset:
        return version_text(arg, HV_CHANGESET, sizeof(xen_changeset_info_t));
    case XENVER_platform_parameters:
        return version_platform_parameters(d, arg);
    case XENVER_get_features:
        return version_get_features(d, arg);
    case XENVER_pagesize:
        return arg ? -EINVAL : (long)PAGE_SIZE;
    case XENVER_guest_handle:
        return copy_to_guest_va(arg, &d->handle);
    case XENVER_commandline:
        return version_text(arg, d->is_privileged ? hv_cmdline : "<denied>", sizeof(xen_commandline_t));
    case XENVER_build_id:
        return d->is_privileged ? copy_build_id(arg) : -EPERM;
    case XENVER_extraversion2:
        return version_string(arg, HV_EXTRA_VERSION);
    case XENVER_capabilities2:
        return version_capabilities2(arg);
    case XENVER_changeset2:
        return version_string(arg, HV_CHANGESET);
    case XENVER_commandline2:
        return d->is_privileged ? version_string(arg, hv_cmdline) : -EPERM;
    }
    return -ENOSYS;
}
