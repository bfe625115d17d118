/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt flag (AMD64 APM vol. 2, 8.1.4; Intel SDM vol. 3A, 6.8.1). */
#ifndef HW_NATIVE_FLAGS_H
#define HW_NATIVE_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t irqflags_t;

static inline irqflags_t irq_save(void)
{
    irqflags_t flags;
    __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
    return flags;
}
static inline void irq_disable(void)
{
    __asm__ volatile("cli" ::: "memory");
}
static inline void irq_enable(void)
{
    __asm__ volatile("sti" ::: "memory");
}
static inline bool irqs_enabled(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    return flags & 0x200;
}
static inline void irq_restore(irqflags_t flags)
{
    if (flags & 0x200)
        irq_enable();
}
static inline void cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}
/** Sleeps until an interrupt; interrupts must be off and are on afterwards, with no window in which one is missed. */
static inline void irq_enable_and_halt(void)
{
    __asm__ volatile("sti; hlt" ::: "memory");
}

#endif
