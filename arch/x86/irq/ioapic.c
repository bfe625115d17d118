/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Register access is by index and data, under one lock for all of them. See irq/ioapic.h. */
#include "irq/ioapic.h"

#include "hv/log.h"
#include "hw/native/io.h"
#include "irq/lapic.h"
#include "mm/map.h"

#define IOAPICS_MAX        64u
#define GSI_MAX            16384u /* what firmware claims beyond is no machine's, and would cost memory for each */
#define IOAPIC_INDEX       0x00
#define IOAPIC_DATA        0x10
#define IOAPIC_REG_ID      0x00
#define IOAPIC_REG_VERSION 0x01
#define IOAPIC_REG_RTE     0x10

#define RTE_MASKED     0x10000u
#define RTE_LEVEL      0x08000u
#define RTE_ACTIVE_LOW 0x02000u
#define RTE_NMI        0x00400u

struct ioapic {
    paddr_t base;
    uint8_t *mmio;
    uint32_t gsi_base, inputs;
    uint8_t id;
};
static struct ioapic ioapics[IOAPICS_MAX];
static unsigned int ioapic_count;
static struct {
    uint32_t gsi;
    bool level, active_low;
} isa[16];
static bool isa_known;
static spinlock_t lock = SPINLOCK_INIT(LOCK_LEAF);

static uint32_t reg_read(const struct ioapic *io, uint32_t reg)
{
    mmio_write32(io->mmio + IOAPIC_INDEX, reg);
    return mmio_read32(io->mmio + IOAPIC_DATA);
}

static void reg_write(const struct ioapic *io, uint32_t reg, uint32_t v)
{
    mmio_write32(io->mmio + IOAPIC_INDEX, reg);
    mmio_write32(io->mmio + IOAPIC_DATA, v);
}

static const struct ioapic *of_gsi(uint32_t gsi)
{
    for (unsigned int i = 0; i < ioapic_count; i++)
        if (gsi - ioapics[i].gsi_base < ioapics[i].inputs)
            return &ioapics[i];
    return NULL;
}

static void rte_change(const struct irq *irq, uint32_t clear, uint32_t set)
{
    const struct ioapic *io = of_gsi(irq->nr);
    if (!io)
        return;
    uint32_t reg = IOAPIC_REG_RTE + 2 * (irq->nr - io->gsi_base);
    irqflags_t flags = spin_lock_irqsave(&lock);
    reg_write(io, reg, (reg_read(io, reg) & ~clear) | set);
    spin_unlock_irqrestore(&lock, flags);
}

static void mask(struct irq *irq)
{
    rte_change(irq, 0, RTE_MASKED);
}
static void unmask(struct irq *irq)
{
    rte_change(irq, RTE_MASKED, 0);
}

static void set_target(struct irq *irq, uint8_t vector, uint32_t apic_id)
{
    const struct ioapic *io = of_gsi(irq->nr);
    if (!io)
        return;
    uint32_t reg = IOAPIC_REG_RTE + 2 * (irq->nr - io->gsi_base);
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint32_t low = reg_read(io, reg);
    reg_write(io, reg, low | RTE_MASKED);
    reg_write(io, reg + 1, apic_id << 24);
    low = (low & RTE_MASKED) | vector | (irq->level ? RTE_LEVEL : 0) | (irq->active_low ? RTE_ACTIVE_LOW : 0);
    reg_write(io, reg, low);
    spin_unlock_irqrestore(&lock, flags);
}

static const struct irq_source ioapic_source = { "IO-APIC", mask, unmask, set_target };

static __init void isa_defaults(void)
{
    for (unsigned int i = 0; i < 16 && !isa_known; i++)
        isa[i].gsi = i;
    isa_known = true;
}

__init uint32_t ioapic_add(uint8_t id, paddr_t base, uint32_t gsi_base)
{
    struct ioapic io = { .id = id, .base = base, .gsi_base = gsi_base };

    if (ioapic_count == IOAPICS_MAX) {
        log_warning("IO-APIC %u at %#lx: more than %u of them, not used", id, (unsigned long)base, IOAPICS_MAX);
        return 0;
    }
    if (gsi_base > GSI_MAX) {
        log_warning("IO-APIC %u at %#lx: its first interrupt is %u by firmware, at most %u can be; not used", id,
                    (unsigned long)base, gsi_base, GSI_MAX);
        return 0;
    }
    io.mmio = ioremap(base, 0x20);
    if (!io.mmio)
        panic("IO-APIC at %#lx cannot be mapped", (unsigned long)base);
    uint32_t version = reg_read(&io, IOAPIC_REG_VERSION);
    if (version == ~0u) {
        log_warning("IO-APIC %u at %#lx: nothing is there, not used", id, (unsigned long)base);
        return 0;
    }
    io.inputs = (version >> 16 & 0xff) + 1;
    ioapics[ioapic_count++] = io;
    return io.inputs;
}

__init void ioapic_override(uint8_t isa_irq, uint32_t gsi, bool level, bool active_low)
{
    isa_defaults();
    if (isa_irq >= 16)
        return;
    isa[isa_irq].gsi = gsi;
    isa[isa_irq].level = level;
    isa[isa_irq].active_low = active_low;
}

__init void pic_disable(void)
{
    outb(0xff, 0x21);
    outb(0xff, 0xa1);
    /* Initialise them all the same, so that a spurious interrupt arrives where nothing else does. */
    static const uint8_t init[][2] __initconst = {
        {0x11, 0x20},
        {0x11, 0xa0},
        {0x20, 0x21},
        {0x28, 0xa1},
        {0x04, 0x21},
        {0x02, 0xa1},
        {0x01, 0x21},
        {0x01, 0xa1}
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(init); i++)
        outb(init[i][0], init[i][1]);
    outb(0xff, 0x21);
    outb(0xff, 0xa1);
}

__init uint32_t ioapic_init(void)
{
    uint32_t gsis = 16;

    isa_defaults();
    for (unsigned int i = 0; i < ioapic_count; i++) {
        const struct ioapic *io = &ioapics[i];
        for (uint32_t n = 0; n < io->inputs; n++)
            reg_write(io, IOAPIC_REG_RTE + 2 * n, RTE_MASKED);
        gsis = MAX(gsis, io->gsi_base + io->inputs);
        log_info("IO-APIC %u at %#lx: interrupts %u to %u", io->id, (unsigned long)io->base, io->gsi_base,
                 io->gsi_base + io->inputs - 1);
    }
    if (!ioapic_count)
        log_warning("no IO-APIC: devices' interrupt lines do not work, only MSI");
    return gsis;
}

__init void ioapic_setup_irq(struct irq *irq)
{
    irq->source = of_gsi(irq->nr) ? &ioapic_source : NULL;
    irq->level = irq->active_low = irq->nr >= 16;
    for (unsigned int i = 0; i < 16; i++)
        if (isa[i].gsi == irq->nr) {
            irq->level = isa[i].level;
            irq->active_low = isa[i].active_low;
        }
}

uint32_t ioapic_isa_to_gsi(uint32_t isa_irq)
{
    return isa_irq < 16 ? isa[isa_irq].gsi : isa_irq;
}

int ioapic_set_trigger(struct irq *irq, bool level, bool active_low)
{
    if (irq->source != &ioapic_source)
        return -EINVAL;
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    if (!irq->guest && !irq->handler) {
        irq->level = level;
        irq->active_low = active_low;
        if (irq->vector)
            set_target(irq, irq->vector, cpu_apic_id[irq->cpu]);
    }
    spin_unlock_irqrestore(&irq->lock, flags);
    return 0;
}

int ioapic_deliver_nmi(const struct irq *irq, uint32_t apic_id)
{
    const struct ioapic *io = of_gsi(irq->nr);
    if (!io || apic_id > 0xff)
        return -EINVAL;
    uint32_t reg = IOAPIC_REG_RTE + 2 * (irq->nr - io->gsi_base);
    irqflags_t flags = spin_lock_irqsave(&lock);
    reg_write(io, reg + 1, apic_id << 24);
    reg_write(io, reg, RTE_NMI);
    spin_unlock_irqrestore(&lock, flags);
    return 0;
}

int ioapic_read_for_guest(paddr_t base, uint32_t reg, uint32_t *value)
{
    for (unsigned int i = 0; i < ioapic_count; i++) {
        if (ioapics[i].base != base)
            continue;
        if (reg > IOAPIC_REG_RTE + 2 * ioapics[i].inputs - 1)
            return -EINVAL;
        irqflags_t flags = spin_lock_irqsave(&lock);
        *value = reg_read(&ioapics[i], reg);
        spin_unlock_irqrestore(&lock, flags);
        return 0;
    }
    return -EINVAL;
}

uint64_t ioapic_frame(unsigned int index)
{
    return index < ioapic_count ? ioapics[index].base >> PAGE_SHIFT : 0;
}

void ioapic_shutdown(void)
{
    for (unsigned int i = 0; i < ioapic_count; i++)
        for (uint32_t n = 0; n < ioapics[i].inputs; n++)
            reg_write(&ioapics[i], IOAPIC_REG_RTE + 2 * n, RTE_MASKED);
}

static void input_report(const struct ioapic *io, uint32_t input)
{
    uint32_t reg = IOAPIC_REG_RTE + 2 * input;
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint32_t low = reg_read(io, reg), high = reg_read(io, reg + 1);
    spin_unlock_irqrestore(&lock, flags);

    if (low & 0xff)
        log_error("    input %u: vector %#x to APIC %#x, %s, active %s%s", input, low & 0xff, high >> 24,
                  low & RTE_LEVEL ? "level" : "edge", low & RTE_ACTIVE_LOW ? "low" : "high",
                  low & RTE_MASKED ? ", masked" : "");
}

void ioapic_report(void)
{
    for (unsigned int i = 0; i < ioapic_count; i++) {
        const struct ioapic *io = &ioapics[i];
        log_error("  IO-APIC %u at %#lx, interrupts %u to %u", io->id, (unsigned long)io->base, io->gsi_base,
                  io->gsi_base + io->inputs - 1);
        for (uint32_t input = 0; input < io->inputs; input++)
            input_report(io, input);
    }
}
