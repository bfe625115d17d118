/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a container's registers to a handler and back. 64-bit code has number and arguments in rax, rdi, rsi, rdx, r10,
 * r8 (xen/arch-x86/xen-x86_64.h), everything else in eax, ebx, ecx, edx, esi, edi (xen-x86_32.h). Structures of 32-bit
 * callers have another layout, and are translated as they are copied (lib/x86/compat).
 */
#include "hvm/hypercall.h"

#include "core/hypercall/invoke.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/time.h"
#include "hv/trace.h"
#include "hvm/hvm.h"
#include "hvm/insn.h"
#include "hvm/p2m.h"
#include "hvm/vendor.h"

#define STUB_SIZE 32u

static void arguments_get(const struct cpu_user_regs *r, bool wide, struct hypercall *call)
{
    if (wide)
        *call = (struct hypercall){ .nr = r->rax, .arg = { r->rdi, r->rsi, r->rdx, r->r10, r->r8 } };
    else
        *call = (struct hypercall){ .nr = r->eax, .arg = { r->ebx, r->ecx, r->edx, r->esi, r->edi } };
}

static void arguments_put(struct cpu_user_regs *r, bool wide, const struct hypercall *call)
{
    if (wide) {
        r->rdi = call->arg[0];
        r->rsi = call->arg[1];
        r->rdx = call->arg[2];
        r->r10 = call->arg[3];
        r->r8 = call->arg[4];
    } else {
        r->rbx = (uint32_t)call->arg[0];
        r->rcx = (uint32_t)call->arg[1];
        r->rdx = (uint32_t)call->arg[2];
        r->rsi = (uint32_t)call->arg[3];
        r->rdi = (uint32_t)call->arg[4];
    }
}

/* Also an entry of a multicall, inside of the call of that. */
long hvm_hypercall_narrow(struct hypercall *call)
{
    struct vcpu *v = current_vcpu();
    struct compat *c = &v->arch.hvm.compat;
    struct compat_plan plan;
    long rc;

    if (call->nr == __HYPERVISOR_set_timer_op)
        call->arg[0] = (uint32_t)call->arg[0] | call->arg[1] << 32; /* a time, in two registers */
    if (!compat_plan(call->nr, call->arg[0], &plan) || !compat_begin(c, &plan, &call->arg[plan.arg])) {
        guest_log(v, LOG_DEBUG, "hypercall %lu (%lu): 32-bit code does not have it", (unsigned long)call->nr,
                  (unsigned long)call->arg[0]);
        return -ENOSYS;
    }
    rc = hypercall_call(call, HYPERCALLS_HVM);
    compat_end(c, &plan, &call->arg[plan.arg]);
    return rc;
}

void hvm_hypercall(struct vcpu *v, struct cpu_user_regs *regs, uint64_t next)
{
    bool wide = hvm_vendor->in_64bit(v);
    struct hypercall call;
    long rc;

    arguments_get(regs, wide, &call);
    if (trace_on())
        trace_hypercall(&call, false);
    if (hvm_vendor->cpl(v))
        rc = -EPERM;
    else
        rc = wide ? hypercall_call(&call, HYPERCALLS_HVM) : hvm_hypercall_narrow(&call);
    if (rc == -ERESTART) {
        arguments_put(regs, wide, &call);
        return;
    }
    if (call.no_result)
        return;
    regs->rax = wide ? (uint64_t)rc : (uint32_t)rc;
    hvm_advance(v, regs, next);
}

/* MOV EAX, number; VMMCALL; RET. IRET is no call here. */
void hvm_hypercall_page_fill(uint8_t *page)
{
    memset(page, 0xcc, PAGE_SIZE);
    for (uint32_t n = 0; n < PAGE_SIZE / STUB_SIZE / 2; n++) {
        const uint8_t stub[] = { 0xb8, (uint8_t)n, 0, 0, 0, 0x0f, 0x01, 0xd9, 0xc3 };
        const uint8_t none[] = { 0x0f, 0x0b };

        if (n == __HYPERVISOR_iret)
            memcpy(page + n * STUB_SIZE, none, sizeof(none));
        else
            memcpy(page + n * STUB_SIZE, stub, sizeof(stub));
    }
}

/* A guest's first act towards us, mostly: it is now what it will be. */
void hvm_latch_width(struct vcpu *v) { domain_set_narrow(v->domain, !hvm_vendor->in_64bit(v)); }

void hvm_hypercall_page(struct vcpu *v, uint64_t address)
{
    struct frame *f = hvm_frame_access(v->domain, gfn(address >> PAGE_SHIFT), true, NULL);

    if (!f) {
        guest_log(v, LOG_WARNING, "hypercall page at %#lx: there is no memory", (unsigned long)address);
        return;
    }
    hvm_hypercall_page_fill(mfn_to_virt(frame_to_mfn(f)));
    frame_put(f);
    hvm_latch_width(v);
}
