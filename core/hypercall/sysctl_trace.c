/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XEN_SYSCTL_tbuf_op: xentrace asks for buffers, sets what is recorded, and learns where they are. */
#include "hv/toolstack.h"
#include "hv/trace.h"

#include <toolstack_handlers.h>

static long set_cpu_mask(const struct xen_sysctl_tbuf_op *op)
{
    cpumask_t cpus;

    cpumask_clear_all(&cpus);
    int rc = toolstack_bitmap_read(cpus.bits, cpu_count, &op->cpu_mask);
    if (!rc)
        trace_set_cpus(&cpus);
    return rc;
}

static long get_info(struct sysctl_call *c)
{
    struct xen_sysctl_tbuf_op *op = &c->op.u.tbuf_op;

    op->evt_mask = trace_events();
    trace_info(&op->buffer_mfn, &op->size);
    c->copy_back = true;
    return 0;
}

long sysctl_tbuf_op(struct sysctl_call *c)
{
    const struct xen_sysctl_tbuf_op *op = &c->op.u.tbuf_op;

    switch (op->cmd) {
    case XEN_SYSCTL_TBUFOP_get_info: return get_info(c);
    case XEN_SYSCTL_TBUFOP_set_cpu_mask: return set_cpu_mask(op);
    case XEN_SYSCTL_TBUFOP_set_evt_mask: trace_set_events(op->evt_mask); return 0;
    case XEN_SYSCTL_TBUFOP_set_size: return trace_set_size(op->size);
    case XEN_SYSCTL_TBUFOP_enable: return trace_enable();
    case XEN_SYSCTL_TBUFOP_disable: trace_disable(); return 0;
    default: return -EINVAL;
    }
}
