/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What xenpm asks: how often and how long idle CPUs halt, and whether they may. */
#include "toolstack_world.h"

#include "hv/cpuidle.h"

static struct xen_sysctl op;

static long pmstat(uint32_t type, uint32_t cpu)
{
    op.u.get_pmstat.type = type;
    op.u.get_pmstat.cpuid = cpu;
    return sysctl_op(XEN_SYSCTL_get_pmstat, &op);
}

static uint64_t *triggers(void) { return (uint64_t *)AREA; }
static uint64_t *residencies(void) { return (uint64_t *)AREA + 8; }

static long cxstat(uint32_t cpu, uint32_t room)
{
    struct pm_cx_stat *cx = &op.u.get_pmstat.u.getcx;

    memset(AREA, 0xee, 128);
    *cx = (struct pm_cx_stat){ .nr = room, .nr_pc = 7, .nr_cc = 7 };
    set_xen_guest_handle(cx->triggers, triggers());
    set_xen_guest_handle(cx->residencies, residencies());
    return pmstat(PMSTAT_get_cxstat, cpu);
}

static void halt_for(unsigned int cpu, uint64_t ns)
{
    sim_on_cpu(cpu);
    cpuidle_enter();
    sim_pass(ns);
    cpuidle_leave();
    sim_on_cpu(0);
}

static void halts_are_counted(void **state)
{
    const struct pm_cx_stat *cx = &op.u.get_pmstat.u.getcx;

    start();
    sim_pass(1000);
    halt_for(1, 300);
    halt_for(1, 500);
    halt_for(2, 7);
    assert_int_equal(pmstat(PMSTAT_get_max_cx, 1), 0);
    assert_int_equal(cx->nr, 2);
    assert_int_equal(cxstat(1, 0), 0);
    assert_int_equal(cx->nr, 2);
    assert_int_equal(cx->nr_pc, 0);
    assert_int_equal(cx->nr_cc, 0);
    assert_int_equal(cx->last, 0);
    assert_int_equal(triggers()[1], 2);
    assert_int_equal(residencies()[1], 800);
    assert_int_equal(residencies()[0] + residencies()[1], now_ns());
    assert_int_equal(cxstat(2, 0), 0);
    assert_int_equal(residencies()[1], 7);

    sim_on_cpu(3);
    cpuidle_enter();
    sim_on_cpu(0);
    sim_pass(90);
    assert_int_equal(cxstat(3, 0), 0);
    assert_int_equal(cx->last, 1);
    assert_int_equal(triggers()[1], 1);
    assert_int_equal(residencies()[1], 90);
}

static void a_reset_counts_from_there(void **state)
{
    start();
    halt_for(1, 300);
    sim_on_cpu(1);
    cpuidle_enter();
    sim_pass(40);
    sim_on_cpu(0);
    assert_int_equal(pmstat(PMSTAT_reset_cxstat, 1), 0);
    sim_pass(5);
    assert_int_equal(cxstat(1, 0), 0);
    assert_int_equal(triggers()[1], 0);
    assert_int_equal(residencies()[1], 5);
    assert_int_equal(residencies()[0], 0);
}

/* From 0x16 on the caller says how much room it has; before, it has asked. */
static void no_more_is_written_than_there_is_room(void **state)
{
    static const struct { uint32_t number, room, written; } t[] = {
        { 0x15, 0, 2 }, { 0x15, ~0u, 2 }, { 0x16, 0, 0 }, { 0x16, 1, 1 }, { 0x16, 2, 2 }, { 0x16, ~0u, 2 },
    };

    start();
    halt_for(0, 11);
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        sysctl_number = t[i].number;
        assert_int_equal(cxstat(0, t[i].room), 0);
        assert_int_equal(op.u.get_pmstat.u.getcx.nr, t[i].written);
        for (uint32_t n = 0; n < 4; n++)
            assert_int_equal(triggers()[n] == 0xeeeeeeeeeeeeeeee, n >= t[i].written);
    }
}

static void what_is_not_there_is_refused(void **state)
{
    start();
    assert_int_equal(pmstat(PMSTAT_get_max_cx, CPU_MAX), -EINVAL);
    assert_int_equal(pmstat(PMSTAT_get_max_cx, 4), -EINVAL);
    assert_int_equal(pmstat(PMSTAT_reset_cxstat, ~0u), -EINVAL);
    assert_int_equal(pmstat(PMSTAT_get_max_px, 0), -ENODEV);
    assert_int_equal(pmstat(PMSTAT_CX | 4, 0), -ENOSYS);
    assert_int_equal(pmstat(0x40, 0), -ENODEV);
    cxstat(0, 0);
    set_xen_guest_handle(op.u.get_pmstat.u.getcx.residencies, (uint64_t *)8);
    assert_int_equal(pmstat(PMSTAT_get_cxstat, 0), -EFAULT);
}

static long pm(uint32_t cmd, uint32_t cpu, uint32_t value)
{
    op.u.pm_op = (struct xen_sysctl_pm_op){ .cmd = cmd, .cpuid = cpu, .u.set_max_cstate = value };
    return sysctl_op(XEN_SYSCTL_pm_op, &op);
}

static void a_tool_keeps_cpus_from_halting(void **state)
{
    start();
    assert_int_equal(pm(XEN_SYSCTL_pm_op_get_max_cstate, 0, 0), 0);
    assert_int_equal(op.u.pm_op.u.get_max_cstate, XEN_SYSCTL_CX_UNLIMITED);
    assert_int_equal(pm(XEN_SYSCTL_pm_op_get_max_cstate, 2, 0), -EINVAL);
    assert_true(cpuidle_may_halt());
    uint64_t kicks = sim_counters.kicks;
    assert_int_equal(pm(XEN_SYSCTL_pm_op_set_max_cstate, 0, 0), 0);
    assert_int_equal(sim_counters.kicks - kicks, 3);
    assert_false(cpuidle_may_halt());
    assert_int_equal(pm(XEN_SYSCTL_pm_op_set_max_cstate, 0, 1), 0);
    assert_true(cpuidle_may_halt());
    assert_int_equal(pm(XEN_SYSCTL_pm_op_get_max_cstate, 0, 0), 0);
    assert_int_equal(op.u.pm_op.u.get_max_cstate, 1);
    assert_int_equal(pm(XEN_SYSCTL_pm_op_set_max_cstate, 1, 0), -EOPNOTSUPP);
    assert_int_equal(pm(GET_CPUFREQ_PARA, 0, 0), -ENODEV);
    assert_int_equal(pm(XEN_SYSCTL_pm_op_enable_turbo, 0, 0), -ENODEV);
    assert_int_equal(pm(XEN_SYSCTL_pm_op_set_sched_opt_smt, 0, 0), -EOPNOTSUPP);
    assert_int_equal(pm(XEN_SYSCTL_pm_op_get_vcpu_migration_delay, 0, 0), -ENOSYS);
    assert_int_equal(pm(0x7f, 0, 0), -ENOSYS);
    static const uint32_t of_a_cpu[] = { GET_CPUFREQ_PARA, XEN_SYSCTL_pm_op_enable_turbo,
                                         XEN_SYSCTL_pm_op_set_sched_opt_smt, 0x7f };
    for (unsigned int i = 0; i < ARRAY_SIZE(of_a_cpu); i++) {
        assert_int_equal(pm(of_a_cpu[i], 4096, 0), -EINVAL);
        assert_int_equal(pm(of_a_cpu[i], ~0u, 0), -EINVAL);
    }
}

SIM_TESTS(cmocka_unit_test(halts_are_counted), cmocka_unit_test(a_reset_counts_from_there),
          cmocka_unit_test(no_more_is_written_than_there_is_room), cmocka_unit_test(what_is_not_there_is_refused),
          cmocka_unit_test(a_tool_keeps_cpus_from_halting))
