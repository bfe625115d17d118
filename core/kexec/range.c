/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KEXEC_CMD_kexec_get_range: where things are that kexec-tools describes to a crash kernel.
 *
 * Without a crash area the answer is an error: kexec-tools takes {0, 0} for an area that reaches to the end of memory.
 */
#include "core/kexec/kexec.h"

#include "hv/cpumask.h"
#include "hv/guest_access.h"
#include "hv/log.h"

static long range_crash(struct range *r)
{
    *r = kexec_crash_area;
    if (!range_empty(*r))
        return 0;
    log_warning("kexec: no crash area is reserved, boot the hypervisor with crashkernel=<size>");
    return -ENOENT;
}

static long range_cpu(int nr, struct range *r)
{
    if (nr < 0 || (unsigned int)nr >= cpu_count)
        return -ERANGE;
    if (range_empty(kexec_crash_area))
        return -EINVAL;
    *r = kexec_notes_range((unsigned int)nr);
    return 0;
}

static long range_find(const struct xen_kexec_range *ask, struct range *r)
{
    *r = (struct range){ 0, 0 };
    switch (ask->range) {
    case KEXEC_RANGE_MA_CRASH:
        return range_crash(r);
    case KEXEC_RANGE_MA_XEN:
        *r = arch_kexec_own_range();
        return 0;
    case KEXEC_RANGE_MA_CPU:
        return range_cpu(ask->nr, r);
    case KEXEC_RANGE_MA_VMCOREINFO:
        *r = kexec_vmcoreinfo_range();
        return range_empty(*r) ? -EINVAL : 0;
    default:
        return -EINVAL;
    }
}

long kexec_get_range(uint64_t arg)
{
    struct xen_kexec_range ask;
    struct range r;

    if (copy_from_guest_va(&ask, arg))
        return -EFAULT;
    long rc = range_find(&ask, &r);
    if (rc)
        return rc;
    ask.start = r.start;
    ask.size = range_size(r);
    return copy_to_guest_va(arg, &ask);
}
