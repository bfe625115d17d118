/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions of the guest's. Two that meet are what the processor makes of them (APM volume 2, 8.2.9, "double fault"):
 * one after the other, a double fault, or a triple fault, which is the end.
 */
#include "hv/log.h"
#include "hvm/hvm.h"
#include "hvm/params.h"
#include "hvm/vendor.h"
#include "hw/native/exception.h"


static bool contributes(unsigned int vector) { return TRAPS_CONTRIBUTORY >> vector & 1; }

enum meeting { SECOND_ALONE, DOUBLE_FAULT, TRIPLE_FAULT };

static enum meeting meet(const struct hvm_event *first, unsigned int second)
{
    if (!first->valid || first->kind != HVM_EVENT_FAULT)
        return SECOND_ALONE;
    if (first->vector == TRAP_DF)
        return contributes(second) || second == TRAP_PF ? TRIPLE_FAULT : SECOND_ALONE;
    if (first->vector == TRAP_PF)
        return contributes(second) || second == TRAP_PF ? DOUBLE_FAULT : SECOND_ALONE;
    return contributes(first->vector) && contributes(second) ? DOUBLE_FAULT : SECOND_ALONE;
}

void hvm_inject_fault(struct vcpu *v, unsigned int vector, uint32_t error)
{
    struct hvm_event *e = &v->arch.hvm.event;
    enum meeting m = meet(e, vector);

    if (m == TRIPLE_FAULT) {
        hvm_triple_fault(v);
        return;
    }
    if (m == DOUBLE_FAULT) {
        vector = TRAP_DF;
        error = 0;
    }
    *e = (struct hvm_event){ .valid = true, .kind = HVM_EVENT_FAULT, .vector = (uint8_t)vector, .error = error,
                             .has_error = vector < 32 && (TRAPS_WITH_ERROR >> vector & 1) };
}

void hvm_inject_page_fault(struct vcpu *v, uint32_t error, uint64_t address)
{
    hvm_vendor->cr_write(v, 2, address);
    hvm_inject_fault(v, TRAP_PF, error);
}

void hvm_triple_fault(struct vcpu *v)
{
    v->arch.hvm.event.valid = false;
    guest_log(v, LOG_WARNING, "triple fault");
    arch_dump_vcpu(v);
    domain_shutdown(v->domain, (uint32_t)hvm_param(v->domain, HVM_PARAM_TRIPLE_FAULT_REASON));
}
