/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops.h"
#include "world.h"

#include "hv/cpumask.h"
#include "hv/log.h"
#include "hv/sched.h"
#include "hv/time.h"

enum { PARTS_MAX = 100000 };

static void vcpu_op(uint32_t cmd, uint32_t id, const void *arg)
{
    act(hypercall_vcpu_op, cmd, id, (uint64_t)(uintptr_t)arg, 0);
}

void op_down_1(void) { vcpu_op(VCPUOP_down, 1, NULL); }
void op_up_1(void) { vcpu_op(VCPUOP_up, 1, NULL); }

static void area_at(uint32_t cmd, mfn_t m)
{
    *(uint64_t *)act_args() = m.nr * PAGE_SIZE;
    vcpu_op(cmd, 1, act_args());
}
void op_runstate_area(void) { area_at(VCPUOP_register_runstate_phys_area, page[0]); }
void op_runstate_moves(void) { area_at(VCPUOP_register_runstate_phys_area, page[1]); }

void op_info_moves(void)
{
    struct vcpu_register_vcpu_info *op = act_args();
    *op = (struct vcpu_register_vcpu_info){ .mfn = page[1].nr };
    vcpu_op(VCPUOP_register_vcpu_info, 1, op);
}
void op_yield(void) { act(hypercall_sched_op, SCHEDOP_yield, 0, 0, 0); }

void op_periodic(void)
{
    struct vcpu_set_periodic_timer *op = act_args();
    *op = (struct vcpu_set_periodic_timer){ .period_ns = 5 * NS_PER_MS };
    vcpu_op(VCPUOP_set_periodic_timer, 1, op);
}
void op_timer(void) { act(hypercall_set_timer_op, now_ns() + NS_PER_MS, 0, 0, 0); }
void op_timer_off(void) { act(hypercall_set_timer_op, 0, 0, 0, 0); }

void op_pause_guest(void)
{
    domain_controller_pause(guest);
    act_leave();
    domain_controller_unpause(guest);
    act_leave();
}

void op_crash_self(void)
{
    domain_shutdown(current_vcpu()->domain, SHUTDOWN_crash);
    act_leave();
}

static void kill_domain(struct domain *d)
{
    for (unsigned int parts = 0; domain_kill(d) == -ERESTART; parts++) {
        if (parts == PARTS_MAX)
            panic("d%u never ends", d->id);
        act_leave();
    }
    act_leave();
}
void op_kill_guest(void) { kill_domain(guest); }
void op_kill_peer(void) { kill_domain(peer); }

void op_affinity(void)
{
    cpumask_t mask = { 0 };
    cpumask_set(&mask, 0);
    cpumask_set(&mask, 1);
    vcpu_set_affinity(guest->vcpu[1], &mask, NULL);
    act_leave();
}
