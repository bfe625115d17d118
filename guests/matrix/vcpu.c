/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vcpu_op and sched_op. What ends this vCPU or the domain is not called with what would make it work. */
#include "matrix/matrix.h"

#define VCPU_OP(name_, type, vcpu, kind, fl, ...)                                                                    \
    {                                                                                                                \
        .name = "vcpu_op." #name_, .nr = __HYPERVISOR_vcpu_op, .flags = fl, .size = sizeof(type), \
            .after = after_timer, \
        .field = {                                                                                                   \
            IN_REGISTER(0, "cmd", FIXED, VCPUOP_##name_), IN_REGISTER(1, "vcpuid", kind, vcpu),                      \
            IN_REGISTER(2, "arg", STRUCT, 0), __VA_ARGS__                                                            \
        }                                                                                                            \
    }
#define SCHED(title, nr_, name_, type, fl, ...)                                                                      \
    {                                                                                                                \
        .name = "sched_op." title, .nr = __HYPERVISOR_##nr_, .flags = fl, .size = sizeof(type),                      \
        .after = after_watchdog, .field = {                                                                          \
            IN_REGISTER(0, "cmd", FIXED, SCHEDOP_##name_), IN_REGISTER(1, "arg", STRUCT, 0), __VA_ARGS__             \
        }                                                                                                            \
    }
#define F(type, member, kind, base) IN_STRUCT(struct type, member, kind, base)

const struct op vcpu_ops[] = {
    {.name = "vcpu_op", .nr = __HYPERVISOR_vcpu_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, 14), IN_REGISTER(1, "vcpuid", VCPU, 0), IN_REGISTER(2, "arg", STRUCT, 0) }},
    VCPU_OP(is_up, uint64_t, 0, VCPU, 0, {}),
    VCPU_OP(up, uint64_t, 1, VCPU, 0, {}),
    VCPU_OP(down, uint64_t, 1, VCPU, 0, {}),
    {.name = "vcpu_op.initialise", .nr = __HYPERVISOR_vcpu_op, .size = 8, .field = {
        IN_REGISTER(0, "cmd", FIXED, VCPUOP_initialise), IN_REGISTER(1, "vcpuid", VCPU, 1), IN_REGISTER(2, "arg", DATA,
            T_DATA) }},
    {.name = "vcpu_op.initialise.running", .nr = __HYPERVISOR_vcpu_op, .size = 8, .field = {
        IN_REGISTER(0, "cmd", FIXED, VCPUOP_initialise), IN_REGISTER(1, "vcpuid", FIXED, 0), IN_REGISTER(2, "arg", DATA,
            T_DATA) }},
    VCPU_OP(get_runstate_info, struct vcpu_runstate_info, 0, VCPU, 0, {}),
    VCPU_OP(register_runstate_memory_area, struct vcpu_register_runstate_memory_area, 0, VCPU, 0,
            F(vcpu_register_runstate_memory_area, addr.p, ADDRESS, 0)),
    VCPU_OP(register_vcpu_time_memory_area, struct vcpu_register_time_memory_area, 0, VCPU, 0,
            F(vcpu_register_time_memory_area, addr.p, ADDRESS, 0)),
    VCPU_OP(set_periodic_timer, struct vcpu_set_periodic_timer, 0, VCPU, 0, F(vcpu_set_periodic_timer, period_ns, ANY,
        1000000)),
    VCPU_OP(stop_periodic_timer, uint64_t, 0, VCPU, 0, {}),
    VCPU_OP(set_singleshot_timer, struct vcpu_set_singleshot_timer, 0, VCPU, 0, F(vcpu_set_singleshot_timer,
        timeout_abs_ns, ANY, 1),
            F(vcpu_set_singleshot_timer, flags, BITS, 0)),
    VCPU_OP(set_singleshot_timer, struct vcpu_set_singleshot_timer, 1, FIXED, 0, F(vcpu_set_singleshot_timer, flags,
        FIXED, 0)),
    VCPU_OP(stop_singleshot_timer, uint64_t, 0, VCPU, 0, {}),
    VCPU_OP(get_physid, struct vcpu_get_physid, 0, VCPU, 0, F(vcpu_get_physid, phys_id, SHOWN, 0)),
    VCPU_OP(send_nmi, uint64_t, 1, VCPU, 0, {}),
    VCPU_OP(register_vcpu_info, struct vcpu_register_vcpu_info, 1, VCPU, NO_BASE, F(vcpu_register_vcpu_info, mfn, FRAME,
        0x7ffffff),
            F(vcpu_register_vcpu_info, offset, COUNT, 0), F(vcpu_register_vcpu_info, rsvd, RESERVED, 0)),
    {.name = "sched_op", .nr = __HYPERVISOR_sched_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, SCHEDOP_yield), IN_REGISTER(1, "arg", STRUCT, 0) }},
    {.name = "sched_op_compat", .nr = __HYPERVISOR_sched_op_compat, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, SCHEDOP_yield), IN_REGISTER(1, "arg", FIXED, 0) }},
    {.name = "sched_op_compat.poll", .nr = __HYPERVISOR_sched_op_compat, .size = 64, .field = {
        IN_REGISTER(0, "cmd", FIXED, SCHEDOP_poll), IN_REGISTER(1, "arg", FIXED, 0) }},
    {.name = "sched_op.shutdown", .nr = __HYPERVISOR_sched_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", FIXED, SCHEDOP_shutdown), IN_REGISTER(1, "arg", FIXED, 0x1000) }},
    {.name = "sched_op.shutdown.hypervisor", .nr = __HYPERVISOR_sched_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", FIXED, SCHEDOP_shutdown), IN_REGISTER(1, "arg", FIXED, 0xffff830000000000) }},
    SCHED("poll", sched_op, poll, struct sched_poll, 0, HANDLE(struct sched_poll, ports, T_DATA), F(sched_poll,
        nr_ports, COUNT, 0),
          F(sched_poll, timeout, FIXED, 1)),
    SCHED("poll.one", sched_op, poll, struct sched_poll, 0, HANDLE(struct sched_poll, ports, T_DATA), F(sched_poll,
        nr_ports, COUNT, 1),
          F(sched_poll, timeout, FIXED, 1)),
    SCHED("poll.ones", sched_op, poll, struct sched_poll, 0, HANDLE(struct sched_poll, ports, T_ONES), F(sched_poll,
        nr_ports, FIXED, 1),
          F(sched_poll, timeout, FIXED, 1)),
    SCHED("remote_shutdown", sched_op, remote_shutdown, struct sched_remote_shutdown, NO_BASE,
          F(sched_remote_shutdown, domain_id, DOMAIN, 0x77), F(sched_remote_shutdown, reason, ANY, 0)),
    SCHED("shutdown_code", sched_op, shutdown_code, struct sched_shutdown, 0, F(sched_shutdown, reason, ANY, 0)),
    SCHED("shutdown_code.0", sched_op, shutdown_code, struct sched_shutdown, 0, F(sched_shutdown, reason, FIXED, 0)),
    SCHED("watchdog", sched_op, watchdog, struct sched_watchdog, 0, F(sched_watchdog, id, ANY, 0), F(sched_watchdog,
        timeout, FIXED, 3000)),
    SCHED("watchdog.stop", sched_op, watchdog, struct sched_watchdog, 0, F(sched_watchdog, id, VCPU, 1),
        F(sched_watchdog, timeout, FIXED, 0)),
    SCHED("pin_override", sched_op, pin_override, struct sched_pin_override, 0, F(sched_pin_override, pcpu, CPU, -1u)),
    {0}
};
