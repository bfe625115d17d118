/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tools of several releases, one call after the other on the same domains: each number with its own layout and its own
 * meaning, and nothing left over from the call before.
 */
#include "toolstack_world.h"

#include "core/sched/policy.h"
#include "hv/cpupool.h"
#include "hv/heap.h"
#include "hv/log.h"

static const uint32_t numbers[] = { 0x15, 0x16, 0x17, 0x18 };

static const struct layout_createdomain wanted = { .max_vcpus = 2, .max_evtchn_port = 1023, .max_grant_frames = ~0u,
                                                   .max_maptrack_frames = ~0u, .grant_opts = 1 };

static domid_t any_id(uint32_t number) { return number >= 0x18 ? DOMID_ANY : 0xffff; }

/* createdomain in the layout of @number; the id that came back is in *@id. */
static long create(uint32_t number, const struct layout_createdomain *c, domid_t *id)
{
    struct xen_domctl op = { 0 };

    domctl_number = number;
    createdomain_encode(number, c, &op.u);
    long rc = domctl(XEN_DOMCTL_createdomain, *id, &op);
    assert_int_equal(op.interface_version, number);
    *id = op.domain;
    return rc;
}

static void destroy(domid_t id)
{
    struct xen_domctl op = { 0 };

    assert_int_equal(domctl(XEN_DOMCTL_destroydomain, id, &op), 0);
    sim_settle();
}

static void layouts_lie_where_the_headers_have_them(void **state)
{
    struct xen_domctl_createdomain theirs = { .ssidref = 1, .handle = { 2 }, .flags = 3, .iommu_opts = 4,
        .max_vcpus = 5, .max_evtchn_port = 6, .max_grant_frames = 7, .max_maptrack_frames = 8, .grant_opts = 9,
        .vmtrace_size = 10,
        .cpupool_id = 11, .arch = { .emulation_flags = 12, .misc_flags = 13 } };
    struct layout_createdomain c;
    struct xen_domctl_createdomain back = { 0 };

    createdomain_decode(XEN_DOMCTL_INTERFACE_VERSION, &theirs, &c);
    assert_int_equal(c.vmtrace_size, 10);
    assert_int_equal(c.cpupool_id, 11);
    assert_int_equal(c.emulation_flags, 12);
    assert_int_equal(c.misc_flags, 13);
    createdomain_encode(XEN_DOMCTL_INTERFACE_VERSION, &c, &back);
    assert_memory_equal(&back, &theirs, sizeof(back));
}

/* What 4.19 and 4.20 call one word of 32 bits are two of 16 bits later on: both read the same. */
static void an_older_word_is_two_halves(void **state)
{
    uint8_t raw[128] = { [48] = 2, [52] = 0xaa, [56] = 3 };
    struct layout_createdomain c;

    createdomain_decode(0x17, raw, &c);
    assert_int_equal(c.altp2m_opts, 2);
    assert_int_equal(c.altp2m_views, 0);
    assert_int_equal(c.vmtrace_size, 0xaa);
    assert_int_equal(c.cpupool_id, 3);
}

static void each_layout_makes_a_domain_in_a_second_pool(void **state)
{
    uint32_t pool = CPUPOOL_ANY;

    start();
    assert_int_equal(cpupool_create(&pool, &sched_credit2), 0);
    assert_int_equal(cpupool_remove_cpu(0, 3), 0);
    assert_int_equal(cpupool_add_cpu(pool, 3), 0);
    for (unsigned int i = 0; i < 2 * ARRAY_SIZE(numbers); i++) {
        struct layout_createdomain c = wanted;
        domid_t id = any_id(numbers[i / 2]);

        c.cpupool_id = i % 2 ? pool : 0;
        c.handle[3] = (uint8_t)i;
        assert_int_equal(create(numbers[i / 2], &c, &id), 0);
        struct domain *d = domain_get_by_id(id);
        assert_non_null(d);
        assert_int_equal(cpupool_id_of(d), c.cpupool_id);
        assert_int_equal(d->max_vcpus, 2);
        assert_int_equal(d->handle[3], i);
        domain_put(d);
        destroy(id);
    }
    struct layout_createdomain c = wanted;
    c.cpupool_id = pool + 1;
    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
        domid_t id = any_id(numbers[i]);
        assert_int_equal(create(numbers[i], &c, &id), -ESRCH);
    }
}

/* Each field that is refused is refused for what it is in every layout that has it. */
static void each_layout_is_refused_for_the_same_reason(void **state)
{
    static const struct { const char *name; struct layout_createdomain c; uint32_t since; long rc; } t[] = {
        { "PVH", { .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap, .emulation_flags = 1 }, 0x15, -EOPNOTSUPP },
        { "HVM", { .flags = XEN_DOMCTL_CDF_hvm, .emulation_flags = 0x1ff }, 0x15, -EOPNOTSUPP },
        { "processor trace", { .vmtrace_size = 4096 }, 0x15, -EINVAL },
        { "an unknown flag", { .flags = 0x100 }, 0x15, -EINVAL },
        { "altp2m", { .altp2m_opts = 1 }, 0x17, -EINVAL },
        { "an unknown bit of altp2m", { .altp2m_opts = 4 }, 0x17, -EINVAL },
        { "views without altp2m", { .altp2m_views = 3 }, 0x17, -EINVAL },
    };

    start();
    for (unsigned int i = 0; i < ARRAY_SIZE(t) * ARRAY_SIZE(numbers); i++) {
        uint32_t number = numbers[i % ARRAY_SIZE(numbers)];
        struct layout_createdomain c = t[i / ARRAY_SIZE(numbers)].c;
        domid_t id = 9;

        c.max_vcpus = c.max_grant_frames = c.grant_opts = 1;
        long rc = create(number, &c, &id), right = number < t[i / ARRAY_SIZE(numbers)].since ? 0 : t[i / 4].rc;
        if (rc != right)
            fail_msg("%s with %#x: %ld, not %ld", t[i / ARRAY_SIZE(numbers)].name, number, rc, right);
        if (!rc)
            destroy(9);
    }
}

static void any_id_is_asked_for_by_number(void **state)
{
    static const struct { uint32_t number; domid_t id; long rc; } t[] = {
        { 0x15, 0, 0 }, { 0x16, 0, 0 }, { 0x17, 0, 0 }, { 0x18, 0, -EEXIST },
        { 0x15, 0xffff, 0 }, { 0x17, DOMID_FIRST_RESERVED, 0 }, { 0x17, DOMID_ANY, 0 }, { 0x18, DOMID_ANY, 0 },
        { 0x18, 0xffff, -EINVAL }, { 0x18, DOMID_FIRST_RESERVED, -EINVAL }, { 0x18, DOMID_INVALID, -EINVAL },
        { 0x15, 1, -EEXIST }, { 0x18, 1, -EEXIST },
    };

    start();
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        domid_t id = t[i].id;
        long rc = create(t[i].number, &wanted, &id);
        if (rc != t[i].rc)
            fail_msg("id %#x with %#x: %ld, not %ld", t[i].id, t[i].number, rc, t[i].rc);
        if (rc)
            continue;
        assert_true(id > 1 && id < DOMID_FIRST_RESERVED);
        destroy(id);
    }
    domid_t id = 44;
    assert_int_equal(create(0x18, &wanted, &id), 0);
    assert_int_equal(id, 44);
}

/* 5 is dead and 7 lives: 4.17's tools walk on to 7 and compare, the others must be told that 5 isn't there. */
static void info_of_the_dead(void **state)
{
    start();
    domid_t id = 7;
    assert_int_equal(create(0x15, &wanted, &id), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
        struct xen_domctl op = { 0 };

        domctl_number = numbers[i];
        assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 5, &op), numbers[i] == 0x15 ? 0 : -ESRCH);
        assert_int_equal(op.domain, numbers[i] == 0x15 ? 7 : 5);
        assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 7, &op), 0);
        assert_int_equal(op.u.getdomaininfo.domain, 7);
        assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, DOMID_IO, &op), numbers[i] == 0x15 ? -EINVAL : -ESRCH);
    }
}

static struct layout_domain_state state_of(domid_t id, domid_t *told, long rc)
{
    struct xen_domctl op = { 0 };
    struct layout_domain_state s;

    assert_int_equal(domctl(XEN_DOMCTL_get_domain_state, id, &op), rc);
    domain_state_decode(&op.u, &s);
    *told = op.domain;
    return s;
}

static void states(void **state)
{
    domid_t told;

    start();
    dom0->is_hardware = true;
    struct layout_domain_state host = state_of(0, &told, 0), first = state_of(1, &told, 0);
    assert_int_equal(host.state, 1);
    assert_int_equal(host.caps, 3);
    assert_int_equal(first.caps, 0);
    assert_true(first.unique_id && host.unique_id != first.unique_id);
    domain_shutdown(domu, SHUTDOWN_poweroff);
    assert_int_equal(state_of(1, &told, 0).state, 3);

    domctl_number = 0x17;
    uint64_t ids[20];
    for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
        domid_t id = 9;
        assert_int_equal(create(0x17, &wanted, &id), 0);
        ids[i] = state_of(9, &told, 0).unique_id;
        destroy(9);
        for (unsigned int j = 0; j < i; j++)
            assert_int_not_equal(ids[i], ids[j]);
    }
    struct xen_domctl op = { .cmd = XEN_DOMCTL_get_domain_state, .interface_version = 0x17 };
    memcpy(box, &op, sizeof(op));
    assert_int_equal(guest_call(caller, hypercall_domctl, BOX, 0, 0), -EACCES);
}

static void errors_of_newer_operations(void **state)
{
    static const struct { const char *name; uint32_t cmd; domid_t id; struct xen_domctl op; long rc; } t[] = {
        { "colours", XEN_DOMCTL_set_llc_colors, 1, { 0 }, -EOPNOTSUPP },
        { "colours: a word that must be 0", XEN_DOMCTL_set_llc_colors, 1, { .u.pad = { [4] = 1 } }, -EINVAL },
        { "colours: for nobody", XEN_DOMCTL_set_llc_colors, 77, { 0 }, -ESRCH },
        { "state of nobody", XEN_DOMCTL_get_domain_state, 77, { 0 }, -ESRCH },
        { "state: a word that must be 0", XEN_DOMCTL_get_domain_state, 1, { .u.pad = { [7] = 1 } }, -EINVAL },
        { "changes: not listening", XEN_DOMCTL_get_domain_state, DOMID_INVALID, { 0 }, -EACCES },
        { "an overlay of Arm's", 87, 1, { 0 }, -ENOSYS },
    };

    start();
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        struct xen_domctl op = t[i].op;
        long rc = domctl(t[i].cmd, t[i].id, &op);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
    }
}

/* Who hears of domains' ends is told each change once, beginning with all who exist. */
static void changes(void **state)
{
    domid_t told, id = 9;

    start();
    hardware_domain = dom0;
    state_of(DOMID_INVALID, &told, -EACCES);
    assert_true(evtchn_bind_virq(domu, VIRQ_DOM_EXC, 0) > 0); /* a guest's wish changes nothing */
    state_of(DOMID_INVALID, &told, -EACCES);
    assert_true(evtchn_bind_virq(dom0, VIRQ_DOM_EXC, 0) > 0);
    for (domid_t i = 0; i < 2; i++) {
        assert_int_equal(state_of(DOMID_INVALID, &told, 0).state, 1);
        assert_int_equal(told, i);
    }
    state_of(DOMID_INVALID, &told, -ENOENT);

    assert_int_equal(create(0x18, &wanted, &id), 0);
    struct xen_domctl op = { .cmd = XEN_DOMCTL_get_domain_state, .domain = DOMID_INVALID };
    assert_int_equal(guest_call(caller, hypercall_domctl, 0x1000, 0, 0), -EFAULT); /* takes nothing away */
    uint64_t unique = state_of(DOMID_INVALID, &told, 0).unique_id;
    assert_int_equal(told, 9);
    domain_shutdown(domu, SHUTDOWN_crash);
    assert_int_equal(state_of(DOMID_INVALID, &told, 0).state, 3);
    assert_int_equal(told, 1);
    domctl_number = 0x18;
    assert_int_equal(domctl(XEN_DOMCTL_destroydomain, 9, &op), 0);
    sim_settle();
    struct layout_domain_state gone = state_of(DOMID_INVALID, &told, 0);
    assert_int_equal(told, 9);
    assert_int_equal(gone.state, 0);
    assert_int_equal(gone.unique_id, 0);
    state_of(DOMID_INVALID, &told, -ENOENT);
    assert_int_equal(create(0x18, &wanted, &id), 0);
    assert_true(state_of(DOMID_INVALID, &told, 0).unique_id > unique);

    assert_int_equal(virq_set_handler(VIRQ_DOM_EXC, domu), 0); /* who has bound it already */
    domu->is_privileged = true;
    state_of(DOMID_INVALID, &told, -EACCES);
    caller = domu->vcpu[0];
    state_of(DOMID_INVALID, &told, 0);
    assert_int_equal(told, 0);
    assert_int_equal(virq_set_handler(VIRQ_DOM_EXC, NULL), 0);
    hardware_domain = NULL;
}

static void sysctl_numbers(void **state)
{
    start();
    for (sysctl_number = 0; sysctl_number < 0x20; sysctl_number++) {
        struct xen_sysctl op = { 0 };
        bool served = sysctl_number == 0x15 || sysctl_number == 0x16;
        assert_int_equal(sysctl_op(XEN_SYSCTL_physinfo, &op), served ? 0 : -EACCES);
        assert_int_equal(op.u.physinfo.nr_cpus, served ? 4 : 0);
    }
}

SIM_TESTS(cmocka_unit_test(layouts_lie_where_the_headers_have_them), cmocka_unit_test(an_older_word_is_two_halves),
          cmocka_unit_test(each_layout_makes_a_domain_in_a_second_pool),
          cmocka_unit_test(each_layout_is_refused_for_the_same_reason), cmocka_unit_test(any_id_is_asked_for_by_number),
          cmocka_unit_test(info_of_the_dead), cmocka_unit_test(states), cmocka_unit_test(changes),
          cmocka_unit_test(errors_of_newer_operations),
          cmocka_unit_test(sysctl_numbers))
