/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl(op): the caller's rights, version, row and target domain; then the row's function under the lock.
 *
 * Tools of several releases call at the same time. What a call means follows from the number in it and from nothing
 * else; the copy that goes back has the caller's own number.
 */
#include "hv/guest_access.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

static spinlock_t domctl_lock = SPINLOCK_INIT(LOCK_DOMCTL);

static const struct domctl_row *domctl_find(uint32_t nr)
{
    unsigned int low = 0, high = domctl_row_count;

    while (low < high) {
        unsigned int middle = (low + high) / 2;
        if (domctl_rows[middle].nr == nr)
            return &domctl_rows[middle];
        if (domctl_rows[middle].nr < nr)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

int domctl_vcpu(const struct domctl_call *call, uint32_t id, struct vcpu **out)
{
    if (id >= call->d->max_vcpus)
        return -EINVAL;
    *out = domain_vcpu(call->d, id);
    return *out ? 0 : -ESRCH;
}

int domctl_other_vcpu(const struct domctl_call *call, uint32_t id, struct vcpu **out)
{
    int rc = domctl_vcpu(call, id, out);

    return !rc && *out == current_vcpu() ? -EINVAL : rc;
}

/* Some ask about the machine when they name a certain id that no domain has. */
static bool domctl_names_nobody(const struct xen_domctl *op)
{
    switch (op->cmd) {
    case XEN_DOMCTL_test_assign_device:
    case XEN_DOMCTL_vm_event_op:
        return op->domain == DOMID_INVALID;
    case XEN_DOMCTL_assign_device:
    case XEN_DOMCTL_deassign_device:
        return op->domain == DOMID_IO;
    }
    return false;
}

static int domctl_target_get(const struct domctl_row *row, struct domctl_call *c)
{
    if (row->target == DOMCTL_TARGET_NONE || domctl_names_nobody(&c->op))
        return 0;
    c->d = domain_get_by_id(c->op.domain);
    if (!c->d)
        return -ESRCH;
    return row->target == DOMCTL_TARGET_OTHER && c->d == current_vcpu()->domain ? -EINVAL : 0;
}

/* Whoever holds the lock may wait for our vCPU to stop, so waiting for it here is not allowed. */
static long domctl_run(const struct domctl_row *row, struct domctl_call *c)
{
    if (!spin_trylock(&domctl_lock))
        return -ERESTART;
    long rc = row->fn(c);
    spin_unlock(&domctl_lock);
    return rc;
}

static long domctl_row_call(const struct domctl_row *row, struct domctl_call *c)
{
    long rc = domctl_target_get(row, c);

    if (!rc)
        rc = row->refused ? -row->refused : row->fn ? domctl_run(row, c) : -ENOSYS;
    if (rc != -ERESTART && c->copy_back && copy_to_guest_va(c->arg, &c->op))
        rc = -EFAULT;
    if (c->d)
        domain_put(c->d);
    return rc;
}

/* -EPERM comes before the command is looked at, except for a domain that doesn't exist. As on Xen. */
static long domctl_refuse(const struct domctl_call *c)
{
    switch (c->op.cmd) {
    case XEN_DOMCTL_createdomain:
    case XEN_DOMCTL_getdomaininfo:
    case XEN_DOMCTL_get_domain_state:
    case XEN_DOMCTL_gdbsx_guestmemio: return -EPERM;
    }
    if (domctl_names_nobody(&c->op))
        return -EPERM;
    struct domain *d = domain_get_by_id(c->op.domain);
    if (!d)
        return -ESRCH;
    domain_put(d);
    return -EPERM;
}

/* An operation whose number will never change has 0. */
static bool domctl_is_stable(uint32_t cmd) { return cmd == XEN_DOMCTL_get_domain_state; }

static bool domctl_serves(const struct xen_domctl *op)
{
    if (domctl_is_stable(op->cmd))
        return !op->interface_version;
    return op->interface_version >= DOMCTL_SERVED_FIRST && op->interface_version <= DOMCTL_SERVED_LAST;
}

long hypercall_domctl(struct hypercall *call)
{
    struct domctl_call c = { .arg = call->arg[0] };

    bool privileged = current_vcpu()->domain->is_privileged;

    if (copy_from_guest_va(&c.op, c.arg))
        return -EFAULT;
    if (!domctl_serves(&c.op)) {
        if (privileged)
            guest_log(current_vcpu(), LOG_WARNING, "domctl %u with interface version %#x, served is %s", c.op.cmd,
                      c.op.interface_version, domctl_is_stable(c.op.cmd) ? "0" : DOMCTL_SERVED_TEXT);
        return -EACCES;
    }
    if (!privileged)
        return domctl_refuse(&c);
    static const struct domctl_row unknown = { .target = DOMCTL_TARGET_ANY };
    const struct domctl_row *row = domctl_find(c.op.cmd);
    return domctl_row_call(row ? row : &unknown, &c);
}
