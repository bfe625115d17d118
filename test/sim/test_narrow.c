/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls of a container's 32-bit code: the layouts of its structures are written here as words, at the offsets that
 * such code has, and the handlers are the product's own.
 */
#include "sim_test.h"

#include "core/domain/domain.h"
#include "guest.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/time.h"
#include "hvm/p2m.h"

enum { LIST = 0x1000, ERRS = 0x2000, ARG = 0x100, GFN = 0x300 };

static struct domain *d, *peer;
static char mem[65536] __attribute__((aligned(4096)));

/* The table of calls names its handlers weakly: these are linked. */
static hypercall_fn const linked[] __attribute__((used)) = {
    hypercall_memory_op, hypercall_grant_table_op, hypercall_multicall, hypercall_vcpu_op, hypercall_xen_version,
    hypercall_event_channel_op, hypercall_sched_op,
};

static void start(void)
{
    const struct domain_config config = { .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap, .max_vcpus = 2,
                                          .max_evtchn_port = 4000, .max_grant_frames = 4, .max_maptrack_frames = 4 };

    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    memset(mem, 0, sizeof(mem));
    sim_narrow_memory(mem, sizeof(mem));
    peer = sim_domain(1, 1);
    assert_int_equal(domain_create(3, &config, &d), 0);
    d->max_pages = 64;
    for (unsigned int i = 0; i < 2; i++)
        vcpu_set_initialised(vcpu_create(d, i), true);
    vcpu_up(d->vcpu[0]);
    d->controller_pauses = 0;
    domain_unpause(d);
    while (hvm_pool_set(d, 64 * PAGE_SIZE) == -ERESTART)
        ;
    sim_settle();
}

static uint32_t word(uint32_t at)
{
    uint32_t w;

    memcpy(&w, mem + at, sizeof(w));
    return w;
}
static void put(uint32_t at, uint32_t w) { memcpy(mem + at, &w, sizeof(w)); }
#define PUT(at, ...)                                                       \
    ({                                                                     \
        const uint32_t put_[] = { __VA_ARGS__ };                           \
        memcpy(mem + (at), put_, sizeof(put_));                            \
    })

static struct hypercall last;
static long call(uint64_t nr, uint32_t a, uint32_t b, uint32_t c)
{
    struct vcpu *before = sim_this->current;
    long rc;

    last = (struct hypercall){ .nr = nr, .arg = { a, b, c } };
    sim_this->current = d->vcpu[0];
    do
        rc = arch_hypercall_narrow(&last);
    while (rc == -ERESTART);
    sim_this->current = before;
    return rc;
}

static void populate(uint32_t gfn, uint32_t nr)
{
    for (uint32_t i = 0; i < nr; i++)
        put(LIST + 4 * i, gfn + i);
    PUT(ARG, LIST, nr, 0, 0, DOMID_SELF);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_populate_physmap, ARG, 0), nr);
}

static bool there(uint64_t g)
{
    enum p2m_type kind;

    return !mfn_eq(hvm_p2m_lookup(d, gfn(g), &kind), MFN_NONE);
}

static void test_reservation(void **state)
{
    start();
    populate(GFN, 5);
    for (uint32_t i = 0; i < 5; i++)
        assert_true(there(GFN + i));
    assert_false(there(GFN + 5));
    put(LIST, GFN + 3);
    put(LIST + 4, GFN + 1);
    PUT(ARG, LIST, 2, 0, 0, DOMID_SELF);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, ARG, 0), 2);
    assert_false(there(GFN + 1) || there(GFN + 3));
    put(ARG, DOMID_SELF);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_current_reservation, ARG, 0), 3);
    PUT(ARG, DOMID_SELF, GFN + 2);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, ARG, 0), 0);
    assert_false(there(GFN + 2));
}

/* A long call gives way between its extents; the guest's registers have its own pointer, and its progress. */
static void test_continued(void **state)
{
    struct vcpu *v;

    start();
    v = d->vcpu[0];
    for (uint32_t i = 0; i < 3; i++)
        put(LIST + 4 * i, GFN + i);
    PUT(ARG, LIST, 3, 0, 0, DOMID_SELF);
    v->info->evtchn_upcall_pending = 1;
    v->info->evtchn_upcall_mask = 0;
    sim_this->current = v;
    last = (struct hypercall){ .nr = __HYPERVISOR_memory_op, .arg = { XENMEM_populate_physmap, ARG } };
    assert_int_equal(arch_hypercall_narrow(&last), -ERESTART);
    assert_int_equal(last.arg[1], ARG);
    assert_int_equal(last.arg[0], XENMEM_populate_physmap | 1 << 6);
    assert_int_equal(arch_hypercall_narrow(&last), -ERESTART);
    v->info->evtchn_upcall_pending = 0;
    assert_int_equal(arch_hypercall_narrow(&last), 3);
    assert_true(there(GFN) && there(GFN + 1) && there(GFN + 2));
}

static void test_physmap(void **state)
{
    start();
    populate(GFN, 2);
    PUT(ARG, DOMID_SELF, XENMAPSPACE_shared_info, 0, GFN + 8);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, ARG, 0), 0);
    assert_int_equal(m2p_get(virt_to_mfn(d->shared_info)), GFN + 8);
    /* A batch: three lists, two of longs; the second frame is none. */
    PUT(LIST, GFN, 0x7fffff);
    PUT(LIST + 0x100, GFN + 16, GFN + 17);
    PUT(ERRS, 77, 77, 77);
    PUT(ARG, DOMID_SELF | XENMAPSPACE_gmfn << 16, 2, LIST, LIST + 0x100, ERRS);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, ARG, 0), 0);
    assert_int_equal(word(ERRS), 0);
    assert_int_equal((int)word(ERRS + 4), -EINVAL);
    assert_int_equal(word(ERRS + 8), 77);
    assert_true(there(GFN + 16) && !there(GFN));
}

static void test_grants(void **state)
{
    const uint64_t frame_of_table = GFN + 9;

    start();
    populate(GFN, 2);
    PUT(ARG, DOMID_SELF, XENMAPSPACE_grant_table, 0, frame_of_table);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, ARG, 0), 0);
    PUT(LIST, 0x1234, 0x5678);
    PUT(ARG, DOMID_SELF, 1, 0xffff, LIST);
    assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, ARG, 1), 0);
    assert_int_equal((int16_t)word(ARG + 8), GNTST_okay);
    assert_int_equal(word(ARG + 12), LIST);
    assert_int_equal(word(LIST), frame_of_table);
    assert_int_equal(word(LIST + 4), 0x5678); /* what lies behind the list stays */

    /* Two copies of 24 bytes: the first between the guest's own frames, the second from a grant that is none. */
    enum p2m_type kind;
    char *from = mfn_to_virt(hvm_p2m_lookup(d, gfn(GFN), &kind));
    char *to = mfn_to_virt(hvm_p2m_lookup(d, gfn(GFN + 1), &kind));
    memcpy(from + 8, "0123456789", 10);
    PUT(ARG, GFN, DOMID_SELF | 8 << 16, GFN + 1, DOMID_SELF | 100 << 16, 10, 0xffff);
    PUT(ARG + 24, 9999, peer->id, GFN + 1, DOMID_SELF, 10 | GNTCOPY_source_gref << 16, 0xffff);
    assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_copy, ARG, 2), 0);
    assert_int_equal((int16_t)word(ARG + 20), GNTST_okay);
    assert_int_equal((int16_t)word(ARG + 44), GNTST_bad_gntref);
    assert_memory_equal(to + 100, "0123456789", 10);
    assert_int_equal(word(ARG + 4), DOMID_SELF | 8 << 16);

    PUT(ARG, DOMID_SELF, 0, 0, 0);
    assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, ARG, 1), 0);
    assert_int_equal(word(ARG + 8), 4);
    PUT(ARG, DOMID_SELF, 0);
    assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_get_version, ARG, 1), 0);
    assert_int_equal(word(ARG + 4), 1);
    PUT(ARG, 2);
    assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, ARG, 1), 0);
    PUT(ARG, 9, 10, 0xffff);
    assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_swap_grant_ref, ARG, 1), 0);
    assert_int_equal((int16_t)word(ARG + 8), GNTST_okay);
}

static void test_multicall(void **state)
{
    start();
    put(LIST, GFN);
    PUT(ARG, LIST, 1, 0, 0, DOMID_SELF);
    put(ARG + 0x40, DOMID_SELF);
    memset(mem + ERRS, 0xee, 32 * 4);
    PUT(ERRS, __HYPERVISOR_memory_op, 99, XENMEM_populate_physmap, ARG);
    PUT(ERRS + 32, __HYPERVISOR_memory_op, 99, XENMEM_current_reservation, ARG + 0x40);
    PUT(ERRS + 64, __HYPERVISOR_multicall, 99, ARG, 1);
    PUT(ERRS + 96, __HYPERVISOR_domctl, 99);
    assert_int_equal(call(__HYPERVISOR_multicall, ERRS, 4, 0), 0);
    assert_int_equal(word(ERRS + 4), 1);
    assert_int_equal(word(ERRS + 32 + 4), 1);
    assert_int_equal((int)word(ERRS + 64 + 4), -EINVAL);
    assert_int_equal((int)word(ERRS + 96 + 4), -ENOSYS);
    assert_int_equal(word(ERRS + 28), 0xeeeeeeee); /* arguments stay */
}

static void test_vcpu(void **state)
{
    struct vcpu *v;
    uint64_t time;

    start();
    v = d->vcpu[0];
    memset(mem + LIST, 0xee, 64);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, LIST), 0);
    assert_int_equal(word(LIST), RUNSTATE_running);
    assert_int_equal(word(LIST + 44), 0xeeeeeeee);
    memcpy(&time, mem + LIST + 4, sizeof(time));
    assert_int_equal(time, v->runstate_info.state_entry_time);
    PUT(ARG, ERRS, 0xdeadbeef); /* only half of it is a pointer */
    memset(mem + ERRS, 0xee, 64);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, ARG), 0);
    assert_int_equal(v->runstate_area, ERRS);
    memcpy(&time, mem + ERRS + 12 + 8 * RUNSTATE_runnable, sizeof(time));
    assert_int_equal(time, v->runstate_info.time[RUNSTATE_runnable]);
    assert_int_equal(word(ERRS + 44), 0xeeeeeeee);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 0, 0), 1);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 7, LIST), -ENOENT);
    PUT(ARG, 0xffffffff, 0x7fffffff, 0);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, ARG), 0);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0), 0);

    /* By frame address: the same layout, and 4-byte alignment is enough. */
    enum p2m_type kind;
    populate(GFN, 1);
    PUT(ARG, (GFN << 12) + 20, 0);
    assert_int_equal(call(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_phys_area, 0, ARG), 0);
    char *at = (char *)mfn_to_virt(hvm_p2m_lookup(d, gfn(GFN), &kind)) + 20;
    memset(at, 0xee, 64);
    vcpu_update_runstate_area(v);
    memcpy(&time, at + 4, sizeof(time));
    assert_int_equal(time, v->runstate_info.state_entry_time);
    assert_int_equal((uint8_t)at[44], 0xee);
}

static void test_others(void **state)
{
    start();
    assert_int_equal(call(__HYPERVISOR_xen_version, XENVER_version, 0, 0), 0x40011);
    assert_int_equal(call(__HYPERVISOR_xen_version, XENVER_capabilities, LIST, 0), 0);
    assert_int_equal(call(__HYPERVISOR_xen_version, XENVER_changeset, LIST, 0), 0);
    PUT(ARG, DOMID_SELF | peer->id << 16, 0);
    assert_int_equal(call(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, ARG, 0), 0);
    assert_int_equal(word(ARG + 4), 1);
    put(LIST, 1);
    PUT(ARG, LIST, 1, 1, 0); /* polls the port, until a time that has passed */
    assert_int_equal(call(__HYPERVISOR_sched_op, SCHEDOP_poll, ARG, 0), 0);
    put(ARG + 4, 100000);
    assert_int_equal(call(__HYPERVISOR_sched_op, SCHEDOP_poll, ARG, 0), -EINVAL);
    /* Nothing wraps at 4 GiB, and no address leads to what is under way. */
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, 0xfffffff8, 0), -EFAULT);
    assert_int_equal(call(__HYPERVISOR_sched_op, SCHEDOP_poll, 0xfffffff4, 0), -EFAULT);
    static const uint64_t none[] = { __HYPERVISOR_domctl, __HYPERVISOR_sysctl, __HYPERVISOR_platform_op, 62, ~0ull };
    for (size_t i = 0; i < ARRAY_SIZE(none); i++)
        assert_int_equal(call(none[i], 0, ARG, 0), -ENOSYS);
    assert_int_equal(call(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, ARG, 0), -ENOSYS);
    assert_false(arch_caller_is_narrow());
}

/* The bits of ports, the selector and the wall clock are where 32-bit code looks for them, and there are 1024 ports. */
static void test_shared_info(void **state)
{
    start();
    struct vcpu *v = d->vcpu[0];
    char *s = (char *)d->shared_info, *info = (char *)v->info;
    uint32_t port = 0, w;

    wallclock_set(7ull << 32 | 123000000000ull);
    domain_set_narrow(d, true);
    memcpy(&w, s + 2304, 4);
    assert_true(w && !(w & 1));
    memcpy(&w, s + 2308, 4);
    assert_int_equal(w, (7ull << 32 | 123000000000ull) / 1000000000);
    for (unsigned int i = 0; i < 70; i++) {
        PUT(ARG, DOMID_SELF | peer->id << 16, 0);
        assert_int_equal(call(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, ARG, 0), 0);
        port = word(ARG + 4);
    }
    assert_int_equal(port, 70);
    assert_int_equal(evtchn_bind_interdomain(peer, d, port), 1);
    memset(s + 2048, 0, 256);
    memset(info, 0, 8);
    assert_int_equal(evtchn_send(peer, 1), 0);
    memcpy(&w, s + 2048 + 8, 4);
    assert_int_equal(w, 1u << 6);
    memcpy(&w, info + 4, 4);
    assert_int_equal(w, 1u << 2);
    assert_int_equal(info[0], 1);
    /* Masked, in 32-bit code's place for it: no selector. */
    memset(s + 2048, 0, 128);
    memset(info, 0, 8);
    w = 1u << 6;
    memcpy(s + 2176 + 8, &w, 4);
    assert_int_equal(evtchn_send(peer, 1), 0);
    assert_int_equal(info[0], 0);
    put(ARG, port);
    assert_int_equal(call(__HYPERVISOR_event_channel_op, EVTCHNOP_unmask, ARG, 0), 0);
    assert_int_equal(info[0], 1);
    long rc = 0;
    while (!rc) {
        PUT(ARG, DOMID_SELF | peer->id << 16, 0);
        rc = call(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, ARG, 0);
        port = rc ? port : word(ARG + 4);
    }
    assert_int_equal(rc, -ENOSPC);
    assert_int_equal(port, 1023);
}

SIM_TESTS(cmocka_unit_test(test_reservation), cmocka_unit_test(test_continued), cmocka_unit_test(test_physmap),
          cmocka_unit_test(test_grants), cmocka_unit_test(test_multicall), cmocka_unit_test(test_vcpu),
          cmocka_unit_test(test_others), cmocka_unit_test(test_shared_info))
