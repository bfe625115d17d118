/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events into a guest: by the processor at entry (APM volume 2, 15.20), or by an exit as soon as one can be taken. */
#include "hvm/svm/svm.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"

#define CR8_WRITE (1u << 8)
#define WINDOW (VMCB_V_IRQ | 0xfULL << VMCB_V_PRIO_SHIFT | VMCB_V_IGN_TPR | 0xffULL << VMCB_V_VECTOR_SHIFT)

bool svm_shadowed(const struct vcpu *v) { return svm_vmcb(v)->shadow & BIT(0); }

void svm_shadow_set(struct vcpu *v, bool on)
{
    struct vmcb *b = svm_vmcb(v);

    b->shadow = on ? b->shadow | BIT(0) : b->shadow & ~BIT(0);
}

bool svm_interruptible(const struct vcpu *v, const struct cpu_user_regs *regs)
{
    return (regs->rflags & RFLAGS_IF) && !svm_shadowed(v);
}

void svm_inject(struct vcpu *v, const struct hvm_event *e)
{
    static const uint64_t type[] = {
        [HVM_EVENT_INTERRUPT] = VMCB_EVENT_INTR, [HVM_EVENT_NMI] = VMCB_EVENT_NMI, [HVM_EVENT_FAULT] = VMCB_EVENT_FAULT,
    };

    svm_vmcb(v)->event = e->vector | type[e->kind] | VMCB_EVENT_VALID |
                         (e->has_error ? VMCB_EVENT_ERROR | (uint64_t)e->error << 32 : 0);
}

/*
 * A virtual interrupt that is intercepted when it would be taken. Meanwhile writes of CR8 exit: an emulator (QEMU 7.2)
 * ends itself when one makes the interrupt deliverable.
 */
void svm_window(struct vcpu *v, uint8_t vector, bool by_apic)
{
    struct vmcb *b = svm_vmcb(v);

    b->v_interrupt = (b->v_interrupt & ~WINDOW) | VMCB_V_IRQ | (uint64_t)(vector >> 4) << VMCB_V_PRIO_SHIFT |
                     (by_apic ? 0 : VMCB_V_IGN_TPR) | (uint64_t)vector << VMCB_V_VECTOR_SHIFT;
    b->intercepts |= (uint32_t)VMCB_VINTR;
    b->cr_write |= CR8_WRITE;
    svm_dirty(v, SVM_CLEAN_TPR | SVM_CLEAN_INTERCEPTS);
}

/*
 * Without a virtual interrupt: the emulator takes one whose priority equals the guest's as well, and a guest that is
 * never further than the same window would keep its CPU in here.
 */
void svm_tpr_watch(struct vcpu *v)
{
    svm_vmcb(v)->cr_write |= CR8_WRITE;
    svm_dirty(v, SVM_CLEAN_INTERCEPTS);
}

static void window_close(struct vcpu *v)
{
    struct vmcb *b = svm_vmcb(v);

    if (!(b->intercepts & VMCB_VINTR) && !(b->cr_write & CR8_WRITE))
        return;
    b->v_interrupt &= ~WINDOW;
    b->intercepts &= ~(uint32_t)VMCB_VINTR;
    b->cr_write &= (uint16_t)~CR8_WRITE;
    svm_dirty(v, SVM_CLEAN_TPR | SVM_CLEAN_INTERCEPTS);
}

void svm_nmi_watch(struct vcpu *v, bool on)
{
    struct vmcb *b = svm_vmcb(v);

    b->intercepts = on ? b->intercepts | (uint32_t)VMCB_IRET : b->intercepts & ~(uint32_t)VMCB_IRET;
    svm_dirty(v, SVM_CLEAN_INTERCEPTS);
}

/* Each entry begins here, and decides anew whether it needs a window. */
void svm_tpr_load(struct vcpu *v, uint8_t cr8)
{
    struct vmcb *b = svm_vmcb(v);

    window_close(v);
    if ((b->v_interrupt & VMCB_V_TPR_MASK) == cr8)
        return;
    b->v_interrupt = (b->v_interrupt & ~VMCB_V_TPR_MASK) | cr8;
    svm_dirty(v, SVM_CLEAN_TPR);
}

uint8_t svm_tpr_get(const struct vcpu *v) { return svm_vmcb(v)->v_interrupt & 0xf; }

/*
 * Software interrupts are not repeated: RIP is still at their instruction, which makes them again. Without the valid
 * bit the rest of the field means nothing, and may be of long ago.
 */
void svm_event_again(struct vcpu *v)
{
    uint64_t e = svm_vmcb(v)->exit_event, type = e & VMCB_EVENT_TYPE;
    uint8_t vector = (uint8_t)e;

    if (!(e & VMCB_EVENT_VALID) || type == VMCB_EVENT_SOFT)
        return;
    if (type == VMCB_EVENT_FAULT && (vector == TRAP_BP || vector == TRAP_OF))
        return;
    v->arch.hvm.event = (struct hvm_event){
        .valid = true, .vector = vector, .has_error = e & VMCB_EVENT_ERROR, .error = (uint32_t)(e >> 32),
        .kind = type == VMCB_EVENT_NMI ? HVM_EVENT_NMI : type == VMCB_EVENT_FAULT ? HVM_EVENT_FAULT
                                                                                  : HVM_EVENT_INTERRUPT,
    };
}
