/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

/* Frames that were got are given back, and where ours belongs is said again. */
static void after_reservation(void)
{
    const uint64_t *lists[] = {(void *)world_token(T_MFN_LIST), (void *)world_token(T_PFN_LIST) };
    uint64_t was[] = { world_token(T_FRAME), world_token(T_PFN) };

    for (unsigned int i = 0; i < 2; i++) {
        uint64_t mfn = *lists[i];
        struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };
        set_xen_guest_handle_raw(r.extent_start, &mfn);
        if (mfn != was[i])
            hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r));
    }
    struct mmu_update u = { .ptr = world_token(T_MACHINE) | MMU_MACHPHYS_UPDATE, .val = world_token(T_PFN) };
    hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

#define MEMORY(title, cmd_, type, fl, ...)                                                                           \
    {                                                                                                                \
        .name = "memory_op." title, .nr = __HYPERVISOR_memory_op, .flags = fl, .size = sizeof(type),                 \
        .after = after_reservation, .field = {                                                                       \
            IN_REGISTER(0, "cmd", FIXED, cmd_), IN_REGISTER(1, "arg", STRUCT, 0), __VA_ARGS__                        \
        }                                                                                                            \
    }
#define T struct xen_memory_reservation
#define RESERVE(title, cmd_, fl, list) \
    MEMORY(title, cmd_, T, fl, HANDLE(T, extent_start, list), IN_STRUCT(T, nr_extents, COUNT, 1), \
           IN_STRUCT(T, extent_order, ANY, 0), IN_STRUCT(T, mem_flags, BITS, 0), IN_STRUCT(T, domid, DOMAIN, \
               DOMID_SELF))
#define X struct xen_memory_exchange
#define A struct xen_add_to_physmap
#define B struct xen_add_to_physmap_batch
#define R struct xen_mem_acquire_resource
#define V struct xen_vnuma_topology_info
#define QUERY(name) MEMORY(#name, XENMEM_##name, struct xen_memory_domain, AMOUNT, \
                           IN_STRUCT(struct xen_memory_domain, domid, DOMAIN, DOMID_SELF))
#define MAP_TO(title, space_) \
    MEMORY("add_to_physmap." title, XENMEM_add_to_physmap, A, 0, IN_STRUCT(A, domid, DOMAIN, DOMID_SELF), \
           IN_STRUCT(A, space, FIXED, space_), IN_STRUCT(A, idx, FRAME, 0), IN_STRUCT(A, gpfn, FRAME, T_PFN), \
           IN_STRUCT(A, size, COUNT, 1))
#define RESOURCE(title, type_, id_) \
    MEMORY("acquire_resource." title, XENMEM_acquire_resource, R, 0, IN_STRUCT(R, domid, DOMAIN, T_OTHER), \
           IN_STRUCT(R, type, FIXED, type_), IN_STRUCT(R, id, FIXED, id_), IN_STRUCT(R, nr_frames, COUNT, 1), \
           IN_STRUCT(R, frame, ANY, 0), IN_STRUCT(R, pad, RESERVED, 0), HANDLE(R, frame_list, T_DATA))
#define SIZE(title, type_, id_) \
    MEMORY("acquire_resource.size of " title, XENMEM_acquire_resource, R, 0, IN_STRUCT(R, domid, DOMAIN, T_OTHER), \
           IN_STRUCT(R, type, FIXED, type_), IN_STRUCT(R, id, ANY, id_), IN_STRUCT(R, nr_frames, COUNT, 0), \
           IN_STRUCT(R, frame, ANY, 0), IN_STRUCT(R, pad, RESERVED, 0), HANDLE(R, frame_list, 0), IN_STRUCT(R, \
               nr_frames, SHOWN, 0))
#define BATCH(title, space_, other) \
    MEMORY("add_to_physmap_batch." title, XENMEM_add_to_physmap_batch, B, 0, IN_STRUCT(B, domid, DOMAIN, DOMID_SELF), \
           IN_STRUCT(B, space, FIXED, space_), IN_STRUCT(B, size, COUNT, 1), IN_STRUCT(B, u.foreign_domid, DOMAIN, \
               other), \
           HANDLE(B, idxs, T_DATA), HANDLE(B, gpfns, T_PFN_LIST), HANDLE(B, errs, T_DATA))

const struct op memory_ops[] = {
    {.name = "memory_op", .nr = __HYPERVISOR_memory_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, XENMEM_machphys_mapping), IN_REGISTER(1, "arg", STRUCT, 0) }},
    {.name = "memory_op.continued", .nr = __HYPERVISOR_memory_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", FIXED, XENMEM_machphys_mapping | 1 << 6), IN_REGISTER(1, "arg", FIXED, T_DATA) }},
    RESERVE("increase_reservation", XENMEM_increase_reservation, 0, T_DATA),
    RESERVE("populate_physmap", XENMEM_populate_physmap, 0, T_PFN_LIST),
    /* Nothing that is ours is given away: the list has frame 0. */
    RESERVE("decrease_reservation", XENMEM_decrease_reservation, 0, T_DATA),
    MEMORY("increase_reservation.other", XENMEM_increase_reservation, T, 0, HANDLE(T, extent_start, T_DATA),
           IN_STRUCT(T, nr_extents, COUNT, 0), IN_STRUCT(T, domid, DOMAIN, T_OTHER)),
    MEMORY("increase_reservation.continued", XENMEM_increase_reservation | 2 << 6, T, 0, HANDLE(T, extent_start,
        T_DATA),
           IN_STRUCT(T, nr_extents, COUNT, 1), IN_STRUCT(T, domid, FIXED, DOMID_SELF)),
    RESERVE("claim_pages", XENMEM_claim_pages, 0, 0),
    MEMORY("exchange", XENMEM_exchange, X, 0, HANDLE(X, in.extent_start, T_DATA), IN_STRUCT(X, in.nr_extents, COUNT, 1),
           IN_STRUCT(X, in.extent_order, ANY, 0), IN_STRUCT(X, in.mem_flags, BITS, 0), IN_STRUCT(X, in.domid, DOMAIN,
               DOMID_SELF),
           HANDLE(X, out.extent_start, T_PFN_LIST), IN_STRUCT(X, out.nr_extents, COUNT, 1),
           IN_STRUCT(X, out.extent_order, ANY, 0), IN_STRUCT(X, out.mem_flags, BITS, 0),
           IN_STRUCT(X, out.domid, DOMAIN, DOMID_SELF), IN_STRUCT(X, nr_exchanged, COUNT, 0),
           IN_STRUCT(X, nr_exchanged, SHOWN, 0)),
    {.name = "memory_op.8", .nr = __HYPERVISOR_memory_op, .size = 8, .field = {
        IN_REGISTER(0, "cmd", FIXED, 8), IN_REGISTER(1, "arg", FIXED, 0) }},
    QUERY(current_reservation), QUERY(maximum_reservation), QUERY(maximum_gpfn),
    MEMORY("machphys_mfn_list", XENMEM_machphys_mfn_list, struct xen_machphys_mfn_list, 0,
           IN_STRUCT(struct xen_machphys_mfn_list, max_extents, COUNT, 1), HANDLE(struct xen_machphys_mfn_list,
               extent_start, T_DATA)),
    MEMORY("machphys_compat_mfn_list", XENMEM_machphys_compat_mfn_list, struct xen_machphys_mfn_list, 0,
           IN_STRUCT(struct xen_machphys_mfn_list, max_extents, COUNT, 1), HANDLE(struct xen_machphys_mfn_list,
               extent_start, T_DATA)),
    MEMORY("machphys_mapping", XENMEM_machphys_mapping, struct xen_machphys_mapping, 0, {}),
    MAP_TO("shared_info", XENMAPSPACE_shared_info), MAP_TO("grant_table", XENMAPSPACE_grant_table),
    MAP_TO("gmfn", XENMAPSPACE_gmfn), MAP_TO("gmfn_range", XENMAPSPACE_gmfn_range),
    MAP_TO("gmfn_foreign", XENMAPSPACE_gmfn_foreign), MAP_TO("dev_mmio", XENMAPSPACE_dev_mmio), MAP_TO("unknown", 6),
    BATCH("shared_info", 0, 0), BATCH("grant_table", 1, 0), BATCH("gmfn", 2, 0), BATCH("gmfn_range", 3, 0),
    BATCH("gmfn_foreign", 4, T_OTHER), BATCH("dev_mmio", 5, 0), BATCH("unknown", 6, 0),
    MEMORY("remove_from_physmap", XENMEM_remove_from_physmap, struct xen_remove_from_physmap, 0,
           IN_STRUCT(struct xen_remove_from_physmap, domid, DOMAIN, DOMID_SELF),
           IN_STRUCT(struct xen_remove_from_physmap, gpfn, FRAME, 0x123456)),
    MEMORY("memory_map", XENMEM_memory_map, struct xen_memory_map, 0, IN_STRUCT(struct xen_memory_map, nr_entries,
        COUNT, 4),
           HANDLE(struct xen_memory_map, buffer, T_DATA)),
    MEMORY("machine_memory_map", XENMEM_machine_memory_map, struct xen_memory_map, 0,
           IN_STRUCT(struct xen_memory_map, nr_entries, COUNT, 32), HANDLE(struct xen_memory_map, buffer, T_DATA)),
    MEMORY("set_memory_map", XENMEM_set_memory_map, struct xen_foreign_memory_map, 0,
           IN_STRUCT(struct xen_foreign_memory_map, domid, DOMAIN, T_OTHER),
           IN_STRUCT(struct xen_foreign_memory_map, map.nr_entries, COUNT, 1),
           HANDLE(struct xen_foreign_memory_map, map.buffer, T_DATA)),
    MEMORY("set_pod_target", XENMEM_set_pod_target, struct xen_pod_target, 0,
           IN_STRUCT(struct xen_pod_target, domid, DOMAIN, T_OTHER), IN_STRUCT(struct xen_pod_target, target_pages,
               COUNT, 0)),
    MEMORY("get_pod_target", XENMEM_get_pod_target, struct xen_pod_target, 0,
           IN_STRUCT(struct xen_pod_target, domid, DOMAIN, T_OTHER)),
    MEMORY("get_sharing_freed_pages", XENMEM_get_sharing_freed_pages, struct xen_memory_domain, 0, {}),
    MEMORY("get_sharing_shared_pages", XENMEM_get_sharing_shared_pages, struct xen_memory_domain, 0, {}),
    MEMORY("paging_op", XENMEM_paging_op, struct xen_mem_paging_op, 0, IN_STRUCT(struct xen_mem_paging_op, op, ANY, 0),
           IN_STRUCT(struct xen_mem_paging_op, domain, DOMAIN, T_OTHER), IN_STRUCT(struct xen_mem_paging_op, gfn, FRAME,
               0)),
    MEMORY("access_op", XENMEM_access_op, struct xen_mem_access_op, 0, IN_STRUCT(struct xen_mem_access_op, op, ANY, 0),
           IN_STRUCT(struct xen_mem_access_op, domid, DOMAIN, T_OTHER), IN_STRUCT(struct xen_mem_access_op, nr, COUNT,
               1)),
    MEMORY("sharing_op", XENMEM_sharing_op, struct xen_mem_sharing_op, 0, IN_STRUCT(struct xen_mem_sharing_op, op, ANY,
        0),
           IN_STRUCT(struct xen_mem_sharing_op, domain, DOMAIN, T_OTHER)),
    MEMORY("get_vnumainfo", XENMEM_get_vnumainfo, V, 0, IN_STRUCT(V, domid, DOMAIN, DOMID_SELF), IN_STRUCT(V, pad,
        RESERVED, 0),
           IN_STRUCT(V, nr_vnodes, COUNT, 1), IN_STRUCT(V, nr_vcpus, COUNT, 2), IN_STRUCT(V, nr_vmemranges, COUNT, 1),
           HANDLE(V, vdistance.h, T_DATA), HANDLE(V, vcpu_to_vnode.h, T_DATA), HANDLE(V, vmemrange.h, T_DATA)),
    MEMORY("reserved_device_memory_map", XENMEM_reserved_device_memory_map, struct xen_reserved_device_memory_map, 0,
           IN_STRUCT(struct xen_reserved_device_memory_map, flags, BITS, 1),
           IN_STRUCT(struct xen_reserved_device_memory_map, nr_entries, COUNT, 0),
           HANDLE(struct xen_reserved_device_memory_map, buffer, T_DATA)),
    RESOURCE("grants", XENMEM_resource_grant_table, 0), RESOURCE("grant status", XENMEM_resource_grant_table, 1),
    RESOURCE("unknown grants", XENMEM_resource_grant_table, 2), RESOURCE("ioreq", XENMEM_resource_ioreq_server, 0),
    RESOURCE("vmtrace", XENMEM_resource_vmtrace_buf, 0), RESOURCE("unknown", 3, 0),
    SIZE("grants", XENMEM_resource_grant_table, 0), SIZE("ioreq", XENMEM_resource_ioreq_server, 0),
    SIZE("vmtrace", XENMEM_resource_vmtrace_buf, 0), SIZE("unknown", 3, 0),
    {0}
};
