/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a toolstack's calls do; and random lives of domains against a model: what exists, what is paused, how much
 * memory there is.
 */
#include "toolstack_world.h"

#include "hv/claim.h"
#include "hv/heap.h"

/* Builders clear shared_info; what stands there when the domain starts is right all the same. */
static void wallclock_at_start(void **state)
{
    start();
    struct xen_domctl op = { .u.createdomain = good };
    assert_int_equal(domctl(XEN_DOMCTL_createdomain, 9, &op), 0);
    struct domain *d = domain_get_by_id(9);
    wallclock_set(1700000000 * NS_PER_SEC);
    memset(d->shared_info, 0, PAGE_SIZE);
    struct xen_domctl nothing = { 0 };
    assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, 9, &nothing), 0);
    assert_int_equal(d->shared_info->wc_sec, 1700000000);
    domain_put(d);
}

#define CANARY 0xa5

/* The map's length is the caller's: not a byte more is written, and none of it is left out. */
static void bitmaps(void **state)
{
    start();
    for (uint32_t bits = 0; bits <= 40; bits++) {
        struct xen_domctl op = { .u.vcpuaffinity = { .flags = XEN_VCPUAFFINITY_HARD } };
        op.u.vcpuaffinity.cpumap_hard.nr_bits = bits;
        op.u.vcpuaffinity.cpumap_hard.bitmap.p = (uint8_t *)AREA;
        memset(AREA, CANARY, 64);
        assert_int_equal(domctl(XEN_DOMCTL_getvcpuaffinity, 1, &op), 0);
        uint32_t bytes = (bits + 7) / 8;
        for (uint32_t i = 0; i < bits; i++)
            assert_int_equal(AREA[i / 8] >> i % 8 & 1, i < 4); /* four CPUs */
        for (uint32_t i = bits; i < bytes * 8; i++)
            assert_int_equal(AREA[i / 8] >> i % 8 & 1, 0);
        assert_int_equal((uint8_t)AREA[bytes], CANARY);
    }
}

static void affinity(void **state)
{
    start();
    struct xen_domctl op = { .u.vcpuaffinity = { .flags = XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT } };
    op.u.vcpuaffinity.cpumap_hard.nr_bits = op.u.vcpuaffinity.cpumap_soft.nr_bits = 8;
    op.u.vcpuaffinity.cpumap_hard.bitmap.p = (uint8_t *)AREA;
    op.u.vcpuaffinity.cpumap_soft.bitmap.p = (uint8_t *)AREA + 1;
    AREA[0] = 0x06;
    AREA[1] = (char)0xfc;
    assert_int_equal(domctl(XEN_DOMCTL_setvcpuaffinity, 1, &op), 0);
    assert_int_equal(AREA[0], 0x06);
    assert_int_equal(AREA[1], 0x04); /* in effect: within the hard mask */
    assert_int_equal(domctl(XEN_DOMCTL_getvcpuaffinity, 1, &op), 0);
    assert_int_equal(AREA[1], 0x0c); /* as set, of the CPUs that exist */
    AREA[0] = 0;
    assert_int_equal(domctl(XEN_DOMCTL_setvcpuaffinity, 1, &op), -EINVAL);
    assert_int_equal(domu->vcpu[0]->hard_affinity.bits[0], 0x06);
}

static void scheduler(void **state)
{
    start();
    struct xen_domctl op = {
        .u.scheduler_op = { .sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_DOMCTL_SCHEDOP_putinfo },
    };
    op.u.scheduler_op.u.credit2.weight = 512;
    op.u.scheduler_op.u.credit2.cap = 50;
    assert_int_equal(domctl(XEN_DOMCTL_scheduler_op, 1, &op), 0);
    op.u.scheduler_op.u.credit2.weight = 0; /* as it is */
    assert_int_equal(domctl(XEN_DOMCTL_scheduler_op, 1, &op), 0);
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
    assert_int_equal(domctl(XEN_DOMCTL_scheduler_op, 1, &op), 0);
    assert_int_equal(op.u.scheduler_op.u.credit2.weight, 512);
    assert_int_equal(op.u.scheduler_op.u.credit2.cap, 50);
}

/* A life as xl leads it, and where the memory is afterwards. */
static void one_life(void **state)
{
    start();
    struct xen_domctl op = { .u.createdomain = good };
    memset(op.u.createdomain.handle, 0x5a, 16);
    assert_int_equal(domctl(XEN_DOMCTL_createdomain, 0, &op), 0);
    domid_t id = op.domain;
    assert_true(id > 1);

    assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, id, &op), 0);
    assert_int_equal(op.u.getdomaininfo.flags & XEN_DOMINF_paused, XEN_DOMINF_paused);
    assert_int_equal(op.u.getdomaininfo.max_vcpu_id, XEN_INVALID_MAX_VCPU_ID);
    assert_int_equal(op.u.getdomaininfo.handle[7], 0x5a);
    op.u.getvcpuinfo.vcpu = 0;
    assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, id, &op), -ESRCH);
    op.u.max_vcpus.max = 2;
    assert_int_equal(domctl(XEN_DOMCTL_max_vcpus, id, &op), 0);
    assert_int_equal(domctl(XEN_DOMCTL_max_vcpus, id, &op), 0); /* again changes nothing */
    op.u.max_mem.max_memkb = 400;
    assert_int_equal(domctl(XEN_DOMCTL_max_mem, id, &op), 0);
    struct domain *d = domain_get_by_id(id);
    for (int i = 0; i < 100; i++)
        assert_false(mfn_eq(domain_alloc_frames(d, 0, 0), MFN_NONE));
    assert_true(mfn_eq(domain_alloc_frames(d, 0, 0), MFN_NONE));

    assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, id, &op), 0);
    assert_int_equal(d->life, DOMAIN_ALIVE);
    assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, id, &op), 0);
    assert_int_equal(op.u.getdomaininfo.tot_pages, 100);
    assert_int_equal(op.u.getdomaininfo.max_vcpu_id, 1);
    assert_int_equal(op.u.getdomaininfo.nr_online_vcpus, 0);
    domain_shutdown(d, SHUTDOWN_suspend);
    assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, id, &op), 0);
    assert_int_equal(op.u.getdomaininfo.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask, SHUTDOWN_suspend);
    assert_int_equal(domctl(XEN_DOMCTL_resumedomain, id, &op), 0);
    assert_false(d->is_shut_down);

    assert_int_equal(domctl(XEN_DOMCTL_destroydomain, id, &op), 0);
    assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, id, &op), 0); /* ours is the last reference */
    assert_int_equal(op.u.getdomaininfo.flags & XEN_DOMINF_dying, XEN_DOMINF_dying);
    domain_put(d);
    sim_settle();
    assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, id, &op), -ESRCH);
}

/* What one domain claims another does not get; taking frames uses a claim up, the end of the domain gives it back. */
static void claims(void **state)
{
    start();
    struct xen_memory_reservation op = { .domid = 1, .nr_extents = 0 };
    uint64_t free = heap_free_frames();
    struct domain *other = sim_domain(2, 1);
    static const struct { const char *name; struct xen_memory_reservation op; long rc; } t[] = {
        { "nobody", { .domid = 77, .nr_extents = 1 }, -EINVAL },
        { "order", { .domid = 1, .nr_extents = 1, .extent_order = 1 }, -EINVAL },
        { "flags", { .domid = 1, .nr_extents = 1, .mem_flags = 1 }, -EINVAL },
        { "list", { .domid = 1, .nr_extents = 1, .extent_start = { (void *)8 } }, -EINVAL },
        { "beyond max_pages", { .domid = 1, .nr_extents = (1 << 20) + 1 }, -EINVAL },
        { "more than there is", { .domid = 1, .nr_extents = 1 << 20 }, -ENOMEM },
        { "none to give up", { .domid = 1, .nr_extents = 0 }, 0 },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        op = t[i].op;
        if (guest_op(caller, hypercall_memory_op, XENMEM_claim_pages, &op) != t[i].rc)
            fail_msg("%s", t[i].name);
    }
    free = heap_free_frames();
    op = (struct xen_memory_reservation){ .domid = 1, .nr_extents = free - 100 };
    assert_int_equal(guest_op(domu->vcpu[0], hypercall_memory_op, XENMEM_claim_pages, &op), -EPERM);
    assert_int_equal(guest_op(caller, hypercall_memory_op, XENMEM_claim_pages, &op), 0);
    assert_int_equal(guest_op(caller, hypercall_memory_op, XENMEM_claim_pages, &op), -EINVAL); /* one at a time */
    assert_false(mfn_eq(domain_alloc_frames(other, 6, 0), MFN_NONE));
    assert_true(mfn_eq(domain_alloc_frames(other, 6, 0), MFN_NONE)); /* 36 are left */
    assert_false(mfn_eq(domain_alloc_frames(domu, 6, 0), MFN_NONE));
    assert_int_equal(claim_outstanding(), free - 164);
    struct xen_domctl end = { 0 };
    assert_int_equal(domctl(XEN_DOMCTL_destroydomain, 1, &end), 0);
    assert_int_equal(claim_outstanding(), 0);
    assert_false(mfn_eq(domain_alloc_frames(other, 6, 0), MFN_NONE));
    domain_put(other);
}

/* --- random lives --- */

#define DOMAINS 24
static struct { bool exists; uint32_t pauses; uint64_t pages; } model[DOMAINS];

static void model_check(void)
{
    struct xen_sysctl op = { 0 };
    struct xen_domctl_getdomaininfo *info = (void *)AREA;
    op.u.getdomaininfolist.first_domain = 2;
    op.u.getdomaininfolist.max_domains = DOMAINS;
    op.u.getdomaininfolist.buffer.p = (void *)AREA;
    assert_int_equal(sysctl_op(XEN_SYSCTL_getdomaininfolist, &op), 0);
    uint32_t nr = 0;
    for (uint32_t i = 2; i < DOMAINS; i++) {
        if (!model[i].exists)
            continue;
        assert_true(nr < op.u.getdomaininfolist.num_domains);
        assert_int_equal(info[nr].domain, i);
        assert_int_equal(info[nr].tot_pages, model[i].pages);
        assert_int_equal(!!(info[nr].flags & XEN_DOMINF_paused), model[i].pauses != 0);
        nr++;
    }
    assert_int_equal(op.u.getdomaininfolist.num_domains, nr);
}

static void model_create(uint32_t i, uint64_t *seed)
{
    struct xen_domctl op = { .u.createdomain = good };
    op.u.createdomain.max_vcpus = 1 + sim_random(seed) % 4;
    uint32_t vcpus = op.u.createdomain.max_vcpus;
    assert_int_equal(domctl(XEN_DOMCTL_createdomain, (domid_t)i, &op), model[i].exists ? -EEXIST : 0);
    if (model[i].exists)
        return;
    model[i].exists = true;
    model[i].pauses = 1;
    model[i].pages = 0;
    op.u.max_vcpus.max = vcpus;
    assert_int_equal(domctl(XEN_DOMCTL_max_vcpus, (domid_t)i, &op), 0);
    op.u.max_mem.max_memkb = 4 * 64;
    assert_int_equal(domctl(XEN_DOMCTL_max_mem, (domid_t)i, &op), 0);
}

static void model_grow(uint32_t i)
{
    struct domain *d = domain_get_by_id((domid_t)i);
    if (!d)
        return;
    bool got = !mfn_eq(domain_alloc_frames(d, 2, 0), MFN_NONE);
    assert_int_equal(got, model[i].pages + 4 <= 64);
    model[i].pages += got ? 4 : 0;
    domain_put(d);
}

static void model_step(uint64_t *seed)
{
    uint32_t i = 2 + (uint32_t)(sim_random(seed) % (DOMAINS - 2));
    bool was = model[i].exists;
    struct xen_domctl op = { 0 };
    switch (sim_random(seed) % 8) {
    case 0:
        model_create(i, seed);
        break;
    case 1:
        assert_int_equal(domctl(XEN_DOMCTL_destroydomain, (domid_t)i, &op), was ? 0 : -ESRCH);
        model[i].exists = false;
        break;
    case 2:
    case 3:
        assert_int_equal(domctl(XEN_DOMCTL_pausedomain, (domid_t)i, &op), was ? 0 : -ESRCH);
        model[i].pauses++;
        break;
    case 4:
    case 5:
        assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, (domid_t)i, &op),
                         !was ? -ESRCH : model[i].pauses ? 0 : -EINVAL);
        model[i].pauses -= was && model[i].pauses;
        break;
    default:
        model_grow(i);
    }
    sim_settle();
}

static void random_lives(void **state)
{
    uint64_t seed = 0x70015;
    start();
    for (int round = 0; round < 100000; round++) {
        model_step(&seed);
        if (round % 16 == 0)
            model_check();
    }
    uint64_t pages = 0;
    for (uint32_t i = 2; i < DOMAINS; i++) {
        struct xen_domctl op = { 0 };
        pages += model[i].exists ? model[i].pages : 0;
        assert_int_equal(domctl(XEN_DOMCTL_destroydomain, (domid_t)i, &op), model[i].exists ? 0 : -ESRCH);
        model[i].exists = false;
        sim_settle();
    }
    model_check();
    uint64_t after = heap_free_frames();
    for (int i = 0; i < 200; i++) { /* the same once more costs nothing: nothing is lost */
        model_create(2 + (uint32_t)i % 20, &seed);
        model_grow(2 + (uint32_t)i % 20);
        struct xen_domctl op = { 0 };
        assert_int_equal(domctl(XEN_DOMCTL_destroydomain, (domid_t)(2 + i % 20), &op), 0);
        model[2 + i % 20].exists = false;
        sim_settle();
    }
    assert_true(heap_free_frames() + 4 >= after);
}

SIM_TESTS(cmocka_unit_test(bitmaps), cmocka_unit_test(affinity), cmocka_unit_test(wallclock_at_start),
          cmocka_unit_test(scheduler), cmocka_unit_test(one_life), cmocka_unit_test(claims),
          cmocka_unit_test(random_lives))
