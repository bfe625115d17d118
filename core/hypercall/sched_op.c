/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sched_op(cmd, arg): what a vCPU asks of the scheduler for itself, and shutting a domain down. */
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/trace.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

static long sched_block(struct vcpu *v)
{
    /* The ABI's "unmask and wait" in one: an event that came while masked keeps us from blocking. */
    if (v->domain->type == DOMAIN_PV)
        __atomic_store_n(&v->info->evtchn_upcall_mask, 0, __ATOMIC_SEQ_CST);
    vcpu_block_current();
    return 0;
}

static long sched_shutdown(struct domain *d, uint64_t arg)
{
    struct sched_shutdown op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    TRACE(TRC_SCHED_SHUTDOWN, TRACE_VCPU(current_vcpu()), op.reason);
    domain_shutdown(d, (uint8_t)op.reason);
    return 0;
}

static long sched_shutdown_code(struct domain *d, uint64_t arg)
{
    struct sched_shutdown op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    TRACE(TRC_SCHED_SHUTDOWN_CODE, TRACE_VCPU(current_vcpu()), op.reason);
    irqflags_t flags = spin_lock_irqsave(&d->shutdown_lock);
    if (d->shutdown_code == ~0u)
        d->shutdown_code = (uint8_t)op.reason;
    spin_unlock_irqrestore(&d->shutdown_lock, flags);
    return 0;
}

static long sched_poll(uint64_t arg)
{
    struct sched_poll op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    return vcpu_poll_current(guest_handle_va(op.ports), op.nr_ports, op.timeout);
}

static long sched_remote_shutdown(struct domain *d, uint64_t arg)
{
    struct sched_remote_shutdown op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    struct domain *target = domain_get_by_id(op.domain_id);
    if (!target)
        return -ESRCH;
    long rc = d->is_privileged ? 0 : -EPERM;
    if (!rc)
        domain_shutdown(target, (uint8_t)op.reason);
    domain_put(target);
    return rc;
}

static long sched_watchdog(struct domain *d, uint64_t arg)
{
    struct sched_watchdog op;
    return copy_from_guest_va(&op, arg) ? -EFAULT : domain_watchdog(d, op.id, op.timeout);
}

static long sched_pin(struct vcpu *v, uint32_t cpu)
{
    cpumask_t only;
    if (v->affinity_overridden)
        return -EBUSY;
    if (!cpumask_test(&cpu_online, cpu))
        return -EINVAL;
    cpumask_clear_all(&only);
    cpumask_set(&only, cpu);
    cpumask_t real = v->hard_affinity;
    long rc = vcpu_set_affinity(v, &only, NULL);
    if (!rc) {
        v->saved_affinity = real;
        v->affinity_overridden = true;
    }
    return rc;
}

static long sched_unpin(struct vcpu *v)
{
    if (!v->affinity_overridden)
        return -EINVAL;
    v->affinity_overridden = false;
    return vcpu_set_affinity(v, &v->saved_affinity, NULL);
}

static long sched_pin_override(struct vcpu *v, uint64_t arg)
{
    struct sched_pin_override op;
    if (!v->domain->is_hardware)
        return -EPERM;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    return op.pcpu < 0 ? sched_unpin(v) : sched_pin(v, (uint32_t)op.pcpu);
}

long hypercall_sched_op(struct hypercall *call)
{
    struct vcpu *v = current_vcpu();
    uint64_t arg = call->arg[1];
    switch ((uint32_t)call->arg[0]) {
    case SCHEDOP_yield:
        vcpu_yield_current();
        return 0;
    case SCHEDOP_block:
        return sched_block(v);
    case SCHEDOP_shutdown:
        return sched_shutdown(v->domain, arg);
    case SCHEDOP_poll:
        return sched_poll(arg);
    case SCHEDOP_remote_shutdown:
        return sched_remote_shutdown(v->domain, arg);
    case SCHEDOP_shutdown_code:
        return sched_shutdown_code(v->domain, arg);
    case SCHEDOP_watchdog:
        return sched_watchdog(v->domain, arg);
    case SCHEDOP_pin_override:
        return sched_pin_override(v, arg);
    }
    return -ENOSYS;
}

/* The form of Xen 3.0, which old kernels still use to end: the reason of a shutdown is the argument itself. */
long hypercall_sched_op_compat(struct hypercall *call)
{
    switch ((uint32_t)call->arg[0]) {
    case SCHEDOP_yield:
        vcpu_yield_current();
        return 0;
    case SCHEDOP_block:
        return sched_block(current_vcpu());
    case SCHEDOP_shutdown:
        TRACE(TRC_SCHED_SHUTDOWN, TRACE_VCPU(current_vcpu()), (uint32_t)call->arg[1]);
        domain_shutdown(current_vcpu()->domain, (uint8_t)call->arg[1]);
        return 0;
    }
    return -ENOSYS;
}

long hypercall_set_timer_op(struct hypercall *call)
{
    vcpu_timer_op(current_vcpu(), call->arg[0]);
    return 0;
}
