/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#define GRANT_OP(title, name_, type, done, ...)                                                                      \
    {                                                                                                                \
        .name = "grant_table_op." title, .nr = __HYPERVISOR_grant_table_op, .size = sizeof(struct type),             \
        .after = done, .field = {                                                                                    \
            IN_REGISTER(0, "cmd", FIXED, GNTTABOP_##name_), IN_REGISTER(1, "uop", STRUCT, 0),                        \
            IN_REGISTER(2, "count", COUNT, 1), __VA_ARGS__                                                           \
        }                                                                                                            \
    }
#define M(member, kind, base) IN_STRUCT(struct gnttab_map_grant_ref, member, kind, base)
#define C(member, kind, base) IN_STRUCT(struct gnttab_copy, member, kind, base)
#define MAP(title, flags_, address, kind) \
    GRANT_OP("map_grant_ref." title, map_grant_ref, gnttab_map_grant_ref, after_maps, M(host_addr, kind, address), \
             M(flags, FIXED, flags_), M(ref, GRANT, 8), M(dom, DOMAIN, T_OWN), M(status, SHOWN, 0))
#define COPY(title, flags_, from, sdom, to, ddom) \
    GRANT_OP("copy." title, copy, gnttab_copy, NULL, C(source.u.gmfn, FRAME, from), C(source.domid, DOMAIN, sdom), \
             C(source.offset, COUNT, 0), C(dest.u.gmfn, FRAME, to), C(dest.domid, DOMAIN, ddom), C(dest.offset, COUNT, \
                 0), \
             C(len, COUNT, 8), C(flags, BITS, flags_), C(status, SHOWN, 0))

#define ALL_GRANT_OPS \
    MAP("host", GNTMAP_host_map, T_SPARE, PLACE), MAP("host readonly", GNTMAP_host_map | GNTMAP_readonly, T_SPARE, \
        PLACE), \
    MAP("pte", GNTMAP_host_map | GNTMAP_contains_pte, T_L1E, MACHINE), MAP("device", GNTMAP_device_map, 0, FIXED), \
    MAP("nothing", 0, 0, FIXED), \
    GRANT_OP("map_grant_ref.flags", map_grant_ref, gnttab_map_grant_ref, after_maps, M(host_addr, FIXED, T_SPARE), \
             M(flags, BITS, GNTMAP_host_map), M(ref, GRANT, 9), M(dom, FIXED, T_OWN), M(status, SHOWN, 0)), \
    GRANT_OP("map_grant_ref.other", map_grant_ref, gnttab_map_grant_ref, after_maps, M(host_addr, FIXED, T_SPARE), \
             M(flags, FIXED, GNTMAP_host_map), M(ref, GRANT, 8), M(dom, FIXED, T_OTHER), M(status, SHOWN, 0)), \
    GRANT_OP("unmap_grant_ref", unmap_grant_ref, gnttab_unmap_grant_ref, NULL, \
             IN_STRUCT(struct gnttab_unmap_grant_ref, host_addr, PLACE, T_SPARE), \
             IN_STRUCT(struct gnttab_unmap_grant_ref, dev_bus_addr, FRAME, 0), \
             IN_STRUCT(struct gnttab_unmap_grant_ref, handle, GRANT, 3), \
             IN_STRUCT(struct gnttab_unmap_grant_ref, status, SHOWN, 0)), \
    GRANT_OP("setup_table", setup_table, gnttab_setup_table, NULL, IN_STRUCT(struct gnttab_setup_table, dom, DOMAIN, \
        DOMID_SELF), \
             IN_STRUCT(struct gnttab_setup_table, nr_frames, COUNT, 1), HANDLE(struct gnttab_setup_table, frame_list, \
                 T_DATA), \
             IN_STRUCT(struct gnttab_setup_table, status, SHOWN, 0)), \
    GRANT_OP("dump_table", dump_table, gnttab_dump_table, NULL, IN_STRUCT(struct gnttab_dump_table, dom, DOMAIN, \
        DOMID_SELF), \
             IN_STRUCT(struct gnttab_dump_table, status, SHOWN, 0)), \
    GRANT_OP("transfer", transfer, gnttab_transfer, NULL, IN_STRUCT(struct gnttab_transfer, mfn, FRAME, 0), \
             IN_STRUCT(struct gnttab_transfer, domid, DOMAIN, T_OWN), IN_STRUCT(struct gnttab_transfer, ref, GRANT, \
                 11), \
             IN_STRUCT(struct gnttab_transfer, status, SHOWN, 0)), \
    COPY("frames", 0, T_FRAME, DOMID_SELF, T_FRAME, DOMID_SELF), \
    COPY("from grant", GNTCOPY_source_gref, 8, T_OWN, T_FRAME, DOMID_SELF), \
    COPY("to grant", GNTCOPY_dest_gref, T_FRAME, DOMID_SELF, 8, T_OWN), \
    COPY("to readonly grant", GNTCOPY_dest_gref, T_FRAME, DOMID_SELF, 9, T_OWN), \
    COPY("grants", GNTCOPY_dest_gref | GNTCOPY_source_gref, 9, T_OWN, 8, T_OWN), \
    GRANT_OP("copy.grant reference", copy, gnttab_copy, NULL, C(source.u.ref, GRANT, 8), C(source.domid, FIXED, \
        T_OWN), \
             C(dest.u.gmfn, FIXED, T_FRAME), C(dest.domid, FIXED, DOMID_SELF), C(len, FIXED, 8), \
             C(flags, FIXED, GNTCOPY_source_gref), C(status, SHOWN, 0)), \
    GRANT_OP("query_size", query_size, gnttab_query_size, NULL, IN_STRUCT(struct gnttab_query_size, dom, DOMAIN, \
        DOMID_SELF), \
             IN_STRUCT(struct gnttab_query_size, status, SHOWN, 0)), \
    GRANT_OP("unmap_and_replace", unmap_and_replace, gnttab_unmap_and_replace, NULL, \
             IN_STRUCT(struct gnttab_unmap_and_replace, host_addr, PLACE, T_SPARE), \
             IN_STRUCT(struct gnttab_unmap_and_replace, new_addr, PLACE, T_SPARE), \
             IN_STRUCT(struct gnttab_unmap_and_replace, handle, GRANT, 3), \
             IN_STRUCT(struct gnttab_unmap_and_replace, status, SHOWN, 0)), \
    GRANT_OP("get_status_frames", get_status_frames, gnttab_get_status_frames, NULL, \
             IN_STRUCT(struct gnttab_get_status_frames, dom, DOMAIN, DOMID_SELF), \
             IN_STRUCT(struct gnttab_get_status_frames, nr_frames, COUNT, 1), \
             HANDLE(struct gnttab_get_status_frames, frame_list, T_DATA), \
             IN_STRUCT(struct gnttab_get_status_frames, status, SHOWN, 0)), \
    GRANT_OP("get_version", get_version, gnttab_get_version, NULL, IN_STRUCT(struct gnttab_get_version, dom, DOMAIN, \
        DOMID_SELF), \
             IN_STRUCT(struct gnttab_get_version, pad, RESERVED, 0), IN_STRUCT(struct gnttab_get_version, version, \
                 SHOWN, 0)), \
    GRANT_OP("swap_grant_ref", swap_grant_ref, gnttab_swap_grant_ref, NULL, \
             IN_STRUCT(struct gnttab_swap_grant_ref, ref_a, GRANT, 20), IN_STRUCT(struct gnttab_swap_grant_ref, ref_b, \
                 GRANT, 21), \
             IN_STRUCT(struct gnttab_swap_grant_ref, status, SHOWN, 0)), \
    GRANT_OP("cache_flush", cache_flush, gnttab_cache_flush, NULL, \
             IN_STRUCT(struct gnttab_cache_flush, a.dev_bus_addr, MACHINE, T_MACHINE), \
             IN_STRUCT(struct gnttab_cache_flush, offset, COUNT, 0), IN_STRUCT(struct gnttab_cache_flush, length, \
                 COUNT, 8), \
             IN_STRUCT(struct gnttab_cache_flush, op, BITS, GNTTAB_CACHE_CLEAN)), \
    GRANT_OP("cache_flush.grant", cache_flush, gnttab_cache_flush, NULL, \
             IN_STRUCT(struct gnttab_cache_flush, a.ref, GRANT, 8), IN_STRUCT(struct gnttab_cache_flush, length, \
                 FIXED, 8), \
             IN_STRUCT(struct gnttab_cache_flush, op, FIXED, GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_SOURCE_GREF))
#define SET_VERSION(title, to, kind) \
    GRANT_OP(title, set_version, gnttab_set_version, NULL, IN_STRUCT(struct gnttab_set_version, version, kind, to), \
             IN_STRUCT(struct gnttab_set_version, version, SHOWN, to))

const struct op grant_ops[] = {
    {.name = "grant_table_op", .nr = __HYPERVISOR_grant_table_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, GNTTABOP_query_size), IN_REGISTER(1, "uop", STRUCT, 0), IN_REGISTER(2, "count",
            COUNT, 0) }},
    {.name = "grant_table_op.unknown", .nr = __HYPERVISOR_grant_table_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", FIXED, 13), IN_REGISTER(1, "uop", STRUCT, 0), IN_REGISTER(2, "count", COUNT, 1) }},
    ALL_GRANT_OPS,
    SET_VERSION("set_version.same", 1, FIXED),
    SET_VERSION("set_version.none", 0, VERSION),
    SET_VERSION("set_version.3", 3, FIXED),
    SET_VERSION("set_version.2", 2, FIXED),
    ALL_GRANT_OPS,
    {.name = "grant_table_op.set_version.mapped", .nr = __HYPERVISOR_grant_table_op,
        .size = sizeof(struct gnttab_set_version), .before = before_status, .after = after_status, .field = {
        IN_REGISTER(0, "cmd", FIXED, GNTTABOP_set_version), IN_REGISTER(1, "uop", COPIED, 0),
        IN_STRUCT(struct gnttab_set_version, version, FIXED, 1) }},
    SET_VERSION("set_version.back", 1, FIXED),
    {0}
};
