/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interrupt came in: ours by number, or a device's. Interrupts are off throughout. */
#include "entry/entry.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/time.h"
#include "irq/irq.h"
#include "irq/lapic.h"
#include "irq/vectors.h"

void interrupt_entry(struct cpu_user_regs *regs)
{
    uint32_t vector = regs->entry_vector;

    switch (vector) {
    case VECTOR_TIMER:
        lapic_eoi();
        timer_interrupt();
        break;
    case VECTOR_CALL:
        lapic_eoi();
        smp_call_interrupt();
        break;
    case VECTOR_KICK: /* being here is the point: softirqs are looked at on the way out */
    case VECTOR_ERROR: lapic_eoi(); break;
    case VECTOR_SPURIOUS: break;
    default: irq_dispatch((uint8_t)vector);
    }
}
