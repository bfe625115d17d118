/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events, as core asks for them and as the machine makes them. */
#include "guest/events.h"

#include "hv/hypercall.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

bool arch_event_deliverable(const struct vcpu *v)
{
    return unlikely(v->domain->type == DOMAIN_HVM) ? hvm_event_deliverable(v) : pv_event_deliverable(v);
}

/* A PV guest has its flag, which is looked at whenever it is entered. */
void arch_event_raised(struct vcpu *v)
{
    if (unlikely(v->domain->type == DOMAIN_HVM))
        hvm_event_raised(v);
}

void guest_nmi_hardware_domain(void)
{
    if (hardware_domain->vcpu[0])
        pv_nmi_mark(hardware_domain->vcpu[0]);
}
