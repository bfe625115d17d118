/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls by 32-bit code: a far call to a 32-bit segment (start.S), with structures as such code has them, which are
 * words here at its offsets. Everything of this kernel is below 4 GiB.
 */
#include "pvh/pvh.h"

#define GRANTS_AT ((uint32_t)(uint64_t)grant_page >> 12)

static uint8_t grant_page[4096] __attribute__((aligned(4096))), spare[2][4096] __attribute__((aligned(4096)));
static uint32_t list[8], arg[32], text[256];

#define ADDRESS(x) ((uint32_t)(uint64_t)(x))
#define NARROW(name, a, b, c) (int32_t)pvh_narrow_call(__HYPERVISOR_##name, (uint32_t)(a), (uint32_t)(b), (uint32_t)(c))
#define ARG(...)                                                \
    ({                                                          \
        const uint32_t words_[] = { __VA_ARGS__ };              \
        memset(arg, 0xee, sizeof(arg));                         \
        memcpy(arg, words_, sizeof(words_));                    \
        ADDRESS(arg);                                           \
    })

static void check_facts(void)
{
    int32_t rc = NARROW(xen_version, XENVER_version, 0, 0);

    check(rc == 0x40011, "32-bit code: version %x", rc);
    rc = NARROW(xen_version, XENVER_capabilities, ADDRESS(text), 0);
    check(!rc && strlen((char *)text) > 40, "32-bit code: capabilities %s, error %d", (char *)text, rc);
    rc = NARROW(xen_version, XENVER_changeset, ADDRESS(text), 0);
    check(!rc, "32-bit code: changeset: %d", rc);
    rc = NARROW(xen_version, XENVER_get_features, ARG(0, 0), 0);
    check(!rc && (arg[1] & 0x12305) == 0x12305, "32-bit code: features %#x, error %d", arg[1], rc);
    rc = NARROW(hvm_op, HVMOP_get_param, ARG(DOMID_SELF, HVM_PARAM_STORE_PFN, 0, 0), 0);
    check(!rc && arg[2] && !arg[3], "32-bit code: store frame %#x, error %d", arg[2], rc);
    rc = NARROW(mmu_update, 0, 0, 0);
    check(rc == -38, "32-bit code: mmu_update: %d", rc);
    rc = NARROW(xen_version, XENVER_get_features, 0xf0000000, 0);
    check(rc == -14, "32-bit code: an address without memory: %d", rc);
}

static void check_narrow_memory(void)
{
    uint32_t a = ADDRESS(spare[0]) >> 12, b = ADDRESS(spare[1]) >> 12;
    int32_t pages, rc;

    pages = NARROW(memory_op, XENMEM_current_reservation, ARG(DOMID_SELF), 0);
    check(pages > 0, "32-bit code: reservation %d", pages);
    list[0] = a;
    list[1] = b;
    rc = NARROW(memory_op, XENMEM_decrease_reservation, ARG(ADDRESS(list), 2, 0, 0, DOMID_SELF), 0);
    check(rc == 2, "32-bit code: decrease: %d", rc);
    rc = NARROW(memory_op, XENMEM_current_reservation, ARG(DOMID_SELF), 0);
    check(rc == pages - 2, "32-bit code: reservation %d after decrease", rc);
    rc = NARROW(memory_op, XENMEM_populate_physmap, ARG(ADDRESS(list), 2, 0, 0, DOMID_SELF), 0);
    check(rc == 2, "32-bit code: populate: %d", rc);
    check(!spare[0][0] && !spare[1][4095], "32-bit code: frames that are not cleared");
    spare[0][0] = 7;
    rc = NARROW(memory_op, XENMEM_add_to_physmap, ARG(DOMID_SELF, XENMAPSPACE_grant_table, 0, GRANTS_AT), 0);
    check(!rc, "32-bit code: mapping the grant table: %d", rc);
    rc = NARROW(memory_op, XENMEM_remove_from_physmap, ARG(DOMID_SELF, b), 0);
    check(!rc, "32-bit code: remove: %d", rc);
    list[0] = a;
    list[1] = 0xffffff;
    list[2] = b;
    list[3] = b;
    rc = NARROW(memory_op, XENMEM_add_to_physmap_batch,
                ARG(DOMID_SELF | XENMAPSPACE_gmfn << 16, 2, ADDRESS(list), ADDRESS(list + 2), ADDRESS(list + 4)), 0);
    check(!rc && !list[4] && (int)list[5] < 0, "32-bit code: batch: %d, %d, %d", rc, (int)list[4], (int)list[5]);
    check(spare[1][0] == 7, "32-bit code: a batch did not move the frame");
}

static void check_narrow_grants(void)
{
    int32_t rc;

    list[1] = 0x1234;
    rc = NARROW(grant_table_op, GNTTABOP_setup_table, ARG(DOMID_SELF, 1, 0xffff, ADDRESS(list)), 1);
    check(!rc && !(arg[2] & 0xffff) && list[0] == GRANTS_AT && list[1] == 0x1234,
          "32-bit code: setup_table: %d, status %d, frame %#x", rc, (int16_t)arg[2], list[0]);
    rc = NARROW(grant_table_op, GNTTABOP_query_size, ARG(DOMID_SELF, 0, 0, 0xffff), 1);
    check(!rc && arg[1] && arg[2] >= arg[1], "32-bit code: query_size: %d, %u of %u", rc, arg[1], arg[2]);
    rc = NARROW(grant_table_op, GNTTABOP_copy,
                ARG(ADDRESS(spare[1]) >> 12, DOMID_SELF, ADDRESS(spare[1]) >> 12, DOMID_SELF | 64u << 16, 1, 0xffff,
                    99999, DOMID_SELF, ADDRESS(spare[1]) >> 12, DOMID_SELF, 1 | GNTCOPY_source_gref << 16, 0xffff), 2);
    check(!rc && !(int16_t)arg[5] && (int16_t)arg[11] < 0 && spare[1][64] == 7,
          "32-bit code: copy: %d, status %d, %d, byte %u", rc, (int16_t)arg[5], (int16_t)arg[11], spare[1][64]);
}

static void check_narrow_vcpu(void)
{
    uint64_t before, after;
    int32_t rc = NARROW(vcpu_op, VCPUOP_get_runstate_info, 0, ADDRESS(arg));

    memcpy(&before, arg + 1, sizeof(before));
    check(!rc && !arg[0] && before, "32-bit code: runstate: %d, state %u", rc, arg[0]);
    list[0] = ADDRESS(text);
    list[1] = 0xdeadbeef;
    rc = NARROW(vcpu_op, VCPUOP_register_runstate_memory_area, 0, ADDRESS(list));
    memcpy(&after, text + 1, sizeof(after));
    check(!rc && after >= before, "32-bit code: a run state in memory: %d", rc);
    list[0] = list[1] = 0;
    NARROW(vcpu_op, VCPUOP_register_runstate_memory_area, 0, ADDRESS(list));
    rc = NARROW(sched_op, SCHEDOP_poll, ARG(0, 0, 1, 0), 0);
    check(!rc, "32-bit code: poll: %d", rc);
    rc = NARROW(sched_op, SCHEDOP_yield, 0, 0);
    check(!rc, "32-bit code: yield: %d", rc);
}

static void check_narrow_multicall(void)
{
    int32_t rc = NARROW(multicall, ARG(__HYPERVISOR_xen_version, 1, XENVER_version, 0, 0, 0, 0, 0,
                                       __HYPERVISOR_mmu_update, 1, 0, 0, 0, 0, 0, 0), 2, 0);

    check(!rc && arg[1] == 0x40011 && (int32_t)arg[9] == -38, "32-bit code: multicall: %d, %x, %d", rc, arg[1],
          (int32_t)arg[9]);
}

/* The layout of what is shared follows the code that says where it wants its events. */
static void check_latch(void)
{
    const volatile uint32_t *narrow_clock = (const uint32_t *)&shared + 2304 / 4;
    uint32_t wide = shared.wc_sec;
    int32_t rc = NARROW(hvm_op, HVMOP_set_param, ARG(DOMID_SELF, HVM_PARAM_CALLBACK_IRQ, 0, 0), 0);

    check(!rc && narrow_clock[1] >= wide && !(narrow_clock[0] & 1), "32-bit code: wall clock %u, not %u",
          narrow_clock[1], wide);
    memset((void *)(uint64_t)narrow_clock, 0, 12); /* it lies where 64-bit code has pending bits */
    struct xen_hvm_param back = { .domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ };
    check(!HYPERCALL2(hvm_op, HVMOP_set_param, &back), "callback of 64-bit code");
}

void check_narrow(void)
{
    check_facts();
    check_narrow_memory();
    check_narrow_grants();
    check_narrow_vcpu();
    check_narrow_multicall();
    check_latch();
}
