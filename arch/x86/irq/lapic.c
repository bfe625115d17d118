/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers have one number in both modes: offset in memory, and offset / 16 above MSR 0x800. See irq/lapic.h. */
#include "irq/lapic.h"

#include "cpu/features.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "hw/native/io.h"
#include "irq/lapic_regs.h"
#include "irq/vectors.h"
#include "mm/map.h"
#include "x86/msr/index.h"

#include <arch/irqflags.h>

#define SVR_ENABLE       0x100
#define LVT_NMI          0x400
#define LVT_EXTINT       0x700
#define ICR_INIT         0x500
#define ICR_STARTUP      0x600
#define ICR_NMI          0x400
#define ICR_LEVEL_ASSERT 0xc000
#define ICR_BUSY         0x1000

uint32_t cpu_apic_id[CPU_MAX];
static bool x2apic __ro_after_init;
static uint8_t *lapic_mmio __ro_after_init;

uint32_t lapic_read(enum lapic_register r)
{
    return x2apic ? (uint32_t)rdmsr(MSR_X2APIC_BASE + (r >> 4)) : mmio_read32(lapic_mmio + r);
}

static void xapic_write(enum lapic_register r, uint32_t v)
{
    mmio_write32(lapic_mmio + r, v);
}

void lapic_write(enum lapic_register r, uint32_t v)
{
    if (x2apic)
        wrmsr(MSR_X2APIC_BASE + (r >> 4), v);
    else
        xapic_write(r, v);
}

uint32_t lapic_id(void)
{
    return x2apic ? lapic_read(LAPIC_ID) : lapic_read(LAPIC_ID) >> 24;
}
void lapic_eoi(void)
{
    lapic_write(LAPIC_EOI, 0);
}
bool lapic_is_x2apic(void)
{
    return x2apic;
}

/* This CPU is between the two halves of a command, or close to it. */
static DEFINE_PER_CPU(bool, icr_in_use);

/*
 * A command has two halves, and an NMI or a machine check that sends one may come between those of another. It leaves
 * the target register as it found it, so that the other goes where it was meant to.
 */
static void icr_write_halves(uint32_t id, uint32_t low)
{
    bool between = READ_ONCE(this_cpu(icr_in_use));
    uint32_t found = between ? lapic_read(LAPIC_ICR_HIGH) : 0;

    WRITE_ONCE(this_cpu(icr_in_use), true);
    for (unsigned int i = 0; i < 100000 && (lapic_read(LAPIC_ICR_LOW) & ICR_BUSY); i++)
        cpu_relax();
    lapic_write(LAPIC_ICR_HIGH, id << 24);
    lapic_write(LAPIC_ICR_LOW, low);
    if (between)
        lapic_write(LAPIC_ICR_HIGH, found);
    else
        WRITE_ONCE(this_cpu(icr_in_use), false);
}

static void icr_write(uint32_t id, uint32_t low)
{
    irqflags_t flags = irq_save();

    if (x2apic)
        wrmsr(MSR_X2APIC_BASE + (LAPIC_ICR_LOW >> 4), (uint64_t)id << 32 | low);
    else
        icr_write_halves(id, low);
    irq_restore(flags);
}

void lapic_send_ipi(uint32_t id, uint8_t vector)
{
    icr_write(id, 0x4000 | vector);
}
void lapic_send_nmi(uint32_t id)
{
    icr_write(id, 0x4000 | ICR_NMI);
}
void lapic_send_init(uint32_t id)
{
    icr_write(id, ICR_LEVEL_ASSERT | ICR_INIT);
}
void lapic_send_startup(uint32_t id, uint8_t page)
{
    icr_write(id, 0x4000 | ICR_STARTUP | page);
}

/* Some machines ignore a mode that others refuse. */
static bool switch_on(void)
{
    uint64_t mode = APIC_BASE_ENABLE | (x2apic ? APIC_BASE_X2APIC : 0), state;

    return rdmsr_safe(MSR_APIC_BASE, &state) && wrmsr_safe(MSR_APIC_BASE, state | mode) &&
           rdmsr_safe(MSR_APIC_BASE, &state) && (state & mode) == mode;
}

__init void lapic_init(paddr_t base, bool want_x2apic)
{
    uint64_t state = 0;
    bool already = rdmsr_safe(MSR_APIC_BASE, &state) && state & APIC_BASE_X2APIC;

    x2apic = already || (cpu_has_x2apic && want_x2apic);
    if (x2apic && !switch_on()) {
        x2apic = false;
        cpu_feature_refused(CPUFEAT_X2APIC, "APIC_BASE does not take its bit");
    }
    lapic_mmio = ioremap(base, PAGE_SIZE);
    if (!lapic_mmio)
        panic("local APIC at %#lx cannot be mapped", (unsigned long)base);
    for (unsigned int i = 0; i < CPU_MAX; i++)
        cpu_apic_id[i] = ~0u;
}

static void clear_stale_interrupts(void)
{
    for (unsigned int i = 0; i < 8; i++)
        for (uint32_t left = lapic_read((enum lapic_register)(LAPIC_ISR + 0x10 * i)); left; left &= left - 1)
            lapic_eoi();
}

bool lapic_init_cpu(void)
{
    if (!switch_on()) {
        log_error("CPU %u: its local APIC cannot be switched on%s", this_cpu_id(), x2apic ? " in x2APIC mode" : "");
        return false;
    }
    if (!x2apic) {
        lapic_write(LAPIC_DFR, 0xffffffff);
        lapic_write(LAPIC_LDR, 0x01000000);
    }
    lapic_write(LAPIC_TPR, 0);
    clear_stale_interrupts();
    lapic_write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
    lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT1, this_cpu_id() ? LVT_MASKED | LVT_NMI : LVT_NMI);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
    lapic_write(LAPIC_LVT_ERROR, VECTOR_ERROR);
    lapic_write(LAPIC_ESR, 0);
    return true;
}

/* Processors whose xAPIC mode is locked away refuse (SDM 3A, 10.4.3); the next kernel gets x2APIC mode then. */
static bool leave_x2apic(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE) & ~(uint64_t)(APIC_BASE_X2APIC | APIC_BASE_ENABLE);

    return wrmsr_safe(MSR_APIC_BASE, base) && wrmsr_safe(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
}

void lapic_disable(void)
{
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
    lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
    clear_stale_interrupts();
    lapic_write(LAPIC_SVR, VECTOR_SPURIOUS);
    /* Firmware leaves its CPU listening to the legacy PIC and to NMIs (MP specification 1.4, 3.6.2.2). */
    void (*write)(enum lapic_register, uint32_t) = !x2apic || leave_x2apic() ? xapic_write : lapic_write;
    if (rdmsr(MSR_APIC_BASE) & APIC_BASE_BSP) {
        write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
        write(LAPIC_LVT_LINT0, LVT_EXTINT);
        write(LAPIC_LVT_LINT1, LVT_NMI);
    }
}
