/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VCPUOP_initialise of a container's vCPU (xen/hvm/hvm_vcpu.h): 32-bit code with the segments that are given, or 64-bit
 * code with flat ones. Every field is checked before any is used, and the vCPU gets nothing that a MOV to the register
 * would have refused.
 */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hvm/control.h"
#include "hvm/hvm.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "x86/cpu/debugreg.h"
#include "x86/cpu/segment.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/efer.h"
#include "x86/pte/pte.h"

#define RFLAGS_GIVEN  0x247fd5ULL /* all that there are, but for VM86 mode, RF, VIF and VIP */

/* NULL, or what is wrong with it: what the processor sets by itself has been completed. */
static const char *whole_wrong(const struct vcpu *v, const struct hvm_state *s, const struct cpu_user_regs *r)
{
    const struct control_state state = { .cr0 = s->cr0, .cr3 = s->cr3, .cr4 = s->cr4, .efer = s->efer, .rip = r->rip,
                                         .dr6 = s->dr6, .dr7 = s->dr7, .rflags = r->rflags,
                                         .cs_attr = s->seg[EMU_CS].attr };
    const struct control_limits limits = hvm_control_limits(v->domain);

    return control_wrong(&state, &limits);
}

static struct emulate_seg segment(uint32_t base, uint32_t limit, uint16_t attr)
{
    return (struct emulate_seg){ .base = base, .limit = attr & SEG_G ? limit << 12 | 0xfff : limit, .attr = attr };
}

static const char *segment_wrong(const struct emulate_seg *s, bool may_be_null)
{
    if (!s->attr && may_be_null)
        return NULL;
    if (s->attr & ~SEG_ALL)
        return "a segment has attributes that there are not";
    return (s->attr & SEG_P) && (s->attr & SEG_S) ? NULL : "a segment is absent, or no code or data segment";
}

static const char *code_wrong(const struct emulate_seg *cs, uint64_t rip)
{
    const char *why = segment_wrong(cs, false);

    if (why)
        return why;
    if (!(cs->attr & SEG_CODE) || ((cs->attr & SEG_L) && (cs->attr & SEG_D)))
        return "CS is no code segment";
    return rip > cs->limit ? "EIP is beyond the limit of CS" : NULL;
}

static const char *stack_wrong(const struct emulate_seg *ss, const struct emulate_seg *cs)
{
    const char *why = segment_wrong(ss, false);

    if (why)
        return why;
    if ((ss->attr & SEG_CODE) || !(ss->attr & SEG_WRITE))
        return "SS is no writable data segment";
    return SEG_DPL(ss->attr) != SEG_DPL(cs->attr) ? "the privilege levels of SS and CS differ" : NULL;
}

static const char *data_wrong(const struct emulate_seg *s, const struct emulate_seg *cs)
{
    const char *why = segment_wrong(s, true);

    if (why || !s->attr)
        return why;
    return SEG_DPL(s->attr) < SEG_DPL(cs->attr) ? "the privilege level of DS or ES is above that of CS" : NULL;
}

static bool is_tss(uint16_t attr)
{
    uint16_t type = attr & SEG_TYPE;

    return (attr & SEG_P) && !(attr & SEG_S) && (type == SEG_TYPE_TSS || type == SEG_TYPE_TSS_BUSY);
}

static const char *segments_wrong(const struct hvm_state *s, uint64_t rip)
{
    const char *why = code_wrong(&s->seg[EMU_CS], rip);
    uint16_t tss = s->seg[HVM_TR].attr;

    why = why ?: stack_wrong(&s->seg[EMU_SS], &s->seg[EMU_CS]);
    why = why ?: data_wrong(&s->seg[EMU_DS], &s->seg[EMU_CS]);
    why = why ?: data_wrong(&s->seg[EMU_ES], &s->seg[EMU_CS]);
    if (!why && ((tss & ~SEG_ALL) || !is_tss(tss)))
        why = "TR is no 32-bit task state segment";
    return why;
}

static const char *take_32(const struct vcpu_hvm_x86_32 *c, struct hvm_state *s, struct cpu_user_regs *r)
{
    *r = (struct cpu_user_regs){ .rax = c->eax, .rcx = c->ecx, .rdx = c->edx, .rbx = c->ebx, .rsp = c->esp,
                                 .rbp = c->ebp, .rsi = c->esi, .rdi = c->edi, .rip = c->eip, .rflags = c->eflags };
    s->cr0 = c->cr0;
    s->cr3 = c->cr3;
    s->cr4 = c->cr4;
    s->efer = c->efer;
    s->seg[EMU_CS] = segment(c->cs_base, c->cs_limit, c->cs_ar);
    s->seg[EMU_DS] = segment(c->ds_base, c->ds_limit, c->ds_ar);
    s->seg[EMU_SS] = segment(c->ss_base, c->ss_limit, c->ss_ar);
    s->seg[EMU_ES] = segment(c->es_base, c->es_limit, c->es_ar);
    s->seg[HVM_TR] = segment(c->tr_base, c->tr_limit, c->tr_ar);
    for (size_t i = 0; i < ARRAY_SIZE(c->pad2); i++)
        if (c->pad2[i])
            return "padding is not zero";
    return c->pad1 ? "padding is not zero" : segments_wrong(s, r->rip);
}

static const char *take_64(const struct vcpu_hvm_x86_64 *c, struct hvm_state *s, struct cpu_user_regs *r)
{
    const uint64_t needed = CR0_PG | CR0_PE;

    *r = (struct cpu_user_regs){ .rax = c->rax, .rcx = c->rcx, .rdx = c->rdx, .rbx = c->rbx, .rsp = c->rsp,
                                 .rbp = c->rbp, .rsi = c->rsi, .rdi = c->rdi, .rip = c->rip, .rflags = c->rflags };
    s->cr0 = c->cr0;
    s->cr3 = c->cr3;
    s->cr4 = c->cr4;
    s->efer = c->efer;
    for (unsigned int i = EMU_ES; i <= EMU_DS; i++)
        s->seg[i] = (struct emulate_seg){ .limit = ~0u, .attr = i == EMU_CS ? SEG_CODE64 : SEG_DATA32 };
    s->seg[HVM_TR] = (struct emulate_seg){ .limit = 0x67, .attr = SEG_TSS_BUSY };
    if ((c->cr0 & needed) != needed || !(c->cr4 & CR4_PAE) || !(c->efer & EFER_LME))
        return "64-bit code needs CR0.PG, CR4.PAE and EFER.LME";
    return va_is_canonical(c->rip) ? NULL : "RIP is not canonical";
}

/* What the processor sets by itself. */
static void complete(struct hvm_state *s, struct cpu_user_regs *r)
{
    static const uint8_t segments[] = { EMU_CS, EMU_SS, EMU_DS, EMU_ES };

    for (size_t i = 0; i < ARRAY_SIZE(segments); i++)
        if (s->seg[segments[i]].attr)
            s->seg[segments[i]].attr |= SEG_ACCESSED;
    s->seg[HVM_TR].attr |= SEG_TYPE_TSS_BUSY;
    s->cr0 |= CR0_ET;
    s->efer = efer_with_lma(s->efer, s->cr0);
    r->rflags = (r->rflags & RFLAGS_GIVEN) | RFLAGS_FIXED;
}

int hvm_vcpu_initialise(struct vcpu *v, uint64_t arg)
{
    struct hvm_state s = { .dr6 = DR6_FIXED, .dr7 = DR7_FIXED };
    struct vcpu_hvm_context c;
    struct cpu_user_regs r;
    const char *why;

    if (copy_from_guest_va(&c, arg))
        return -EFAULT;
    if (c.pad || c.mode > VCPU_HVM_MODE_64B)
        why = "no such mode, or padding is not zero";
    else
        why = c.mode == VCPU_HVM_MODE_64B ? take_64(&c.cpu_regs.x86_64, &s, &r) : take_32(&c.cpu_regs.x86_32, &s, &r);
    if (!why && (s.efer & EFER_LMA) && !(s.efer & EFER_LME))
        why = "EFER has LMA without LME";
    if (!why) {
        complete(&s, &r);
        why = whole_wrong(v, &s, &r);
    }
    if (why) {
        guest_log(v, LOG_WARNING, "vCPU %u is not initialised: %s", v->id, why);
        return -EINVAL;
    }
    hvm_vcpu_state_forget(v);
    v->arch.regs = r;
    hvm_vendor->state_put(v, &s);
    return 0;
}
