/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tools ask of the machine by numbers: MSRs of a short list (XENPF_resource_op), and what idle CPUs do. Entries
 * are performed in order, up to the first that may not be; that one says why, and those behind it stay as they were.
 */
#include "selftest/selftest.h"

#define TSC        0x10u
#define EFER       0xc0000080u
#define APIC_BASE  0x1bu
#define CMT_EVTSEL 0xc8du
#define MARK       0x5a5a5a5a5a5a5a5aull
#define READ       XEN_RESOURCE_OP_MSR_READ
#define WRITE      XEN_RESOURCE_OP_MSR_WRITE

static struct xenpf_resource_entry entry[4];

static long resource(uint32_t nr, uint32_t cpu, void *entries)
{
    struct xen_platform_op op = { .cmd = XENPF_resource_op, .interface_version = XENPF_INTERFACE_VERSION };

    op.u.resource_op.nr_entries = nr;
    op.u.resource_op.cpu = cpu;
    op.u.resource_op.entries.p = entries;
    return hypercall1(__HYPERVISOR_platform_op, PTR(&op));
}

static void put(unsigned int i, uint32_t cmd, uint64_t msr)
{
    entry[i] = (struct xenpf_resource_entry){ .u.cmd = cmd, .idx = msr, .val = MARK };
}

static void refused(void)
{
    static const struct {
        const char *name;
        struct xenpf_resource_entry e;
        int rc;
    } t[] = {
        {"EFER is not read for tools",      {.u.cmd = READ,  .idx = EFER},                    -EPERM     },
        {"EFER is not written for tools",   {.u.cmd = WRITE, .idx = EFER, .val = 0},          -EPERM     },
        {"the APIC's place is not written", {.u.cmd = WRITE, .idx = APIC_BASE},               -EPERM     },
        {"MSR 0 is not read",               {.u.cmd = READ,  .idx = 0},                       -EPERM     },
        {"the time is not written",         {.u.cmd = WRITE, .idx = TSC},                     -EPERM     },
        {"an MSR has 32 bits",              {.u.cmd = READ,  .idx = 1ull << 32 | TSC},        -EINVAL    },
        {"the reserved word",               {.u.cmd = READ,  .idx = TSC, .rsvd = 1},          -EINVAL    },
        {"an unknown command",              {.u.cmd = 2,     .idx = TSC},                     -EOPNOTSUPP},
        {"an unknown command, all ones",    {.u.cmd = ~0u,   .idx = TSC},                     -EOPNOTSUPP},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        entry[0] = t[i].e;
        put(1, READ, TSC);
        check_rc(t[i].name, 0, resource(2, 0, entry));
        check_rc("... which the entry says", t[i].rc, entry[0].u.ret);
        check("... and nothing behind it is done", MARK, entry[1].val);
    }
}

static uint64_t system_time(void)
{
    struct xen_hvm_get_time t = { 0 };

    check_rc("the time", 0, hypercall2(__HYPERVISOR_hvm_op, HVMOP_get_time, PTR(&t)));
    return t.now;
}

static void in_order(void)
{
    uint64_t before = system_time();

    put(0, READ, TSC);
    put(1, READ, TSC);
    put(2, READ, EFER);
    check_rc("two MSRs and one that may not be", 2, resource(3, 0, entry));
    check_in("... the first is the time", before, system_time(), entry[0].val);
    check_in("... the second is not earlier", entry[0].val, system_time(), entry[1].val);
    check_rc("... the third is refused", -EPERM, entry[2].u.ret);
    check("... and not read", MARK, entry[2].val);
    put(0, READ, CMT_EVTSEL);
    long done = resource(1, 0, entry); /* QEMU has every MSR */
    check_true("an MSR that this processor may lack is read or the entry says that it faults",
               done == 1 ? entry[0].val != MARK : !done && entry[0].u.ret == -EFAULT);
}

static void as_a_whole(void)
{
    put(0, READ, TSC);
    check_rc("no entry is nothing to do", 0, resource(0, 0, NULL));
    check_rc("four entries are too many", -EINVAL, resource(4, 0, entry));
    check_rc("2^32 - 1 are, too", -EINVAL, resource(~0u, 0, entry));
    check_rc("a CPU that is not there", -ENODEV, resource(1, 4096, entry));
    check_rc("a CPU of a wild number", -ENODEV, resource(1, ~0u, entry));
    check_rc("entries nowhere", -EFAULT, resource(1, 0, (void *)8));
}

static long pmstat(uint32_t type, uint32_t cpu, uint64_t *triggers, uint64_t *residencies, uint32_t *nr)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_get_pmstat, .interface_version = 0x15 };

    op.u.get_pmstat.type = type;
    op.u.get_pmstat.cpuid = cpu;
    op.u.get_pmstat.u.getcx.triggers.p = triggers;
    op.u.get_pmstat.u.getcx.residencies.p = residencies;
    long rc = hypercall1(__HYPERVISOR_sysctl, PTR(&op));
    *nr = op.u.get_pmstat.u.getcx.nr;
    return rc;
}

/* The states are running and halted, and all time is one of them. */
static void idle_states(void)
{
    uint64_t triggers[3] = { MARK, MARK, MARK }, residencies[3] = { MARK, MARK, MARK }, before = system_time();
    uint32_t nr;

    check_rc("how many states a CPU has", 0, pmstat(PMSTAT_get_max_cx, 0, NULL, NULL, &nr));
    check("... are two", 2, nr);
    check_rc("their counters", 0, pmstat(PMSTAT_get_cxstat, 0, triggers, residencies, &nr));
    check("... are as many", 2, nr);
    check("... no more is written", MARK, triggers[2] & residencies[2]);
    check_in("... all time is in them", before, system_time(), residencies[0] + residencies[1]);
    check_rc("the counters of a CPU that is not there", -EINVAL, pmstat(PMSTAT_get_cxstat, 4096, triggers, residencies,
                                                                       &nr));
    check_rc("counters to nowhere", -EFAULT, pmstat(PMSTAT_get_cxstat, 0, NULL, (void *)8, &nr));
    check_rc("frequencies", -ENODEV, pmstat(PMSTAT_get_max_px, 0, NULL, NULL, &nr));
}

void test_resources(void)
{
    if (!is_dom0()) {
        put(0, READ, TSC);
        check_rc("MSRs are not for guests", -EPERM, resource(1, 0, entry));
        check("... not one", MARK, entry[0].val);
        return;
    }
    refused();
    in_order();
    as_a_whole();
    idle_states();
}
