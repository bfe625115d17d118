/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen_version, console_io, multicall, and hypercalls that few guests have a use for: of those whose headers are not at
 * hand here, each sub-operation is called with a structure of zeros.
 */
#include "matrix/matrix.h"

#include <xen/hvm/hvm_op.h>
#include <xen/pmu.h>

#define R IN_REGISTER
#define ZEROS(title, nr_, n) { .name = title "." #n, .nr = nr_, .size = 256, .field = { R(0, "cmd", FIXED, n), R(1, \
    "arg", STRUCT, 0) } }
#define ZEROS_TO_7(title, nr_) ZEROS(title, nr_, 0), ZEROS(title, nr_, 1), ZEROS(title, nr_, 2), ZEROS(title, nr_, 3), \
                               ZEROS(title, nr_, 4), ZEROS(title, nr_, 5), ZEROS(title, nr_, 6), ZEROS(title, nr_, 7)
#define XEN_VERSION(what, size_, fl) { .name = "xen_version." #what, .nr = __HYPERVISOR_xen_version, .flags = fl, \
    .size = size_, \
                                       .field = { R(0, "cmd", FIXED, XENVER_##what), R(1, "arg", STRUCT, 0) } }
#define PARAM(op_) { .name = "hvm_op." #op_, .nr = __HYPERVISOR_hvm_op, .size = sizeof(struct xen_hvm_param), \
    .field = { \
    R(0, "op", FIXED, HVMOP_##op_), R(1, "arg", STRUCT, 0), IN_STRUCT(struct xen_hvm_param, domid, DOMAIN, \
        DOMID_SELF), \
    IN_STRUCT(struct xen_hvm_param, index, ANY, 0) } }
#define HVM(op_, n, type) { .name = "hvm_op." #op_, .nr = __HYPERVISOR_hvm_op, .size = sizeof(type), .field = { \
    R(0, "op", FIXED, n), R(1, "arg", STRUCT, 0), IN_STRUCT(struct xen_hvm_param, domid, DOMAIN, DOMID_SELF) } }
#define PMU(op_) { .name = "xenpmu_op." #op_, .nr = __HYPERVISOR_xenpmu_op, .size = sizeof(struct xen_pmu_params), \
    .field = { \
    R(0, "op", FIXED, XENPMU_##op_), R(1, "arg", STRUCT, 0), IN_STRUCT(struct xen_pmu_params, vcpu, VCPU, 0), \
    IN_STRUCT(struct xen_pmu_params, val, ANY, 0), IN_STRUCT(struct xen_pmu_params, pad, RESERVED, 0) } }
#define CALL(title, nr_, a0, a1) { .name = "multicall." title, .nr = __HYPERVISOR_multicall, \
    .size = sizeof(struct multicall_entry), \
    .field = { R(0, "list", STRUCT, 0), R(1, "nr", COUNT, 1), IN_STRUCT(struct multicall_entry, op, FIXED, nr_), \
               IN_STRUCT(struct multicall_entry, args[0], FIXED, a0), \
               IN_STRUCT(struct multicall_entry, args[1], FIXED, \
                   a1), \
               IN_STRUCT(struct multicall_entry, result, SHOWN, 0) } }
#define KEXEC(title, n, type, ...) { .name = "kexec_op." title, .nr = __HYPERVISOR_kexec_op, .size = sizeof(type), \
    .field = { \
    R(0, "op", FIXED, n), R(1, "uarg", STRUCT, 0), __VA_ARGS__ } }
#define HYPFS(title, n, path_, size_) { .name = "hypfs_op." title, .nr = __HYPERVISOR_hypfs_op, .size = 8, .field = { \
    R(0, "cmd", SUB, n), R(1, "path", DATA, path_), R(2, "path size", COUNT, size_), R(3, "buffer", DATA, T_DATA), \
        R(4, "buffer size", COUNT, 64) } }

const struct op other_ops[] = {
    {.name = "xen_version", .nr = __HYPERVISOR_xen_version, .size = 64, .field = {
        R(0, "cmd", SUB, XENVER_version), R(1, "arg", STRUCT, 0) }},
    XEN_VERSION(extraversion, sizeof(xen_extraversion_t), 0), XEN_VERSION(compile_info, sizeof(xen_compile_info_t), 0),
    XEN_VERSION(capabilities, sizeof(xen_capabilities_info_t), 0), XEN_VERSION(changeset, sizeof(xen_changeset_info_t),
        0),
    XEN_VERSION(platform_parameters, sizeof(xen_platform_parameters_t), 0),
    {.name = "xen_version.get_features", .nr = __HYPERVISOR_xen_version, .size = sizeof(struct xen_feature_info),
        .field = {
        R(0, "cmd", FIXED, XENVER_get_features), R(1, "arg", STRUCT, 0), IN_STRUCT(struct xen_feature_info, submap_idx,
            ANY, 0) }},
    XEN_VERSION(guest_handle, sizeof(xen_domain_handle_t), 0), XEN_VERSION(commandline, sizeof(xen_commandline_t), 0),
    {.name = "xen_version.pagesize", .nr = __HYPERVISOR_xen_version, .size = 8, .field = {
        R(0, "cmd", FIXED, XENVER_pagesize), R(1, "arg", DATA, 0) }},
    {.name = "xen_version.build_id", .nr = __HYPERVISOR_xen_version, .size = sizeof(struct xen_build_id), .field = {
        R(0, "cmd", FIXED, XENVER_build_id), R(1, "arg", STRUCT, 0), IN_STRUCT(struct xen_build_id, len, COUNT, 0) }},
    {.name = "console_io.write", .nr = __HYPERVISOR_console_io, .size = 8, .field = {
        R(0, "cmd", SUB, CONSOLEIO_write), R(1, "count", COUNT, 0), R(2, "buffer", DATA, T_DATA) }},
    {.name = "console_io.read", .nr = __HYPERVISOR_console_io, .size = 8, .field = {
        R(0, "cmd", FIXED, CONSOLEIO_read), R(1, "count", COUNT, 0), R(2, "buffer", DATA, T_DATA) }},
    CALL("version", __HYPERVISOR_xen_version, XENVER_version, 0), CALL("unknown", 63, 0, 0), CALL("negative", ~0ul, 0,
        0),
    CALL("nested", __HYPERVISOR_multicall, 0, 0), CALL("fault", __HYPERVISOR_memory_op, XENMEM_machphys_mapping,
        0x1000),
    CALL("high number", 0x100000011, XENVER_version, 0),
    {.name = "multicall.empty", .nr = __HYPERVISOR_multicall, .size = 8, .field = { R(0, "list", FIXED, 0), R(1, "nr",
        COUNT, 0) }},
    PARAM(set_param), PARAM(get_param), HVM(set_pci_intx_level, 2, struct xen_hvm_param), HVM(set_isa_irq_level, 3,
        struct xen_hvm_param),
    HVM(set_pci_link_route, 4, struct xen_hvm_param), HVM(track_dirty_vram, 6, struct xen_hvm_param),
    HVM(modified_memory, 7, struct xen_hvm_param), HVM(set_mem_type, 8, struct xen_hvm_param),
    {.name = "hvm_op.flush_tlbs", .nr = __HYPERVISOR_hvm_op, .size = 8, .field = { R(0, "op", FIXED, 5), R(1, "arg",
        DATA, 0) }},
    HVM(pagetable_dying, 9, struct xen_hvm_pagetable_dying), HVM(get_time, 10, struct xen_hvm_pagetable_dying),
    HVM(xentrace, 11, struct xen_hvm_xentrace), HVM(set_mem_access, 12, struct xen_hvm_param), HVM(get_mem_access, 13,
        struct xen_hvm_param),
    HVM(inject_trap, 14, struct xen_hvm_param), HVM(get_mem_type, 15, struct xen_hvm_get_mem_type),
    HVM(set_evtchn_upcall_vector, 23, struct xen_hvm_param), HVM(guest_request, 24, struct xen_hvm_param),
    {.name = "hvm_op.altp2m", .nr = __HYPERVISOR_hvm_op, .size = sizeof(struct xen_hvm_altp2m_op), .field = {
        R(0, "op", FIXED, HVMOP_altp2m), R(1, "arg", STRUCT, 0), IN_STRUCT(struct xen_hvm_altp2m_op, version, VERSION,
            1),
        IN_STRUCT(struct xen_hvm_altp2m_op, cmd, SUB, 1), IN_STRUCT(struct xen_hvm_altp2m_op, domain, DOMAIN,
            DOMID_SELF),
        IN_STRUCT(struct xen_hvm_altp2m_op, pad1, RESERVED, 0) }},
    HVM(unknown, 99, struct xen_hvm_param),
    {.name = "dm_op", .nr = __HYPERVISOR_dm_op, .size = 64, .field = {
        R(0, "domid", DOMAIN, T_OTHER), R(1, "nr_bufs", COUNT, 1), R(2, "bufs", STRUCT, 0) }},
    {.name = "dm_op.none", .nr = __HYPERVISOR_dm_op, .size = 64, .field = {
        R(0, "domid", DOMAIN, T_OTHER), R(1, "nr_bufs", COUNT, 0), R(2, "bufs", STRUCT, 0) }},
    PMU(mode_get), PMU(mode_set), PMU(feature_get), PMU(feature_set), PMU(init), PMU(finish), PMU(lvtpc_set),
        PMU(flush),
    ZEROS("xenpmu_op", __HYPERVISOR_xenpmu_op, 8), ZEROS("xenpmu_op", __HYPERVISOR_xenpmu_op, 99),
    {.name = "mca", .nr = __HYPERVISOR_arch_0, .size = 512, .field = { R(0, "mc", STRUCT, 0) }},
    {.name = "mca.version", .nr = __HYPERVISOR_arch_0, .size = 512, .field = {
        R(0, "mc", STRUCT, 0), {"cmd", 0, 4, ANY, 1}, {"interface_version", 4, 4, VERSION, 0x01ecc003} }},
    {.name = "mca.physcpuinfo", .nr = __HYPERVISOR_arch_0, .size = 512, .field = {
        R(0, "mc", STRUCT, 0), {"cmd", 0, 4, FIXED, 3}, {"interface_version", 4, 4, FIXED, 0x01ecc003} }},
    {.name = "mca.inject", .nr = __HYPERVISOR_arch_0, .size = 512, .field = {
        R(0, "mc", STRUCT, 0), {"cmd", 0, 4, FIXED, 4}, {"interface_version", 4, 4, FIXED, 0x01ecc003}, {"cpu", 8, 4,
            CPU, 64} }},
    {.name = "mca.inject_v2", .nr = __HYPERVISOR_arch_0, .size = 512, .field = {
        R(0, "mc", STRUCT, 0), {"cmd", 0, 4, FIXED, 6}, {"interface_version", 4, 4, FIXED, 0x01ecc003}, {"flags", 8, 4,
            ANY, 0x77} }},
    {.name = "mca.unknown", .nr = __HYPERVISOR_arch_0, .size = 512, .field = {
        R(0, "mc", STRUCT, 0), {"cmd", 0, 4, FIXED, 99}, {"interface_version", 4, 4, FIXED, 0x01ecc003} }},
    ZEROS_TO_7("xsm_op", __HYPERVISOR_xsm_op), ZEROS_TO_7("xenoprof_op", __HYPERVISOR_xenoprof_op),
    ZEROS_TO_7("argo_op", __HYPERVISOR_argo_op), ZEROS_TO_7("tmem_op", __HYPERVISOR_tmem_op),
    KEXEC("exec", KEXEC_CMD_kexec, xen_kexec_exec_t, IN_STRUCT(xen_kexec_exec_t, type, ANY, 0)),
    KEXEC("load_v1", KEXEC_CMD_kexec_load_v1, xen_kexec_load_v1_t, IN_STRUCT(xen_kexec_load_v1_t, type, ANY, 0)),
    KEXEC("unload_v1", KEXEC_CMD_kexec_unload_v1, xen_kexec_load_v1_t, IN_STRUCT(xen_kexec_load_v1_t, type, ANY, 0)),
    KEXEC("get_range", KEXEC_CMD_kexec_get_range, xen_kexec_range_t, IN_STRUCT(xen_kexec_range_t, range, ANY, 0),
          IN_STRUCT(xen_kexec_range_t, nr, FIXED, 0)),
    KEXEC("get_range.cpu", KEXEC_CMD_kexec_get_range, xen_kexec_range_t, IN_STRUCT(xen_kexec_range_t, range, FIXED, 2),
          IN_STRUCT(xen_kexec_range_t, nr, CPU, 0)),
    KEXEC("get_range.later", KEXEC_CMD_kexec_get_range, xen_kexec_range_t, IN_STRUCT(xen_kexec_range_t, range, FIXED,
        6)),
    KEXEC("get_range.boot", KEXEC_CMD_kexec_get_range, xen_kexec_range_t, IN_STRUCT(xen_kexec_range_t, range, FIXED,
        4)),
    KEXEC("get_range.efi", KEXEC_CMD_kexec_get_range, xen_kexec_range_t, IN_STRUCT(xen_kexec_range_t, range, FIXED, 5)),
    KEXEC("load", KEXEC_CMD_kexec_load, xen_kexec_load_t, IN_STRUCT(xen_kexec_load_t, type, ANY, 0),
          IN_STRUCT(xen_kexec_load_t, _pad, RESERVED, 0), IN_STRUCT(xen_kexec_load_t, arch, ANY, 62),
          IN_STRUCT(xen_kexec_load_t, nr_segments, COUNT, 0), HANDLE(xen_kexec_load_t, segments.h, T_DATA),
          IN_STRUCT(xen_kexec_load_t, entry_maddr, FIXED, 0)),
    KEXEC("unload", KEXEC_CMD_kexec_unload, xen_kexec_unload_t, IN_STRUCT(xen_kexec_unload_t, type, ANY, 0)),
    KEXEC("status", KEXEC_CMD_kexec_status, xen_kexec_status_t, IN_STRUCT(xen_kexec_status_t, type, ANY, 0)),
    KEXEC("unknown", 99, xen_kexec_status_t, {}),
    HYPFS("get_version", 0, 0, 0), HYPFS("read", 1, T_DATA, 1), HYPFS("read tail", 1, T_TAIL, 1), HYPFS("write", 2,
        T_DATA, 1),
    {0}
};
