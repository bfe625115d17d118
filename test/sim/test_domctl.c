/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A toolstack on the simulated machine. Tables of calls with the errors that the ABI names, after which nothing has
 * changed; and random lives of domains against a model: what exists, what is paused, how much memory there is.
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/claim.h"
#include "hv/heap.h"
#include "hv/toolstack.h"

static struct domain *dom0, *domu;
static struct vcpu *caller;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 32768, .cpus = 4 });
    sim_guest_window(box, sizeof(box));
    dom0 = sim_domain(0, 1);
    dom0->is_privileged = true;
    domu = sim_domain(1, 2);
    sim_settle();
    caller = dom0->vcpu[0];
}

static long domctl(uint32_t cmd, domid_t id, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = id;
    memcpy(box, op, sizeof(*op));
    long rc = guest_call(caller, hypercall_domctl, BOX, 0, 0);
    memcpy(op, box, sizeof(*op));
    return rc;
}

static long sysctl_op(uint32_t cmd, struct xen_sysctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    memcpy(box, op, sizeof(*op));
    long rc = guest_call(caller, hypercall_sysctl, BOX, 0, 0);
    memcpy(op, box, sizeof(*op));
    return rc;
}

/* Room for what handles point to, behind the operation. */
#define AREA (box + 4096)

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
                         version == XEN_DOMCTL_INTERFACE_VERSION ? 0 : -EACCES);
        struct xen_sysctl s = { .cmd = XEN_SYSCTL_sched_id, .interface_version = version };
        memcpy(box, &s, sizeof(s));
        assert_int_equal(guest_call(caller, hypercall_sysctl, BOX, 0, 0),
                         version == XEN_SYSCTL_INTERFACE_VERSION ? 0 : -EACCES);
    }
    assert_int_equal(guest_call(caller, hypercall_domctl, 0x1000, 0, 0), -EFAULT);
    assert_int_equal(guest_call(caller, hypercall_sysctl, 0x1000, 0, 0), -EFAULT);
}

static const struct xen_domctl_createdomain good = { .max_vcpus = 2, .max_evtchn_port = 1023, .max_grant_frames = -1,
                                                     .max_maptrack_frames = -1 };

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
        { "grant version 3", { .max_vcpus = 1, .grant_opts = 3 }, -EINVAL },
        { "grant frames", { .max_vcpus = 1, .max_grant_frames = 0x7fffffff }, -EINVAL },
        { "trace", { .max_vcpus = 1, .vmtrace_size = 4096 }, -EINVAL },
        { "pool 1", { .max_vcpus = 1, .cpupool_id = 1 }, -ESRCH },
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
        { "pause nobody", XEN_DOMCTL_pausedomain, 77, { 0 }, -ESRCH },
        { "pause DOMID_SELF", XEN_DOMCTL_pausedomain, DOMID_SELF, { 0 }, -ESRCH },
        { "pause DOMID_IO", XEN_DOMCTL_pausedomain, DOMID_IO, { 0 }, -ESRCH },
        { "pause oneself", XEN_DOMCTL_pausedomain, 0, { 0 }, -EINVAL },
        { "unpause oneself", XEN_DOMCTL_unpausedomain, 0, { 0 }, -EINVAL },
        { "unpause what is not paused", XEN_DOMCTL_unpausedomain, 1, { 0 }, -EINVAL },
        { "destroy oneself", XEN_DOMCTL_destroydomain, 0, { 0 }, -EINVAL },
        { "destroy nobody", XEN_DOMCTL_destroydomain, 77, { 0 }, -ESRCH },
        { "info past the end", XEN_DOMCTL_getdomaininfo, 2, { 0 }, -ESRCH },
        { "info of a reserved id", XEN_DOMCTL_getdomaininfo, DOMID_IO, { 0 }, -EINVAL },
        { "max_vcpus: another number", XEN_DOMCTL_max_vcpus, 1, { .u.max_vcpus.max = 3 }, -EINVAL },
        { "max_vcpus of oneself", XEN_DOMCTL_max_vcpus, 0, { .u.max_vcpus.max = 1 }, -EINVAL },
        { "vcpuinfo: beyond", XEN_DOMCTL_getvcpuinfo, 1, { .u.getvcpuinfo.vcpu = 2 }, -EINVAL },
        { "vcpuinfo: far beyond", XEN_DOMCTL_getvcpuinfo, 1, { .u.getvcpuinfo.vcpu = ~0u }, -EINVAL },
        { "affinity: no flag", XEN_DOMCTL_setvcpuaffinity, 1, { .u.vcpuaffinity = { .vcpu = 0 } }, -EINVAL },
        { "affinity: unknown flag", XEN_DOMCTL_setvcpuaffinity, 1, { .u.vcpuaffinity = { .flags = 9 } }, -EINVAL },
        { "affinity: no map", XEN_DOMCTL_setvcpuaffinity, 1, { .u.vcpuaffinity = { .flags = 1 } }, -EINVAL },
        { "affinity: no vCPU", XEN_DOMCTL_getvcpuaffinity, 1, { .u.vcpuaffinity = { .vcpu = 7, .flags = 1 } },
          -EINVAL },
        { "scheduler: credit", XEN_DOMCTL_scheduler_op, 1, { .u.scheduler_op = { .sched_id = 5, .cmd = 1 } }, -EINVAL },
        { "scheduler: command", XEN_DOMCTL_scheduler_op, 1, { .u.scheduler_op = { .sched_id = 6, .cmd = 4 } },
          -EINVAL },
        { "scheduler: of a vCPU", XEN_DOMCTL_scheduler_op, 1, { .u.scheduler_op = { .sched_id = 6, .cmd = 3 } },
          -EINVAL },
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
        { "trace buffers", XEN_SYSCTL_tbuf_op, { 0 }, -ENOSYS },
        { "power management", XEN_SYSCTL_pm_op, { 0 }, -ENODEV },
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
        { "pool: move dom0", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .domid = 0 } }, -EINVAL },
        { "pool: move to none", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .cpupool_id = 3, .domid = 1 } },
          -ENOENT },
        { "pool: move nobody", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .domid = 99 } }, -ESRCH },
        { "pool: move", XEN_SYSCTL_cpupool_op, { .u.cpupool_op = { .op = 6, .domid = 1 } }, 0 },
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
    op.u.scheduler_op.u.credit2.weight = 0;
    op.u.scheduler_op.u.credit2.cap = 0xffff;
    assert_int_equal(domctl(XEN_DOMCTL_scheduler_op, 1, &op), 0); /* both as they are */
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
        { "nobody", { .domid = 77, .nr_extents = 1 }, -ESRCH },
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

SIM_TESTS(cmocka_unit_test(everything_is_refused_to_guests), cmocka_unit_test(versions),
          cmocka_unit_test(create_errors), cmocka_unit_test(domctl_errors), cmocka_unit_test(sysctl_errors),
          cmocka_unit_test(bitmaps), cmocka_unit_test(affinity), cmocka_unit_test(wallclock_at_start),
          cmocka_unit_test(scheduler), cmocka_unit_test(one_life), cmocka_unit_test(claims),
          cmocka_unit_test(random_lives))
