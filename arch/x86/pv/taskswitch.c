/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's CR0.TS, for kernels that switch extended state lazily. */
#include "hv/hypercall.h"
#include "hw/native/cpu.h"
#include "pv/pv.h"

#include <hypercall_handlers.h>

void pv_set_ts(struct vcpu *v, bool set)
{
    irqflags_t flags = irq_save();

    v->arch.pv.cr0_ts = set ? CR0_TS : 0;
    if (set)
        write_cr0(read_cr0() | CR0_TS);
    else
        clts();
    irq_restore(flags);
}

long hypercall_fpu_taskswitch(struct hypercall *call)
{
    pv_set_ts(current_vcpu(), call->arg[0] != 0);
    return 0;
}
