/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vcpu_op(cmd, vcpu, arg): a domain acts on its own vCPUs. */
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

static long op_initialise(struct vcpu *v, uint64_t arg)
{
    struct domain *d = v->domain;
    if (v->info == v->info_fallback)
        return -EINVAL; /* without a vcpu_info of its own it could never get an event */
    spin_lock(&d->lock);
    long rc = v->is_initialised ? -EEXIST : arch_vcpu_initialise(v, arg);
    if (!rc)
        vcpu_set_initialised(v, true);
    spin_unlock(&d->lock);
    return rc;
}

static long op_up(struct vcpu *v)
{
    if (!v->is_initialised)
        return -EINVAL;
    vcpu_up(v);
    return 0;
}

/* A domain whose last vCPU goes down has stopped. */
static long op_down(struct vcpu *v)
{
    struct domain *d = v->domain;
    struct vcpu *other;
    bool last = true;
    for_each_vcpu(d, other)
        if (other != v && !(READ_ONCE(other->pause_flags) & VPF_DOWN))
            last = false;
    if (last)
        domain_shutdown(d, SHUTDOWN_poweroff);
    else
        vcpu_down(v);
    return 0;
}

static long op_get_runstate(struct vcpu *v, uint64_t arg)
{
    struct vcpu_runstate_info info;
    vcpu_runstate_get(v, &info);
    return copy_to_guest_va(arg, &info);
}

/* 0 takes the area away. It may be mapped later: every update that it cannot take is lost, the first one too. */
static long op_register_runstate(struct vcpu *v, uint64_t arg)
{
    struct vcpu_register_runstate_memory_area area;
    struct vcpu_runstate_info info;
    struct runstate_image image;
    if (copy_from_guest_va(&area, arg) || !arch_guest_range_ok(area.addr.p, sizeof(info)))
        return -EFAULT;
    v->runstate_area = area.addr.p;
    v->runstate_narrow = arch_caller_is_narrow();
    if (area.addr.p) {
        vcpu_runstate_get(v, &info);
        vcpu_runstate_image(v->runstate_narrow, &info, &image);
        (void)arch_copy_to_guest(area.addr.p, image.bytes, image.size);
    }
    return 0;
}

/* The same for the time. */
static long op_register_time(struct vcpu *v, uint64_t arg)
{
    struct vcpu_register_time_memory_area area;
    vcpu_time_info_t now = v->info->time;
    if (copy_from_guest_va(&area, arg) || !arch_guest_range_ok(area.addr.p, sizeof(now)))
        return -EFAULT;
    v->time_area = area.addr.p;
    if (area.addr.p)
        (void)copy_to_guest_va(area.addr.p, &now);
    if (v == current_vcpu())
        arch_vcpu_update_time(v);
    return 0;
}

/* By guest frame address; the structure is the same 8 bytes for both. Who runs elsewhere stops for it. */
static long op_register_phys(struct vcpu *v, enum vcpu_area which, uint64_t arg)
{
    struct vcpu_register_time_memory_area area;
    bool other = v != current_vcpu();
    if (copy_from_guest_va(&area, arg))
        return -EFAULT;
    if (other && vcpu_pause_restartable(v))
        return -ERESTART;
    long rc = vcpu_map_area(v, which, area.addr.p);
    if (other)
        vcpu_unpause(v);
    else if (!rc && which == VCPU_AREA_TIME)
        arch_vcpu_update_time(v);
    return rc;
}

/* @period 0 stops it. The periodic timer may be another vCPU's, which then must not run. */
static long op_periodic(struct vcpu *v, uint64_t period)
{
    long rc = 0;
    bool other = v != current_vcpu();
    if (other && vcpu_pause_restartable(v)) /* two vCPUs may well do this to each other */
        return -ERESTART;
    if (period)
        rc = vcpu_timer_set_periodic(v, period);
    else
        vcpu_timer_stop_periodic(v);
    if (other)
        vcpu_unpause(v);
    return rc;
}

static long op_set_periodic(struct vcpu *v, uint64_t arg)
{
    struct vcpu_set_periodic_timer op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    return op.period_ns < NS_PER_MS ? -EINVAL : op_periodic(v, op.period_ns);
}

static long op_set_singleshot(struct vcpu *v, uint64_t arg)
{
    struct vcpu_set_singleshot_timer op;
    if (v != current_vcpu())
        return -EINVAL;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    return vcpu_timer_set_singleshot(v, op.timeout_abs_ns, op.flags);
}

static long op_stop_singleshot(struct vcpu *v)
{
    if (v != current_vcpu())
        return -EINVAL;
    vcpu_timer_stop_singleshot(v);
    return 0;
}

static long op_register_info(struct vcpu *v, uint64_t arg)
{
    struct vcpu_register_vcpu_info op;
    return copy_from_guest_va(&op, arg) ? -EFAULT : vcpu_map_info(v, gfn(op.mfn), op.offset);
}

long hypercall_vcpu_op(struct hypercall *call)
{
    uint32_t cmd = (uint32_t)call->arg[0];
    uint64_t arg = call->arg[2];
    struct vcpu *v = domain_vcpu(current_vcpu()->domain, (uint32_t)call->arg[1]);
    if (!v)
        return -ENOENT;
    switch (cmd) {
    case VCPUOP_initialise:
        return op_initialise(v, arg);
    case VCPUOP_up:
        return op_up(v);
    case VCPUOP_down:
        return op_down(v);
    case VCPUOP_is_up:
        return !(READ_ONCE(v->pause_flags) & VPF_DOWN);
    case VCPUOP_get_runstate_info:
        return op_get_runstate(v, arg);
    case VCPUOP_register_runstate_memory_area:
        return op_register_runstate(v, arg);
    case VCPUOP_set_periodic_timer:
        return op_set_periodic(v, arg);
    case VCPUOP_stop_periodic_timer:
        return op_periodic(v, 0);
    case VCPUOP_set_singleshot_timer:
        return op_set_singleshot(v, arg);
    case VCPUOP_stop_singleshot_timer:
        return op_stop_singleshot(v);
    case VCPUOP_register_vcpu_info:
        return op_register_info(v, arg);
    case VCPUOP_register_vcpu_time_memory_area:
        return op_register_time(v, arg);
    case VCPUOP_register_runstate_phys_area:
        return op_register_phys(v, VCPU_AREA_RUNSTATE, arg);
    case VCPUOP_register_vcpu_time_phys_area:
        return op_register_phys(v, VCPU_AREA_TIME, arg);
    }
    return arch_vcpu_op(cmd, v, arg);
}
