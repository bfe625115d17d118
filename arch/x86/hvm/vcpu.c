/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU in a container: its birth, its reset (APM volume 2, 14.1), its end, and what comes and goes with a switch. */
#include "cpu/control.h"
#include "cpu/guest_msr.h"
#include "cpu/xstate_boot.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hvm/control.h"
#include "hvm/hvm.h"
#include "hvm/lapic.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "mm/map.h"
#include "mm/tlb.h"
#include "x86/cpu/debugreg.h"
#include "x86/cpu/segment.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"

#define REAL_LIMIT  0xffffu

const struct hvm_vendor *hvm_vendor __ro_after_init;

bool hvm_available(void) { return hvm_vendor; }

struct cpu_user_regs *hvm_regs(const struct vcpu *v)
{
    return v == current_vcpu() ? guest_regs() : &((struct vcpu *)v)->arch.regs;
}

__init void hvm_detect(void) { hvm_svm_detect(); }

void hvm_fpu_widen(struct vcpu *v)
{
    uint64_t usable = cpuid_policy_xcr0(v->domain->arch.policy) & xstate_active.xcr0;

    v->arch.xcr0_accum |= hvm_vendor->xcr0_unseen() ? usable : usable & XSTATE_PKRU;
}

static struct emulate_seg real_segment(uint16_t selector, uint16_t attr)
{
    return (struct emulate_seg){ .base = (uint64_t)selector << 4, .limit = REAL_LIMIT, .selector = selector,
                                 .attr = attr };
}

static void registers_reset(struct vcpu *v, uint16_t cs)
{
    struct hvm_state s = { .cr0 = CR0_ET, .dr6 = DR6_FIXED, .dr7 = DR7_FIXED, .gdt.limit = REAL_LIMIT,
                           .idt.limit = REAL_LIMIT };

    for (unsigned int i = 0; i < EMU_SEGMENTS; i++)
        s.seg[i] = real_segment(0, SEG_DATA16);
    s.seg[EMU_CS] = real_segment(cs, SEG_CODE16);
    s.seg[HVM_LDTR] = real_segment(0, SEG_LDT);
    s.seg[HVM_TR] = real_segment(0, SEG_TSS_BUSY);
    memset(v->arch.debugreg, 0, sizeof(v->arch.debugreg));
    hvm_vendor->state_put(v, &s);
    *hvm_regs(v) = (struct cpu_user_regs){ .rflags = RFLAGS_FIXED };
}

static void state_reset(struct vcpu *v)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    h->tsc_offset = v->domain->arch.hvm.tsc_offset;
    h->tsc_adjust = 0;
    h->event.valid = h->nmi_blocked = h->halted = false;
    h->signals = 0;
    h->upcall_vector = 0;
    h->mtrr = (struct hvm_mtrr){ 0 };
    registers_reset(v, 0);
    hvm_vendor->msr_put(v, MSR_PAT, PAT_RESET);
    hvm_vendor->tsc_changed(v);
}

int hvm_vcpu_create(struct vcpu *v)
{
    int rc = hvm_lapic_create(v);

    if (rc)
        return rc;
    rc = hvm_vendor->vcpu_create(v);
    if (rc) {
        hvm_lapic_destroy(v);
        return rc;
    }
    hvm_fpu_widen(v);
    state_reset(v);
    return 0;
}

void hvm_vcpu_destroy(struct vcpu *v)
{
    hvm_lapic_destroy(v);
    hvm_vendor->vcpu_destroy(v);
}

/* XEN_DOMCTL_setvcpucontext with no context: not for containers. */
int hvm_vcpu_reset(struct vcpu *v) { return -EINVAL; }

void hvm_vcpu_state_forget(struct vcpu *v)
{
    v->arch.hvm.halted = v->arch.hvm.nmi_blocked = v->arch.hvm.event.valid = false;
}

/* INIT has been: the extended state stays (APM volume 2, table 14-1). */
void hvm_vcpu_reset_to(struct vcpu *v, uint8_t vector)
{
    hvm_vcpu_state_forget(v);
    registers_reset(v, (uint16_t)(vector << 8));
}

long hvm_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg)
{
    switch (cmd) {
    case VCPUOP_send_nmi:
        if (arg)
            return -EINVAL;
        hvm_signal_nmi(v);
        return 0;
    case VCPUOP_get_physid:
        return -EINVAL; /* only where vCPUs are CPUs for good */
    default:
        return -ENOSYS;
    }
}

/* The hypervisor's own tables are loaded: a container's memory is reached by its own. */
void hvm_enter(struct vcpu *v, bool still_loaded)
{
    hvm_fpu_widen(v); /* its policy may have come after it; extended state is loaded next */
    tlb_load_cr3(hv_l4_paddr);
    if (read_cr4() != hv_cr4)
        write_cr4(hv_cr4);
    guest_msr_load_tsc_aux(v->arch.tsc_aux);
    guest_msr_load_spec_ctrl(v->arch.spec_ctrl);
    hvm_debugregs_load(v);
}
