/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * get_pmstat and pm_op. Frequencies are the firmware's, so nothing is known of P-states; idle CPUs halt, which is state
 * C1. A tool of 4.17 has asked how many states there are before it makes room for them; later ones say how much they
 * have (0x16).
 */
#include "hv/cpuidle.h"
#include "hv/guest_access.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define SAYS_ITS_ROOM 0x16u

static bool is_online(uint32_t cpu) { return cpu < cpu_count && cpumask_test(&cpu_online, cpu); }

static long get_cxstat(struct sysctl_call *c, uint32_t cpu)
{
    struct pm_cx_stat *stat = &c->op.u.get_pmstat.u.getcx;
    uint32_t room = c->op.interface_version >= SAYS_ITS_ROOM ? MIN(stat->nr, CPUIDLE_STATES) : CPUIDLE_STATES;
    struct cpuidle_counts counts;

    cpuidle_get(cpu, &counts);
    uint64_t total = MAX(counts.since_ns, counts.halted_ns);
    const uint64_t triggers[CPUIDLE_STATES] = { counts.halts, counts.halts };
    const uint64_t residencies[CPUIDLE_STATES] = { total - counts.halted_ns, counts.halted_ns };
    for (uint32_t i = 0; i < room; i++)
        if (copy_to_handle(stat->triggers, i, &triggers[i]) || copy_to_handle(stat->residencies, i, &residencies[i]))
            return -EFAULT;
    stat->nr = room;
    stat->last = counts.halted;
    stat->idle_time = cpu_idle_time(cpu);
    stat->nr_pc = stat->nr_cc = 0;
    c->copy_back = true;
    return 0;
}

long sysctl_get_pmstat(struct sysctl_call *c)
{
    struct xen_sysctl_get_pmstat *op = &c->op.u.get_pmstat;

    if (!is_online(op->cpuid))
        return -EINVAL;
    if ((op->type & PMSTAT_CATEGORY_MASK) != PMSTAT_CX)
        return -ENODEV;
    switch (op->type) {
    case PMSTAT_get_max_cx:
        op->u.getcx.nr = CPUIDLE_STATES;
        c->copy_back = true;
        return 0;
    case PMSTAT_get_cxstat: return get_cxstat(c, op->cpuid);
    case PMSTAT_reset_cxstat: cpuidle_reset(op->cpuid); return 0;
    default: return -ENOSYS;
    }
}

/* cpuid says which limit: 0 of states, 1 of their sub-states, of which halt has none. */
static long get_max_cstate(struct sysctl_call *c)
{
    struct xen_sysctl_pm_op *op = &c->op.u.pm_op;

    if (op->cpuid > 1)
        return -EINVAL;
    op->u.get_max_cstate = op->cpuid ? XEN_SYSCTL_CX_UNLIMITED : cpuidle_limit();
    c->copy_back = true;
    return 0;
}

static long set_max_cstate(const struct xen_sysctl_pm_op *op)
{
    if (op->cpuid > 1)
        return -EINVAL;
    if (op->cpuid)
        return op->u.set_max_cstate == XEN_SYSCTL_CX_UNLIMITED ? 0 : -EOPNOTSUPP;
    cpuidle_set_limit(op->u.set_max_cstate);
    return 0;
}

long sysctl_pm_op(struct sysctl_call *c)
{
    const struct xen_sysctl_pm_op *op = &c->op.u.pm_op;

    switch (op->cmd) {
    case XEN_SYSCTL_pm_op_get_max_cstate: return get_max_cstate(c);
    case XEN_SYSCTL_pm_op_set_max_cstate: return set_max_cstate(op);
    }
    if (!is_online(op->cpuid))
        return -EINVAL;
    switch (op->cmd) {
    case XEN_SYSCTL_pm_op_set_sched_opt_smt: return -EOPNOTSUPP;
    case XEN_SYSCTL_pm_op_enable_turbo:
    case XEN_SYSCTL_pm_op_disable_turbo: return -ENODEV;
    default: return (op->cmd & PM_PARA_CATEGORY_MASK) == CPUFREQ_PARA ? -ENODEV : -ENOSYS;
    }
}
