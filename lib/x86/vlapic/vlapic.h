/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual local APIC: registers, modes, priorities, timer arithmetic and the meaning of an interrupt command. APM
 * volume 2, chapter 16; SDM volume 3, chapter 11; the records of xen/arch-x86/hvm/save.h, whose register page is ours.
 *
 * One vCPU reads, writes, acknowledges and ends interrupts: that of this APIC, or whoever holds it still. Others only
 * call vlapic_accept() and vlapic_matches(), which touch the request bits atomically, so that sending needs no lock.
 *
 * What a write asks of the world outside comes back in a struct vlapic_effect; nothing here sends, arms or wakes.
 * Time is nanoseconds of the guest's clock; the timer counts a bus of 100 MHz.
 */
#ifndef LIB_X86_VLAPIC_VLAPIC_H
#define LIB_X86_VLAPIC_VLAPIC_H

#include "port.h"

#define VLAPIC_BASE_DEFAULT 0xfee00000ULL
#define VLAPIC_BUS_NS       10u
#define VLAPIC_VERSION      0x00050014u /* six local vectors */
#define VLAPIC_LVTS         6u

/* Offsets in the register page; as x2APIC MSR 0x800 + offset / 16. */
enum vlapic_reg {
    VLAPIC_ID = 0x20, VLAPIC_LVR = 0x30, VLAPIC_TPR = 0x80, VLAPIC_APR = 0x90, VLAPIC_PPR = 0xa0, VLAPIC_EOI = 0xb0,
    VLAPIC_RRR = 0xc0, VLAPIC_LDR = 0xd0, VLAPIC_DFR = 0xe0, VLAPIC_SVR = 0xf0, VLAPIC_ISR = 0x100, VLAPIC_TMR = 0x180,
    VLAPIC_IRR = 0x200, VLAPIC_ESR = 0x280, VLAPIC_LVT_CMCI = 0x2f0, VLAPIC_ICR = 0x300, VLAPIC_ICR2 = 0x310,
    VLAPIC_LVTT = 0x320, VLAPIC_LVT_THERMAL = 0x330, VLAPIC_LVT_PC = 0x340, VLAPIC_LVT0 = 0x350, VLAPIC_LVT1 = 0x360,
    VLAPIC_LVT_ERROR = 0x370, VLAPIC_TMICT = 0x380, VLAPIC_TMCCT = 0x390, VLAPIC_TDCR = 0x3e0, VLAPIC_SELF_IPI = 0x3f0,
};

#define VLAPIC_SVR_ENABLE    BIT(8)
#define VLAPIC_LVT_MASKED    BIT(16)
#define VLAPIC_BASE_BSP      BIT(8)
#define VLAPIC_BASE_X2APIC   BIT(10)
#define VLAPIC_BASE_ENABLE   BIT(11)
#define VLAPIC_ESR_SEND_ILLEGAL    BIT(5)
#define VLAPIC_ESR_RECEIVE_ILLEGAL BIT(6)

struct vlapic {
    uint32_t reg[256];   /* the register page's first KiB: the word at offset / 4 */
    uint64_t base;       /* MSR 0x1b */
    uint32_t id;         /* x2APIC id; the xAPIC's is its low 8 bits until the guest writes another */
    int64_t started;     /* when the initial count was written, less what had passed when the divisor changed; ns */
    uint64_t deadline;   /* MSR 0x6e0: TSC of the guest, 0 if disarmed */
    bool expired;        /* a one-shot count came to its end; the initial count still reads as written */
};

enum vlapic_delivery {
    VLAPIC_FIXED, VLAPIC_LOWEST, VLAPIC_SMI, VLAPIC_REMOTE_READ, VLAPIC_NMI, VLAPIC_INIT, VLAPIC_STARTUP, VLAPIC_EXTINT,
};
enum vlapic_shorthand { VLAPIC_TO_DEST, VLAPIC_TO_SELF, VLAPIC_TO_ALL, VLAPIC_TO_OTHERS };

struct vlapic_command {
    enum vlapic_delivery delivery;
    enum vlapic_shorthand shorthand;
    uint8_t vector;
    bool logical, level, assert;
    uint32_t dest;       /* as wide as the sender's mode has it */
    bool wide;           /* by an x2APIC: @dest has 32 bits */
};

/** What is to be done after a write. */
struct vlapic_effect {
    bool ipi;            /* carry out @command */
    bool ended;          /* the interrupt @vector came to its end; @level: it is a level-triggered one's */
    bool level;
    bool timer;          /* the timer's next end is another now: ask vlapic_timer_next() */
    bool enabled;        /* software switched the APIC on: what waits outside may come */
    bool error;          /* something was wrong with what was sent: deliver the error vector, if it is not masked */
    uint8_t vector;
    struct vlapic_command command;
};

/** As after power-on. @id: of the vCPU; @bsp: it is the first one. */
void vlapic_reset(struct vlapic *v, uint32_t id, bool bsp);
/** As an INIT leaves it: the base register stays. */
void vlapic_init_signal(struct vlapic *v);

static inline bool vlapic_hw_enabled(const struct vlapic *v)
{
    return v->base & VLAPIC_BASE_ENABLE;
}

static inline bool vlapic_x2apic(const struct vlapic *v)
{
    return (v->base & (VLAPIC_BASE_ENABLE | VLAPIC_BASE_X2APIC)) == (VLAPIC_BASE_ENABLE | VLAPIC_BASE_X2APIC);
}

static inline uint32_t vlapic_get(const struct vlapic *v, enum vlapic_reg reg)
{
    return __atomic_load_n(&v->reg[reg / 4], __ATOMIC_RELAXED);
}

/** On in both senses: interrupts are taken. */
static inline bool vlapic_enabled(const struct vlapic *v)
{
    return vlapic_hw_enabled(v) && (vlapic_get(v, VLAPIC_SVR) & VLAPIC_SVR_ENABLE);
}

/** A write of MSR 0x1b. @has_x2apic: its CPUID offers it. False: #GP, and nothing has changed. */
bool vlapic_base_write(struct vlapic *v, uint64_t value, bool has_x2apic);

/**
 * The register page, in xAPIC mode: @offset 0 to 0xfff, @bytes 1, 2, 4 or 8. What does not lie inside one 32-bit
 * register reads 0 and is not written. @tsc: the guest's.
 */
uint64_t vlapic_mmio_read(const struct vlapic *v, unsigned int offset, unsigned int bytes, uint64_t now);
void vlapic_mmio_write(struct vlapic *v, unsigned int offset, unsigned int bytes, uint64_t value, uint64_t now,
                       struct vlapic_effect *effect);

/** MSRs 0x800 to 0x8ff. False: #GP, and nothing has changed. */
bool vlapic_msr_read(const struct vlapic *v, uint32_t msr, uint64_t now, uint64_t *value);
bool vlapic_msr_write(struct vlapic *v, uint32_t msr, uint64_t value, uint64_t now, struct vlapic_effect *effect);

/** MSR 0x6e0, TSC_DEADLINE: read and written as 0 outside its timer mode. */
uint64_t vlapic_deadline_read(const struct vlapic *v);
void vlapic_deadline_write(struct vlapic *v, uint64_t tsc, struct vlapic_effect *effect);

/** Request @vector, 16 to 255. True: it was not requested yet, so the vCPU must look. By anybody, at any time. */
bool vlapic_accept(struct vlapic *v, uint8_t vector, bool level);
/** The vector that would be delivered next, above the processor's priority; -1: none, or the APIC is off. */
int vlapic_next(const struct vlapic *v);
/** The same whatever the task priority is: what is delivered once that falls below it. -1: nothing waits for that. */
int vlapic_waiting(const struct vlapic *v);
/** The vCPU takes @vector, which vlapic_next() gave: requested becomes in service. */
void vlapic_take(struct vlapic *v, uint8_t vector);
/** The processor's priority: the higher of the task's and of what is in service. */
uint8_t vlapic_ppr(const struct vlapic *v);
/** CR8, and the same by it. */
uint8_t vlapic_cr8(const struct vlapic *v);
void vlapic_set_cr8(struct vlapic *v, uint8_t cr8);

/** Is this APIC meant by @command, which @sender sent (compared, never read)? @dest rules: APM volume 2, 16.6. */
bool vlapic_matches(const struct vlapic *v, const struct vlapic_command *command, const struct vlapic *sender);

/**
 * The register page as somebody saved it, of the mode that the base register says: bits that no guest can have set are
 * dropped, and a timer begins its whole count at @now.
 */
void vlapic_load(struct vlapic *v, const void *page, uint64_t now);

/** What the two halves of the interrupt command register say. */
struct vlapic_command vlapic_command(uint32_t low, uint32_t high, bool x2apic);

enum vlapic_timer_unit { VLAPIC_TIMER_OFF, VLAPIC_TIMER_NS, VLAPIC_TIMER_TSC };
/** When the timer ends next: never, or *@when of the guest's clock (not before @now), or of its TSC. */
enum vlapic_timer_unit vlapic_timer_next(const struct vlapic *v, uint64_t now, uint64_t *when);
/**
 * The timer came to its end at or before @now. Returns the vector to request, -1 if it is masked or too low. A one-shot
 * timer, or a deadline, is off then; a periodic one has its next end.
 */
int vlapic_timer_end(struct vlapic *v, uint64_t now);

#endif
