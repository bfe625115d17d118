/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See platform/efi.h. */
#include "platform/efi.h"

#include "cpu/fpu.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "mm/machine_map.h"
#include "mm/map.h"
#include "platform/efi_map.h"

#include <arch/irqflags.h>
#include <arch/layout.h>
#include <arch/page.h>

#define RUNTIME_SIGNATURE 0x56524553544e5552ull /* "RUNTSERV" */
#define RESET_COLD        0
#define FCW_DEFAULT       0x037fu
#define MXCSR_DEFAULT     0x1f80u

struct efi_runtime_table {
    uint64_t signature;
    uint32_t revision, header_size, crc32, reserved;
    uint64_t service[EFI_SERVICES];
};
_Static_assert(sizeof(struct efi_runtime_table) == 24 + 14 * 8, "UEFI 2.9, 4.5.1");

uint64_t efi_call(uint64_t function, const uint64_t argument[5], uint64_t *stack);
extern const char efi_call_aborted[];

static struct efi_runtime_table table;
static struct boot_efi_region *regions;
static uint32_t region_count;
static paddr_t root; /* 0: no runtime services */
static bool there;   /* the machine was started by EFI */
static bool inside, broken;
/* The CPU that is inside, and its stack there. Written by that CPU alone. */
static DEFINE_PER_CPU(uint64_t, efi_stack);

const struct boot_efi_region *efi_region_of(uint64_t paddr)
{
    for (uint32_t i = 0; i < region_count; i++)
        if (paddr >= regions[i].start && (paddr - regions[i].start) >> PAGE_SHIFT < regions[i].pages)
            return &regions[i];
    return NULL;
}

uint32_t efi_runtime_revision(void)
{
    return table.revision;
}

static __init bool keep_map(void)
{
    const struct boot_efi *efi = &boot_info.efi;

    if (!efi->region_count)
        return false;
    regions = hv_zalloc_array(efi->region_count, sizeof(*regions));
    if (!regions)
        return false;
    memcpy(regions, efi->region, efi->region_count * sizeof(*regions));
    region_count = efi->region_count;
    return true;
}

/* Every service that is there lies in runtime code. */
static __init bool table_sane(void)
{
    for (unsigned int i = 0; i < EFI_SERVICES; i++) {
        const struct boot_efi_region *r = efi_region_of(table.service[i]);
        if (table.service[i] && !(r && r->attributes & EFI_MEMORY_RUNTIME && r->type == EFI_RUNTIME_SERVICES_CODE))
            return false;
    }
    return true;
}

static __init const char *prepare(uint64_t paddr, bool wanted)
{
    const struct efi_runtime_table *t = paddr ? ioremap_rights(paddr, sizeof(*t), MAP_RO) : NULL;

    if (!t || t->signature != RUNTIME_SIGNATURE)
        return "their table is not one";
    table = *t;
    if (!keep_map())
        return "the boot loader gave no usable EFI memory map";
    if (!wanted)
        return "efi= says so";
    if (!table_sane())
        return "their table points out of their memory";
    root = efi_map_create(regions, region_count);
    return root ? NULL : "their memory cannot be mapped";
}

__init void efi_init(uint64_t paddr, bool wanted)
{
    there = true;
    const char *why = prepare(paddr, wanted);
    if (why)
        log_warning("EFI: no runtime services: %s", why);
}

static void registers_default(void)
{
    const uint32_t mxcsr = MXCSR_DEFAULT;
    const uint16_t fcw = FCW_DEFAULT;

    __asm__ volatile("fninit; fldcw %0; ldmxcsr %1" : : "m"(fcw), "m"(mxcsr));
}

/* Interrupts as the caller has them: a timer that ticks meanwhile does so on the firmware's page table. */
static uint64_t call(enum efi_service service, const uint64_t argument[5])
{
    uint64_t *stack = &this_cpu(efi_stack);
    uint64_t cr3 = read_cr3();

    write_cr3(root);
    uint64_t status = efi_call(table.service[service], argument, stack);
    *stack = 0;
    write_cr3(cr3);
    return status;
}

static bool has(enum efi_service service)
{
    if (service >= EFI_UPDATE_CAPSULE && table.revision < 2u << 16)
        return false;
    return table.service[service];
}

int efi_runtime(enum efi_service service, const uint64_t argument[5], uint64_t *status)
{
    struct vcpu *v = current_vcpu();

    if (!there)
        return -ENOSYS;
    if (!root || READ_ONCE(broken))
        return -EOPNOTSUPP;
    *status = EFI_UNSUPPORTED;
    if (!has(service))
        return 0;
    if (__atomic_exchange_n(&inside, true, __ATOMIC_ACQUIRE))
        return -ERESTART;
    uint64_t cr0 = read_cr0();
    irqflags_t flags = irq_save();
    fpu_save(v);
    registers_default();
    irq_restore(flags);
    *status = call(service, argument);
    irq_disable(); /* whatever the firmware left */
    fpu_load(v);
    write_cr0(cr0);
    irq_restore(flags);
    __atomic_store_n(&inside, false, __ATOMIC_RELEASE);
    return 0;
}

void efi_reset(void)
{
    const uint64_t argument[5] = { RESET_COLD };

    if (!root || broken || !has(EFI_RESET_SYSTEM))
        return;
    clts();
    registers_default();
    call(EFI_RESET_SYSTEM, argument);
}

bool efi_runtime_fault(struct cpu_user_regs *regs, uint64_t cr2)
{
    uint64_t stack = this_cpu(efi_stack);

    if (!stack || regs->rip >= HV_VIRT_START)
        return false;
    WRITE_ONCE(broken, true);
    log_error("EFI: exception %u in the firmware at %#lx, error code %#x, address %#lx: runtime services end",
              regs->entry_vector, (unsigned long)regs->rip, regs->error_code, (unsigned long)cr2);
    regs->rip = (uint64_t)efi_call_aborted;
    regs->rsp = stack;
    return true;
}
