/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#define T struct xen_sysctl
#define SYSCTL_AT(title, cmd_, fl, ...)                                                                              \
    {                                                                                                                \
        .name = "sysctl." title, .nr = __HYPERVISOR_sysctl, .flags = fl, .size = sizeof(T), .after = after_pool,     \
        .field = {                                                                                                   \
            IN_REGISTER(0, "op", COPIED, 0), IN_STRUCT(T, cmd, FIXED, cmd_),                                         \
            IN_STRUCT(T, interface_version, FIXED, XEN_SYSCTL_INTERFACE_VERSION), __VA_ARGS__                        \
        }                                                                                                            \
    }
#define SYSCTL(name, fl, ...)          SYSCTL_AT(#name, XEN_SYSCTL_##name, fl, __VA_ARGS__)
#define SYSCTL_N(title, name, fl, ...) SYSCTL_AT(#name "." title, XEN_SYSCTL_##name, fl, __VA_ARGS__)
#define F(member, kind, base)          IN_STRUCT(T, u.member, kind, base)
#define H(member, base)                HANDLE(T, u.member, base)
#define POOL(title, op_, ...) SYSCTL_N(title, cpupool_op, 0, F(cpupool_op.op, FIXED, XEN_SYSCTL_CPUPOOL_OP_##op_), \
                                       __VA_ARGS__)
#define PM(title, cmd_, ...)  SYSCTL_N(title, pm_op, 0, F(pm_op.cmd, FIXED, cmd_), F(pm_op.cpuid, CPU, 0), __VA_ARGS__)
#define PMSTAT(title, type_)  SYSCTL_N(title, get_pmstat, 0, F(get_pmstat.type, FIXED, type_), F(get_pmstat.cpuid, \
    CPU, 0))
#define LIVEPATCH(title, cmd_, ...) SYSCTL_N(title, livepatch_op, 0, F(livepatch.cmd, FIXED, cmd_), \
                                             {"livepatch.pad", offsetof(T, u) + 4, 4, RESERVED, 0}, __VA_ARGS__)

const struct op sysctl_ops[] = {
    {.name = "sysctl", .nr = __HYPERVISOR_sysctl, .size = sizeof(T), .field = {
        IN_REGISTER(0, "op", STRUCT, 0),
        IN_STRUCT(T, cmd, SUB, XEN_SYSCTL_sched_id),
        IN_STRUCT(T, interface_version, VERSION, XEN_SYSCTL_INTERFACE_VERSION),
        F(sched_id.sched_id, SHOWN, 0),
    }},
    {.name = "sysctl.unknown", .nr = __HYPERVISOR_sysctl, .size = sizeof(T), .field = {
        IN_REGISTER(0, "op", STRUCT, 0),
        IN_STRUCT(T, cmd, FIXED, 99),
        IN_STRUCT(T, interface_version, VERSION, XEN_SYSCTL_INTERFACE_VERSION),
    }},
    SYSCTL(readconsole, 0, F(readconsole.pad0, RESERVED, 0), F(readconsole.pad1, RESERVED, 0),
           H(readconsole.buffer, T_DATA), F(readconsole.incremental, FIXED, 0)),
    SYSCTL_N("some", readconsole, 0, H(readconsole.buffer, T_DATA), F(readconsole.count, FIXED, 8)),
    SYSCTL(tbuf_op, 0, F(tbuf_op.cmd, SUB, XEN_SYSCTL_TBUFOP_get_info)),
    SYSCTL_N("cpu_mask", tbuf_op, 0, F(tbuf_op.cmd, FIXED, XEN_SYSCTL_TBUFOP_set_cpu_mask),
             H(tbuf_op.cpu_mask.bitmap, T_ONES), F(tbuf_op.cpu_mask.nr_bits, COUNT, 8)),
    SYSCTL_N("evt_mask", tbuf_op, 0, F(tbuf_op.cmd, FIXED, XEN_SYSCTL_TBUFOP_set_evt_mask), F(tbuf_op.evt_mask, ANY,
        0)),
    SYSCTL_N("size", tbuf_op, 0, F(tbuf_op.cmd, FIXED, XEN_SYSCTL_TBUFOP_set_size), F(tbuf_op.size, ANY, 0)),
    SYSCTL_N("enable", tbuf_op, 0, F(tbuf_op.cmd, FIXED, XEN_SYSCTL_TBUFOP_enable)),
    SYSCTL_N("disable", tbuf_op, 0, F(tbuf_op.cmd, FIXED, XEN_SYSCTL_TBUFOP_disable)),
    SYSCTL(physinfo, 0, {}),
    SYSCTL(perfc_op, 0, F(perfc_op.cmd, SUB, 2)),
    SYSCTL(getdomaininfolist, 0, F(getdomaininfolist.first_domain, DOMAIN, 0), F(getdomaininfolist.max_domains, COUNT,
        1),
           H(getdomaininfolist.buffer, T_DATA), F(getdomaininfolist.num_domains, SHOWN, 0)),
    SYSCTL(debug_keys, 0, H(debug_keys.keys, T_DATA), F(debug_keys.nr_keys, COUNT, 0)),
    SYSCTL(getcpuinfo, 0, F(getcpuinfo.max_cpus, COUNT, 1), H(getcpuinfo.info, T_DATA), F(getcpuinfo.nr_cpus, SHOWN,
        0)),
    SYSCTL(availheap, 0, F(availheap.min_bitwidth, ANY, 0), F(availheap.max_bitwidth, ANY, 0), F(availheap.node, ANY,
        0xffffffff)),
    PMSTAT("max_px", PMSTAT_get_max_px), PMSTAT("pxstat", PMSTAT_get_pxstat), PMSTAT("reset_px", PMSTAT_reset_pxstat),
    PMSTAT("max_cx", PMSTAT_get_max_cx), PMSTAT("cxstat", PMSTAT_get_cxstat), PMSTAT("reset_cx", PMSTAT_reset_cxstat),
    SYSCTL(get_pmstat, 0, F(get_pmstat.type, SUB, 0x30), F(get_pmstat.cpuid, CPU, 0)),
    SYSCTL(cpu_hotplug, 0, F(cpu_hotplug.op, ANY, 0), F(cpu_hotplug.cpu, CPU, 64)),
    SYSCTL_N("off", cpu_hotplug, 0, F(cpu_hotplug.op, FIXED, 1), F(cpu_hotplug.cpu, CPU, 64)),
    PM("get_cpufreq", GET_CPUFREQ_PARA, {}), PM("set_gov", SET_CPUFREQ_GOV, {}),
    PM("set_cpufreq", SET_CPUFREQ_PARA, F(pm_op.u.set_para.ctrl_type, ANY, 1)), PM("avgfreq", GET_CPUFREQ_AVGFREQ, {}),
    PM("smt", XEN_SYSCTL_pm_op_set_sched_opt_smt, F(pm_op.u.set_sched_opt_smt, ANY, 0)),
    PM("get_max_cstate", XEN_SYSCTL_pm_op_get_max_cstate, {}),
    PM("set_max_cstate", XEN_SYSCTL_pm_op_set_max_cstate, F(pm_op.u.set_max_cstate, ANY, XEN_SYSCTL_CX_UNLIMITED)),
    PM("set_delay", XEN_SYSCTL_pm_op_set_vcpu_migration_delay, {}),
    PM("get_delay", XEN_SYSCTL_pm_op_get_vcpu_migration_delay, {}),
    PM("turbo", XEN_SYSCTL_pm_op_enable_turbo, {}), PM("no_turbo", XEN_SYSCTL_pm_op_disable_turbo, {}),
    PM("unknown", 0x7f, {}), PM("zero", 0, {}),
    SYSCTL(page_offline_op, 0, F(page_offline.cmd, SUB, 3), F(page_offline.start, FRAME, 1), F(page_offline.end, FRAME,
        1),
           H(page_offline.status, T_DATA)),
    SYSCTL_N("beyond", page_offline_op, 0, F(page_offline.cmd, ANY, 1), F(page_offline.start, FIXED, 0x7ffffff),
             F(page_offline.end, FIXED, 0x7ffffff), H(page_offline.status, T_DATA)),
    SYSCTL(lockprof_op, 0, F(lockprof_op.cmd, SUB, 2)),
    SYSCTL(cputopoinfo, 0, F(cputopoinfo.num_cpus, COUNT, 1), H(cputopoinfo.cputopo, T_DATA), F(cputopoinfo.num_cpus,
        SHOWN, 0)),
    SYSCTL(numainfo, 0, F(numainfo.num_nodes, COUNT, 1), H(numainfo.meminfo, T_DATA), H(numainfo.distance, T_DATA),
           F(numainfo.num_nodes, SHOWN, 0)),
    SYSCTL_N("any", cpupool_op, 0, F(cpupool_op.op, SUB, XEN_SYSCTL_CPUPOOL_OP_INFO)),
    POOL("create", CREATE, F(cpupool_op.cpupool_id, FIXED, XEN_SYSCTL_CPUPOOL_PAR_ANY), F(cpupool_op.sched_id, ANY,
        XEN_SCHEDULER_CREDIT2),
         F(cpupool_op.cpu, CPU, 0)),
    POOL("destroy", DESTROY, F(cpupool_op.cpupool_id, ANY, 2)),
    POOL("info", INFO, F(cpupool_op.cpupool_id, ANY, 0), H(cpupool_op.cpumap.bitmap, T_DATA),
         F(cpupool_op.cpumap.nr_bits, COUNT, 8), F(cpupool_op.cpupool_id, SHOWN, 0), F(cpupool_op.sched_id, SHOWN, 0)),
    POOL("addcpu", ADDCPU, F(cpupool_op.cpupool_id, ANY, 0), F(cpupool_op.cpu, CPU, 0)),
    POOL("rmcpu", RMCPU, F(cpupool_op.cpupool_id, ANY, 0), F(cpupool_op.cpu, CPU, 64)),
    POOL("movedomain", MOVEDOMAIN, F(cpupool_op.cpupool_id, ANY, 0), F(cpupool_op.domid, DOMAIN, T_OTHER)),
    POOL("freeinfo", FREEINFO, H(cpupool_op.cpumap.bitmap, T_DATA), F(cpupool_op.cpumap.nr_bits, COUNT, 8)),
    SYSCTL_N("get", scheduler_op, 0, F(scheduler_op.cpupool_id, ANY, 0), F(scheduler_op.sched_id, ANY,
        XEN_SCHEDULER_CREDIT2),
             F(scheduler_op.cmd, SUB, XEN_SYSCTL_SCHEDOP_getinfo), F(scheduler_op.u.sched_credit2.ratelimit_us, SHOWN,
                 0)),
    SYSCTL_N("put", scheduler_op, 0, F(scheduler_op.cpupool_id, ANY, 0), F(scheduler_op.sched_id, ANY,
        XEN_SCHEDULER_CREDIT2),
             F(scheduler_op.cmd, FIXED, XEN_SYSCTL_SCHEDOP_putinfo),
             F(scheduler_op.u.sched_credit2.ratelimit_us, ANY, 1000)),
    SYSCTL(coverage_op, 0, F(coverage_op.cmd, SUB, 0)),
    SYSCTL(psr_cmt_op, 0, F(psr_cmt_op.cmd, SUB, 3), F(psr_cmt_op.u.data, SHOWN, 0)),
    SYSCTL_N("rmid", psr_cmt_op, 0, F(psr_cmt_op.cmd, ANY, 0)),
    SYSCTL(pcitopoinfo, 0, F(pcitopoinfo.num_devs, COUNT, 1), H(pcitopoinfo.devs, T_DATA), H(pcitopoinfo.nodes, T_DATA),
           F(pcitopoinfo.num_devs, SHOWN, 0)),
    SYSCTL(psr_alloc, 0, F(psr_alloc.cmd, ANY, 0), F(psr_alloc.target, ANY, 0)),
    SYSCTL(get_cpu_levelling_caps, 0, {}),
    SYSCTL(get_cpu_featureset, 0, F(cpu_featureset.index, ANY, 0), F(cpu_featureset.nr_features, COUNT, 64),
           H(cpu_featureset.features, T_DATA)),
    LIVEPATCH("upload", 0, F(livepatch.u.upload.name.size, COUNT, 8), H(livepatch.u.upload.name.name, T_DATA),
              F(livepatch.u.upload.name.pad, RESERVED, 0), F(livepatch.u.upload.size, COUNT, 64),
              H(livepatch.u.upload.payload, T_DATA)),
    LIVEPATCH("get", 1, F(livepatch.u.get.name.size, COUNT, 8), H(livepatch.u.get.name.name, T_ONES)),
    LIVEPATCH("list", 2, F(livepatch.u.list.idx, COUNT, 0), F(livepatch.u.list.nr, COUNT, 0),
              F(livepatch.u.list.pad, RESERVED, 0)),
    LIVEPATCH("action", 3, F(livepatch.u.action.name.size, COUNT, 8), H(livepatch.u.action.name.name, T_ONES),
              F(livepatch.u.action.cmd, ANY, 1), F(livepatch.u.action.pad, RESERVED, 0)),
    LIVEPATCH("unknown", 9, {}),
    SYSCTL(get_cpu_policy, 0, F(cpu_policy.index, ANY, 0), F(cpu_policy.nr_leaves, COUNT, 300),
           F(cpu_policy.nr_msrs, COUNT, 10), F(cpu_policy._rsvd, RESERVED, 0), H(cpu_policy.leaves, T_DATA),
           H(cpu_policy.msrs, T_DATA)),
    SYSCTL_AT("0", 0, 0, {}), SYSCTL_AT("13", 13, 0, {}), SYSCTL_AT("24", 24, 0, {}), SYSCTL_AT("28", 28, 0, {}),
    SYSCTL_AT("30", 30, 0, {}),
    {0}
};
