/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#define U struct mmu_update
#define UPDATE(title, place, ptr_kind, value, fd)                                                                    \
    {                                                                                                                \
        .name = "mmu_update." title, .nr = __HYPERVISOR_mmu_update, .size = sizeof(U), .after = after_tables, \
            .field = { \
            IN_REGISTER(0, "ureqs", STRUCT, 0), IN_REGISTER(1, "count", COUNT, 1), IN_REGISTER(2, "pdone", DATA, \
                T_DATA), \
            IN_REGISTER(3, "foreigndom", DOMAIN, fd), IN_STRUCT(U, ptr, ptr_kind, place), IN_STRUCT(U, val, ENTRY, \
                value) \
        }                                                                                                            \
    }
#define E struct mmuext_op
#define EXT(title, cmd_, a, akind, b, bkind)                                                                         \
    {                                                                                                                \
        .name = "mmuext_op." title, .nr = __HYPERVISOR_mmuext_op, .size = sizeof(E), .after = after_tables, .field = { \
            IN_REGISTER(0, "op", STRUCT, 0), IN_REGISTER(1, "count", COUNT, 1), IN_REGISTER(2, "pdone", DATA, T_DATA), \
            IN_REGISTER(3, "foreigndom", DOMAIN, DOMID_SELF), IN_STRUCT(E, cmd, FIXED, cmd_),                        \
            IN_STRUCT(E, arg1.mfn, akind, a), IN_STRUCT(E, arg2.src_mfn, bkind, b)                                   \
        }                                                                                                            \
    }
#define REGISTERS(title, nr_, done, ...) { .name = title, .nr = __HYPERVISOR_##nr_, .size = 8, .after = done, \
    .field = { __VA_ARGS__ } }
#define R IN_REGISTER

const struct op mmu_ops[] = {
    UPDATE("l1", T_L1E, MACHINE, 0, DOMID_SELF), UPDATE("l2", T_L2E, MACHINE, 0, DOMID_SELF),
    UPDATE("l3", T_L3E, MACHINE, 0, DOMID_SELF), UPDATE("l4", T_L4E, MACHINE, 0, DOMID_SELF),
    UPDATE("l1 foreign", T_L1E, FIXED, 0, T_OTHER), UPDATE("l1 io", T_L1E, FIXED, 0, DOMID_IO),
    UPDATE("l1 xen", T_L1E, FIXED, 0, DOMID_XEN),
    {.name = "mmu_update.high foreigndom", .nr = __HYPERVISOR_mmu_update, .size = sizeof(U), .after = after_tables,
        .field = {
        IN_REGISTER(0, "ureqs", COPIED, 0), IN_REGISTER(1, "count", FIXED, 1),
        IN_REGISTER(3, "foreigndom", VERSION, (DOMID_SELF + 1ul) << 16 | DOMID_SELF),
        IN_STRUCT(U, ptr, FIXED, T_L1E) }},
    {.name = "mmu_update.machphys", .nr = __HYPERVISOR_mmu_update, .size = sizeof(U), .after = after_tables, .field = {
        IN_REGISTER(0, "ureqs", COPIED, 0), IN_REGISTER(1, "count", FIXED, 1), IN_REGISTER(3, "foreigndom", DOMAIN,
            DOMID_SELF),
        IN_STRUCT(U, ptr, FIXED, 0x7ffffff001), IN_STRUCT(U, val, FIXED, T_PFN) }},
    {.name = "mmu_update.machphys of low memory", .nr = __HYPERVISOR_mmu_update, .size = sizeof(U),
        .after = after_tables, .field = {
        IN_REGISTER(0, "ureqs", COPIED, 0), IN_REGISTER(1, "count", FIXED, 1), IN_REGISTER(3, "foreigndom", DOMAIN,
            DOMID_SELF),
        IN_STRUCT(U, ptr, FIXED, 0xf0001), IN_STRUCT(U, val, FIXED, T_PFN) }},
    EXT("pin_l1", MMUEXT_PIN_L1_TABLE, T_FRAME, FRAME, 0, FIXED), EXT("pin_l2", MMUEXT_PIN_L2_TABLE, T_FRAME, FRAME, 0,
        FIXED),
    EXT("pin_l3", MMUEXT_PIN_L3_TABLE, T_FRAME, FRAME, 0, FIXED), EXT("pin_l4", MMUEXT_PIN_L4_TABLE, T_FRAME, FRAME, 0,
        FIXED),
    EXT("unpin", MMUEXT_UNPIN_TABLE, T_FRAME, FRAME, 0, FIXED),
    EXT("new_baseptr", MMUEXT_NEW_BASEPTR, T_TABLE, FRAME, 0, FIXED),
    EXT("new_user_baseptr", MMUEXT_NEW_USER_BASEPTR, 0, FRAME, 0, FIXED),
    EXT("tlb_flush_local", MMUEXT_TLB_FLUSH_LOCAL, 0, FIXED, 0, FIXED), EXT("invlpg_local", MMUEXT_INVLPG_LOCAL,
        T_SPARE, ADDRESS, 0, FIXED),
    EXT("tlb_flush_multi", MMUEXT_TLB_FLUSH_MULTI, 0, FIXED, T_DATA, DATA),
    EXT("invlpg_multi", MMUEXT_INVLPG_MULTI, T_SPARE, ADDRESS, T_DATA, DATA),
    EXT("tlb_flush_all", MMUEXT_TLB_FLUSH_ALL, 0, FIXED, 0, FIXED), EXT("invlpg_all", MMUEXT_INVLPG_ALL, T_SPARE,
        ADDRESS, 0, FIXED),
    EXT("flush_cache", MMUEXT_FLUSH_CACHE, 0, FIXED, 0, FIXED), EXT("flush_cache_global", MMUEXT_FLUSH_CACHE_GLOBAL, 0,
        FIXED, 0, FIXED),
    EXT("set_ldt", MMUEXT_SET_LDT, T_DATA, ADDRESS, 1, COUNT), EXT("set_ldt none", MMUEXT_SET_LDT, 0, ADDRESS, 0,
        FIXED),
    EXT("clear_page", MMUEXT_CLEAR_PAGE, T_FRAME, FRAME, 0, FIXED), EXT("copy_page", MMUEXT_COPY_PAGE, T_FRAME, FRAME,
        T_FRAME, FRAME),
    EXT("mark_super", MMUEXT_MARK_SUPER, 0x200, FRAME, 0, FIXED), EXT("unmark_super", MMUEXT_UNMARK_SUPER, 0x200, FRAME,
        0, FIXED),
    EXT("14", 14, 0, FIXED, 0, FIXED), EXT("21", 21, 0, FIXED, 0, FIXED), EXT("ones", ~0u, 0, FIXED, 0, FIXED),
    REGISTERS("update_va_mapping", update_va_mapping, after_tables, R(0, "va", PLACE, T_SPARE), R(1, "val", ENTRY, 0),
        R(2, "flags", BITS, 0)),
    REGISTERS("update_va_mapping_otherdomain", update_va_mapping_otherdomain, after_tables, R(0, "va", PLACE, T_SPARE),
              R(1, "val", ENTRY, 0), R(2, "flags", FIXED, 0), R(3, "domid", DOMAIN, DOMID_SELF)),
    REGISTERS("update_va_mapping_otherdomain.other", update_va_mapping_otherdomain, after_tables, R(0, "va", FIXED,
        T_SPARE),
              R(1, "val", ENTRY, 0), R(2, "flags", FIXED, 0), R(3, "domid", FIXED, T_OTHER)),
    REGISTERS("update_va_mapping_otherdomain.xen", update_va_mapping_otherdomain, after_tables, R(0, "va", FIXED,
        T_SPARE),
              R(1, "val", ENTRY, 0), R(2, "flags", FIXED, 0), R(3, "domid", FIXED, DOMID_XEN)),
    {0}
};
