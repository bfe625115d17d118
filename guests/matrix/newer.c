/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What came after 4.17 (gen/layouts.tbl says since when, and where the fields are): the older headers lack the
 * structures, so fields are named by their offsets. Debian's Xen 4.17 has none of it.
 */
#include "matrix/matrix.h"

#define D offsetof(struct xen_domctl, u)
#define P offsetof(struct xen_platform_op, u)
#define DOMCTL(title, cmd_, version, dom, ...)                                                                       \
    {                                                                                                                \
        .name = "newer.domctl." title, .nr = __HYPERVISOR_domctl, .size = sizeof(struct xen_domctl), .field = {      \
            IN_REGISTER(0, "op", COPIED, 0), IN_STRUCT(struct xen_domctl, cmd, FIXED, cmd_),                         \
            IN_STRUCT(struct xen_domctl, interface_version, VERSION, version),                                       \
            IN_STRUCT(struct xen_domctl, domain, DOMAIN, dom), __VA_ARGS__                                           \
        }                                                                                                            \
    }
#define PLATFORM(title, cmd_, ...)                                                                                   \
    {                                                                                                                \
        .name = "newer.platform_op." title, .nr = __HYPERVISOR_platform_op, .size = sizeof(struct xen_platform_op),  \
        .field = {                                                                                                   \
            IN_REGISTER(0, "op", COPIED, 0), IN_STRUCT(struct xen_platform_op, cmd, FIXED, cmd_),                    \
            IN_STRUCT(struct xen_platform_op, interface_version, FIXED, XENPF_INTERFACE_VERSION), __VA_ARGS__        \
        }                                                                                                            \
    }
#define VERSION_TEXT(what)                                                                                           \
    {                                                                                                                \
        .name = "newer.xen_version." #what, .nr = __HYPERVISOR_xen_version, .size = sizeof(struct xen_build_id),     \
        .field = {                                                                                                   \
            IN_REGISTER(0, "cmd", FIXED, XENVER_##what), IN_REGISTER(1, "arg", STRUCT, 0),                           \
            IN_STRUCT(struct xen_build_id, len, COUNT, 0)                                                            \
        }                                                                                                            \
    }
#define AREA(title, cmd_)                                                                                            \
    {                                                                                                                \
        .name = "newer.vcpu_op." title, .nr = __HYPERVISOR_vcpu_op, .size = 8, .after = after_areas, .field = {      \
            IN_REGISTER(0, "cmd", FIXED, cmd_), IN_REGISTER(1, "vcpuid", VCPU, 0),                                   \
            IN_REGISTER(2, "arg", STRUCT, 0), {"address", 0, 8, MACHINE, T_MACHINE}                                  \
        }                                                                                                            \
    }

const struct op newer_ops[] = {
    DOMCTL("gsi_permission", XEN_DOMCTL_gsi_permission, 0x17, T_OTHER, {"gsi", D, 4, ANY, 300},
           {"flags", D + 4, 4, BITS, 0}),
    DOMCTL("gsi_permission.give", XEN_DOMCTL_gsi_permission, 0x17, T_OTHER, {"gsi", D, 4, CPU, 300},
           {"flags", D + 4, 4, FIXED, 1}),
    DOMCTL("set_llc_colors", XEN_DOMCTL_set_llc_colors, 0x17, T_OTHER, {"number", D, 4, COUNT, 0},
           {"pad", D + 4, 4, RESERVED, 0}, {"colors", D + 8, 8, DATA, T_DATA}),
    DOMCTL("get_domain_state", XEN_DOMCTL_get_domain_state, 0, T_OTHER, {"state", D, 2, SHOWN, 0},
           {"caps", D + 2, 2, SHOWN, 0}, {"pad", D + 4, 4, RESERVED, 0}),
    VERSION_TEXT(extraversion2), VERSION_TEXT(capabilities2), VERSION_TEXT(changeset2), VERSION_TEXT(commandline2),
    PLATFORM("get_dom0_console", XENPF_get_dom0_console, {}),
    PLATFORM("get_ucode_revision", XENPF_get_ucode_revision, {"cpu", P, 4, CPU, 0}, {"signature", P + 4, 4, SHOWN, 0}),
    PLATFORM("microcode_update2", XENPF_microcode_update2, {"flags", P, 4, BITS, 0}, {"length", P + 4, 4, COUNT, 64},
             {"data", P + 8, 8, DATA, T_DATA}),
    {.name = "newer.physdev_op.pci_device_reset", .nr = __HYPERVISOR_physdev_op, .size = 8, .field = {
        IN_REGISTER(0, "cmd", FIXED, PHYSDEVOP_pci_device_reset), IN_REGISTER(1, "arg", STRUCT, 0),
        {"seg", 0, 2, ANY, 0}, {"bus", 2, 1, FIXED, 0xff}, {"devfn", 3, 1, FIXED, 0xff}, {"flags", 4, 4, BITS, 0} }},
    AREA("runstate_phys_area", VCPUOP_register_runstate_phys_area),
    AREA("time_phys_area", VCPUOP_register_vcpu_time_phys_area),
    {0}
};
