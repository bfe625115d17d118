/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl(op): as domctl, about the host. */
#include "hv/guest_access.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

static spinlock_t sysctl_lock = SPINLOCK_INIT(LOCK_SYSCTL);

static const struct sysctl_row *sysctl_find(uint32_t nr)
{
    for (unsigned int i = 0; i < sysctl_row_count; i++)
        if (sysctl_rows[i].nr == nr)
            return &sysctl_rows[i];
    return NULL;
}

static long sysctl_row_call(const struct sysctl_row *row, struct sysctl_call *c)
{
    if (row->refused || !row->fn)
        return row->refused ? -row->refused : -ENOSYS;
    if (!spin_trylock(&sysctl_lock))
        return -ERESTART;
    long rc = row->fn(c);
    spin_unlock(&sysctl_lock);
    if (rc != -ERESTART && c->copy_back && copy_to_guest_va(c->arg, &c->op))
        rc = -EFAULT;
    return rc;
}

long hypercall_sysctl(struct hypercall *call)
{
    struct sysctl_call c = { .arg = call->arg[0] };

    bool privileged = current_vcpu()->domain->is_privileged;

    if (copy_from_guest_va(&c.op, c.arg))
        return -EFAULT;
    if (c.op.interface_version < SYSCTL_SERVED_FIRST || c.op.interface_version > SYSCTL_SERVED_LAST) {
        if (privileged)
            guest_log(current_vcpu(), LOG_WARNING, "sysctl %u with interface version %#x, served is %s", c.op.cmd,
                      c.op.interface_version, SYSCTL_SERVED_TEXT);
        return -EACCES;
    }
    if (!privileged)
        return -EPERM;
    const struct sysctl_row *row = sysctl_find(c.op.cmd);
    return row ? sysctl_row_call(row, &c) : -ENOSYS;
}
