/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of a toolstack's calls with the errors that the ABI names, after which nothing has changed. */
#include "toolstack_world.h"

#include "hv/heap.h"

static void everything_is_refused_to_guests(void **state)
{
    start();
    caller = domu->vcpu[0];
    for (uint32_t cmd = 0; cmd < 1010; cmd++) {
        struct xen_domctl d = { 0 };
        assert_int_equal(domctl(cmd, domu->id, &d), -EPERM);
        struct xen_sysctl s = { 0 };
        assert_int_equal(sysctl_op(cmd, &s), -EPERM);
    }
}

static void versions(void **state)
{
    start();
    for (uint32_t version = 0; version < 0x20; version++) {
        struct xen_domctl d = { .cmd = XEN_DOMCTL_getdomaininfo, .interface_version = version };
        memcpy(box, &d, sizeof(d));
        assert_int_equal(guest_call(caller, hypercall_domctl, BOX, 0, 0),
                         version >= 0x15 && version <= 0x18 ? 0 : -EACCES);
        struct xen_sysctl s = { .cmd = XEN_SYSCTL_sched_id, .interface_version = version };
        memcpy(box, &s, sizeof(s));
        assert_int_equal(guest_call(caller, hypercall_sysctl, BOX, 0, 0),
                         version >= 0x15 && version <= 0x16 ? 0 : -EACCES);
    }
    assert_int_equal(guest_call(caller, hypercall_domctl, 0x1000, 0, 0), -EFAULT);
    assert_int_equal(guest_call(caller, hypercall_sysctl, 0x1000, 0, 0), -EFAULT);
}

static void create_errors(void **state)
{
    start();
    uint64_t before = heap_free_frames();
    static const struct { const char *name; struct xen_domctl_createdomain c; long rc; } t[] = {
        { "unknown flag", { .max_vcpus = 1, .flags = 0x100 }, -EINVAL },
        { "IOMMU", { .max_vcpus = 1, .flags = XEN_DOMCTL_CDF_iommu }, -EINVAL },
        { "nested", { .max_vcpus = 1, .flags = XEN_DOMCTL_CDF_nested_virt }, -EINVAL },
        { "PMU", { .max_vcpus = 1, .flags = XEN_DOMCTL_CDF_vpmu }, -EINVAL },
        { "no vCPU", { .max_vcpus = 0 }, -EINVAL },
        { "8193 vCPUs", { .max_vcpus = 8193 }, -EINVAL },
        { "all vCPUs", { .max_vcpus = ~0u }, -EINVAL },
        { "IOMMU options", { .max_vcpus = 1, .iommu_opts = 1 }, -EINVAL },
        { "grant options", { .max_vcpus = 1, .grant_opts = 0x10 }, -EINVAL },
        { "grant version 3", { .max_vcpus = 1, .max_grant_frames = 1, .grant_opts = 3 }, -EINVAL },
        { "no grant version", { .max_vcpus = 1, .max_grant_frames = 1 }, -EINVAL },
        { "no grant frames", { .max_vcpus = 1, .grant_opts = 1 }, -EINVAL },
        { "grant frames", { .max_vcpus = 1, .max_grant_frames = 0x7fffffff, .grant_opts = 1 }, -EINVAL },
        { "trace", { .max_vcpus = 1, .vmtrace_size = 4096 }, -EINVAL },
        { "pool 1", { .max_vcpus = 1, .cpupool_id = 1, .max_grant_frames = 1, .grant_opts = 1 }, -ESRCH },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct xen_domctl op = { .u.createdomain = t[i].c };
        long rc = domctl(XEN_DOMCTL_createdomain, 9, &op);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
        assert_null(domain_get_by_id(9));
        sim_settle();
    }
    struct xen_domctl op = { .u.createdomain = good };
    assert_int_equal(domctl(XEN_DOMCTL_createdomain, 1, &op), -EEXIST);
    sim_settle();
    heap_scrub_some();
    assert_true(heap_free_frames() >= before - 8); /* pages of small objects stay with them */
}

struct errors { const char *name; uint32_t cmd; domid_t id; struct xen_domctl op; long rc; };

static void domctl_errors(void **state)
{
    start();
    static const struct errors t[] = {
        { "number 0", 0, 1, { 0 }, -ENOSYS },
        { "number 7", 7, 1, { 0 }, -ENOSYS },
        { "number 999", 999, 1, { 0 }, -ENOSYS },
        { "number -1", ~0u, 1, { 0 }, -ENOSYS },
        { "number 999 of nobody", 999, 77, { 0 }, -ESRCH },
        { "pause nobody", XEN_DOMCTL_pausedomain, 77, { 0 }, -ESRCH },
        { "pause DOMID_SELF", XEN_DOMCTL_pausedomain, DOMID_SELF, { 0 }, -ESRCH },
        { "pause DOMID_IO", XEN_DOMCTL_pausedomain, DOMID_IO, { 0 }, -ESRCH },
        { "pause oneself", XEN_DOMCTL_pausedomain, 0, { 0 }, -EINVAL },
        { "unpause oneself", XEN_DOMCTL_unpausedomain, 0, { 0 }, -EINVAL },
        { "unpause what is not paused", XEN_DOMCTL_unpausedomain, 1, { 0 }, -EINVAL },
        { "destroy oneself", XEN_DOMCTL_destroydomain, 0, { 0 }, -EINVAL },
        { "destroy nobody", XEN_DOMCTL_destroydomain, 77, { 0 }, -ESRCH },
        { "info past the end", XEN_DOMCTL_getdomaininfo, 2, { 0 }, -ESRCH },
        { "max_vcpus: another number", XEN_DOMCTL_max_vcpus, 1, { .u.max_vcpus.max = 3 }, -EINVAL },
        { "max_vcpus of oneself", XEN_DOMCTL_max_vcpus, 0, { .u.max_vcpus.max = 1 }, -EINVAL },
        { "vcpuinfo: beyond", XEN_DOMCTL_getvcpuinfo, 1, { .u.getvcpuinfo.vcpu = 2 }, -EINVAL },
        { "vcpuinfo: far beyond", XEN_DOMCTL_getvcpuinfo, 1, { .u.getvcpuinfo.vcpu = ~0u }, -EINVAL },
        { "affinity: no flag", XEN_DOMCTL_setvcpuaffinity, 1, { .u.vcpuaffinity = { .vcpu = 0 } }, -EINVAL },
        { "affinity: unknown flag", XEN_DOMCTL_setvcpuaffinity, 1, { .u.vcpuaffinity = { .flags = 8 } }, 0 },
        { "affinity: no map", XEN_DOMCTL_setvcpuaffinity, 1, { .u.vcpuaffinity = { .flags = 1 } }, -EINVAL },
        { "affinity: no vCPU", XEN_DOMCTL_getvcpuaffinity, 1, { .u.vcpuaffinity = { .vcpu = 7, .flags = 1 } },
          -EINVAL },
        { "scheduler: credit", XEN_DOMCTL_scheduler_op, 1, { .u.scheduler_op = { .sched_id = 5, .cmd = 1 } }, -EINVAL },
        { "scheduler: command", XEN_DOMCTL_scheduler_op, 1, { .u.scheduler_op = { .sched_id = 6, .cmd = 4 } },
          -EINVAL },
        { "scheduler: of a vCPU", XEN_DOMCTL_scheduler_op, 1, { .u.scheduler_op = { .sched_id = 6, .cmd = 3 } },
          -EINVAL },
        { "scheduler: cap beyond both vCPUs", XEN_DOMCTL_scheduler_op, 1,
          { .u.scheduler_op = { .sched_id = 6, .cmd = 0, .u.credit2 = { .weight = 256, .cap = 201 } } }, -EINVAL },
        { "debug oneself", XEN_DOMCTL_setdebugging, 0, { .u.setdebugging.enable = 1 }, -EINVAL },
        { "time: too far", XEN_DOMCTL_settimeoffset, 1, { .u.settimeoffset.time_offset_seconds = INT64_MAX }, -EINVAL },
        { "time: too far back", XEN_DOMCTL_settimeoffset, 1, { .u.settimeoffset.time_offset_seconds = INT64_MIN },
          -EINVAL },
        { "trigger: vCPU", XEN_DOMCTL_sendtrigger, 1, { .u.sendtrigger = { .vcpu = 2 } }, -ESRCH },
        { "trigger: power", XEN_DOMCTL_sendtrigger, 1, { .u.sendtrigger = { .trigger = 3 } }, -EINVAL },
        { "trigger: unknown", XEN_DOMCTL_sendtrigger, 1, { .u.sendtrigger = { .trigger = 9 } }, -ENOSYS },
        { "virq handler: not global", XEN_DOMCTL_set_virq_handler, 1, { .u.set_virq_handler.virq = VIRQ_TIMER },
          -EINVAL },
        { "virq handler: no such", XEN_DOMCTL_set_virq_handler, 1, { .u.set_virq_handler.virq = 99 }, -EINVAL },
        { "resume oneself", XEN_DOMCTL_resumedomain, 0, { 0 }, -EINVAL },
        { "passthrough", XEN_DOMCTL_assign_device, 1, { 0 }, -EOPNOTSUPP },
        { "passthrough: to nobody", XEN_DOMCTL_assign_device, 77, { 0 }, -ESRCH },
        { "passthrough: to quarantine", XEN_DOMCTL_assign_device, DOMID_IO, { 0 }, -EOPNOTSUPP },
        { "passthrough: a test without a domain", XEN_DOMCTL_test_assign_device, DOMID_INVALID, { 0 }, -EOPNOTSUPP },
        { "passthrough: a test for nobody", XEN_DOMCTL_test_assign_device, 77, { 0 }, -ESRCH },
        { "target: nobody", XEN_DOMCTL_set_target, 1, { .u.set_target.target = 77 }, -ESRCH },
        { "target: itself", XEN_DOMCTL_set_target, 1, { .u.set_target.target = 1 }, -EINVAL },
        { "target: of a PV guest", XEN_DOMCTL_set_target, 1, { .u.set_target.target = 0 }, -EOPNOTSUPP },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct xen_domctl op = t[i].op;
        long rc = domctl(t[i].cmd, t[i].id, &op);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
    }
    assert_int_equal(domu->pause_count, 0);
}

static void sysctl_errors(void **state)
{
    start();
    static const struct { const char *name; uint32_t cmd; struct xen_sysctl op; long rc; } t[] = {
        { "number 0", 0, { 0 }, -ENOSYS },
        { "number -1", ~0u, { 0 }, -ENOSYS },
        { "power management", XEN_SYSCTL_pm_op, { 0 }, -ENOSYS },
        { "keys: too many", XEN_SYSCTL_debug_keys, { .u.debug_keys.nr_keys = 1000 }, -E2BIG },
        { "keys: bad pointer", XEN_SYSCTL_debug_keys, { .u.debug_keys.nr_keys = 1 }, -EFAULT },
        { "console: bad pointer", XEN_SYSCTL_readconsole, { .u.readconsole.count = 100 }, -EFAULT },
        { "list: bad pointer", XEN_SYSCTL_getdomaininfolist, { .u.getdomaininfolist.max_domains = 1 }, -EFAULT },
        { "CPUs: bad pointer", XEN_SYSCTL_getcpuinfo, { .u.getcpuinfo.max_cpus = 1 }, -EFAULT },
        { "heap: node 1", XEN_SYSCTL_availheap, { .u.availheap.node = 1 }, -EINVAL },
        { "heap: narrow", XEN_SYSCTL_availheap, { .u.availheap = { .max_bitwidth = 20, .node = -1 } }, -EOPNOTSUPP },
        { "devices: no list", XEN_SYSCTL_pcitopoinfo, { .u.pcitopoinfo.num_devs = 1 }, -EINVAL },
        { "pool: command", XEN_SYSCTL_cpupool_op, { .u.cpupool_op.op = 8 }, -ENOSYS },
        { "pool: create 0", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 1, .sched_id = 6 } }, -EEXIST },
        { "pool: another scheduler", XEN_SYSCTL_cpupool_op,
          { .u.cpupool_op = { .op = 1, .cpupool_id = ~0u, .sched_id = 5 } }, -ENOENT },
        { "pool: destroy 0", XEN_SYSCTL_cpupool_op, { .u.cpupool_op.op = 2 }, -EBUSY },
        { "pool: destroy 1", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 2, .cpupool_id = 1 } }, -ENOENT },
        { "pool: info of 1", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 3, .cpupool_id = 1 } }, -ENOENT },
        { "pool: add a CPU", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 4, .cpu = 1 } }, -ENODEV },
        { "pool: add no CPU", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 4, .cpu = 99 } }, -EINVAL },
        { "pool: add any CPU", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 4, .cpu = ~0u } }, -ENODEV },
        { "pool: take no CPU", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 5, .cpu = 99 } }, -EINVAL },
        { "pool: take a CPU of pool 1", XEN_SYSCTL_cpupool_op,
          { .u.cpupool_op = { .op = 5, .cpupool_id = 1, .cpu = 1 } }, -ENOENT },
        { "pool: move dom0", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .domid = 0 } }, -EPERM },
        { "pool: move to none", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .cpupool_id = 3, .domid = 1 } },
          -ENOENT },
        { "pool: move nobody", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .domid = 99 } }, -ESRCH },
        { "pool: move", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .domid = 1 } }, 0 },
        { "live patches: load", XEN_SYSCTL_livepatch_op,
          { .u.livepatch.cmd = XEN_SYSCTL_LIVEPATCH_UPLOAD }, -EOPNOTSUPP },
        { "live patches: list", XEN_SYSCTL_livepatch_op, { .u.livepatch.cmd = XEN_SYSCTL_LIVEPATCH_LIST }, 0 },
        { "live patches: list with padding", XEN_SYSCTL_livepatch_op,
          { .u.livepatch = { .cmd = XEN_SYSCTL_LIVEPATCH_LIST, .u.list.pad = 1 } }, -EINVAL },
        { "live patches: too many at once", XEN_SYSCTL_livepatch_op,
          { .u.livepatch = { .cmd = XEN_SYSCTL_LIVEPATCH_LIST, .u.list.nr = 1025 } }, -E2BIG },
        { "scheduler: pool 1", XEN_SYSCTL_scheduler_op, { .u.scheduler_op = { .cpupool_id = 1, .sched_id = 6 } },
          -ESRCH },
        { "scheduler: credit", XEN_SYSCTL_scheduler_op, { .u.scheduler_op = { .sched_id = 5, .cmd = 1 } }, -EINVAL },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct xen_sysctl op = t[i].op;
        long rc = sysctl_op(t[i].cmd, &op);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
    }
}

/* All that a tool learns from the list is that it is empty. */
static void no_live_patches(void **state)
{
    struct xen_sysctl op = { .u.livepatch = { .cmd = XEN_SYSCTL_LIVEPATCH_LIST, .u.list = {
        .version = 7, .nr = 64, .name_total_size = 7, .metadata_total_size = 7 } } };

    start();
    assert_int_equal(sysctl_op(XEN_SYSCTL_livepatch_op, &op), 0);
    assert_int_equal(op.u.livepatch.u.list.nr, 0);
    assert_int_equal(op.u.livepatch.u.list.name_total_size, 0);

    livepatch_head_encode(&(struct layout_livepatch_head){ .cmd = XEN_SYSCTL_LIVEPATCH_LIST, .flags = 1 },
                          &op.u.livepatch);
    assert_int_equal(sysctl_op(XEN_SYSCTL_livepatch_op, &op), -EINVAL);
}

SIM_TESTS(cmocka_unit_test(no_live_patches), cmocka_unit_test(everything_is_refused_to_guests),
          cmocka_unit_test(versions),
          cmocka_unit_test(create_errors), cmocka_unit_test(domctl_errors), cmocka_unit_test(sysctl_errors))
