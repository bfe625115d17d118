/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person needs to see of a vCPU. */
#include "hv/log.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

void arch_dump_vcpu(const struct vcpu *v)
{
    log_info("d%uv%u on CPU %u:", v->domain->id, v->id, v->processor);
    if (v->domain->type == DOMAIN_PV)
        pv_dump_vcpu(v);
    else if (v->domain->type == DOMAIN_HVM)
        hvm_vcpu_dump(v);
}
