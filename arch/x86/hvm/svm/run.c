/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One turn of a guest: what the processor is to forget first, what it must not find changed, and what it leaves behind.
 *
 * Address space identifiers are given out by each CPU, one after the other; when none is left the CPU forgets all, and
 * those given before are void (their round has passed). So what a vCPU left in the cache of a CPU that it runs on no
 * more is never found again.
 */
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/time.h"
#include "hvm/hvm.h"
#include "hvm/svm/svm.h"
#include "hw/native/cpu.h"
#include "cpu/features.h"
#include "cpu/xstate_area.h"
#include "x86/cpuid/policy.h"
#include "x86/svm/check.h"

#include <arch/page.h>

#define FLUSH_NOTHING 0u
#define FLUSH_ALL     1u
#define FLUSH_ASID    3u

#define CHECK(at, field) _Static_assert(offsetof(struct cpu_user_regs, field) == (at), "enter.S has the number")
CHECK(0, r15);
CHECK(32, rbp);
CHECK(72, r8);
CHECK(88, rcx);
CHECK(112, rdi);
#undef CHECK

struct asids { uint32_t next; uint64_t round; };
static DEFINE_PER_CPU(struct asids, asids);

static void asid_give(struct svm_vcpu *s)
{
    struct asids *a = &this_cpu(asids);

    if (!a->next || a->next >= svm_features.asids) {
        a->round++;
        a->next = 1;
        s->vmcb->tlb_control = FLUSH_ALL;
    }
    s->asid = s->vmcb->asid = a->next++;
    s->asid_round = a->round;
    s->clean &= ~(uint32_t)SVM_CLEAN_ASID;
}

/* The order counts: who asks for a flush first counts it, then interrupts whoever may have missed it. */
static bool flush_wanted(struct vcpu *v)
{
    struct hvm_vcpu *h = &v->arch.hvm;
    uint64_t asked = __atomic_load_n(&v->domain->arch.hvm.flushes, __ATOMIC_SEQ_CST);
    bool wanted = h->flush || h->flushed != asked;

    h->flush = false;
    h->flushed = asked;
    return wanted;
}

static void asid_prepare(struct vcpu *v)
{
    struct svm_vcpu *s = &v->arch.hvm.svm;
    bool flush = flush_wanted(v), moved = s->cpu != this_cpu_id();

    s->vmcb->tlb_control = FLUSH_NOTHING;
    if (moved) {
        s->cpu = this_cpu_id();
        s->clean = 0;
    }
    if (moved || s->asid_round != this_cpu(asids).round || (flush && !svm_features.flush_by_asid))
        asid_give(s);
    else if (flush)
        s->vmcb->tlb_control = FLUSH_ASID;
}

/* What a real processor would only call invalid is said in words here. The guest cannot bring it about. */
static void check(const struct vmcb *b)
{
#ifndef NDEBUG
    const struct vmcb_limits limits = { .phys_bits = cpu_paddr_bits, .asids = svm_features.asids, .cr4 = ~0ULL,
                                        .efer = ~0ULL };
    char text[VMCB_CHECK_TEXT];

    if (!vmcb_check(b, &limits, text))
        log_error("%s", text);
#endif
}

/*
 * Where XSETBV cannot be intercepted the guest has set this CPU's XCR0. What its policy allows is its own from now on
 * (all of that was loaded before, see hvm_fpu_widen()); anything else is undone.
 */
static void xcr0_look(struct vcpu *v)
{
    uint64_t now, allowed = cpuid_policy_xcr0(v->domain->arch.policy) & xstate_active.xcr0;

    if (svm_features.xsetbv_seen || !xstate_active.xcr0)
        return;
    now = xgetbv(0);
    if (now == v->arch.xcr0)
        return;
    if (now & ~allowed)
        xsetbv(0, v->arch.xcr0);
    else
        v->arch.xcr0 = now;
}

/* A refused control block says nothing of the guest: its registers stay what they were. */
static void registers_take(const struct vmcb *b, struct cpu_user_regs *regs)
{
    if (svm_exit_is_invalid(b->exit_code))
        return;
    regs->rip = b->rip;
    regs->rsp = b->rsp;
    regs->rflags = b->rflags;
    regs->rax = b->rax;
}

/*
 * QEMU's emulation (seen with 7.2) remembers an interrupt that VMRUN delivered as if it were still to be raised.
 * It raises it once more, IF or not, when another CPU makes this one leave its translated code before the guest's next
 * exit; an access that locks the bus is enough. An exit makes it forget. So one is made to come before the guest's
 * first instruction: by an interrupt of our own, which waits until VMRUN.
 */
static void stop_after_delivery(const struct vmcb *b)
{
    if (svm_features.repeats_interrupts &&
        (b->event & (VMCB_EVENT_VALID | VMCB_EVENT_TYPE)) == (VMCB_EVENT_VALID | VMCB_EVENT_INTR))
        arch_smp_kick(this_cpu_id());
}

void svm_run(struct vcpu *v, struct cpu_user_regs *regs)
{
    struct svm_vcpu *s = &v->arch.hvm.svm;
    struct vmcb *b = s->vmcb;

    asid_prepare(v);
    b->rip = regs->rip;
    b->rsp = regs->rsp;
    b->rflags = regs->rflags;
    b->rax = regs->rax;
    b->clean = svm_features.clean_bits ? s->clean : 0;
    check(b);
    stop_after_delivery(b);
    svm_enter(regs, virt_to_paddr(b), svm_host_vmcb());
    registers_take(b, regs);
    s->clean = SVM_CLEAN_ALL;
    b->event = 0;
    xcr0_look(v);
    if (svm_features.loses_interrupts) /* QEMU's own timers and its VMRUN change one word without a lock */
        timer_look();
    svm_event_again(v);
}
