/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting the other processors by INIT and start-up IPIs (SDM vol. 3A, 8.4.4), one at a time. */
#include "boot/smp.h"

#include "boot/cpu.h"
#include "cpu/features.h"
#include "entry/entry.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/sched.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "irq/lapic.h"
#include "mm/map.h"
#include "mm/percpu_area.h"
#include "time/sync.h"

#define INIT_DELAY  (10 * NS_PER_MS)
#define ANSWER_TIME (200 * NS_PER_MS)
#define SETUP_TIME  (10 * NS_PER_SEC) /* of a CPU that has begun: under another hypervisor each CPUID may be slow */

extern const uint8_t trampoline_start[], trampoline_end[], trampoline_base_field[], trampoline_gdt[],
    trampoline_gdt_ptr[], trampoline_far32[], trampoline_far64[], trampoline_cr3[], trampoline_efer[],
    trampoline_stack[], trampoline_entry[], trampoline_cpu[];
extern const uint32_t trampoline32_offset, trampoline64_offset;

static paddr_t trampoline_page __ro_after_init;
#define REFUSED BIT(31)

static volatile uint32_t begun;    /* index of the last CPU that runs our code */
static volatile uint32_t answered; /* index of the last CPU that came up, or with REFUSED that of one that must not */

__init void smp_set_trampoline(paddr_t page)
{
    trampoline_page = page;
}

static __init void put32(const uint8_t *field, uint32_t v)
{
    memcpy((uint8_t *)paddr_to_virt(trampoline_page) + (field - trampoline_start), &v, 4);
}

static __init void put64(const uint8_t *field, uint64_t v)
{
    memcpy((uint8_t *)paddr_to_virt(trampoline_page) + (field - trampoline_start), &v, 8);
}

/* An L4 below 4 GiB with our slots and the first 2 MiB as they are. */
static __init uint32_t make_tables(void)
{
    uint64_t *t[3];

    for (unsigned int i = 0; i < 3; i++) {
        mfn_t m = heap_alloc(0, HEAP_ZERO | HEAP_ADDR_BITS(32));
        if (mfn_eq(m, MFN_NONE))
            return 0;
        t[i] = mfn_to_virt(m);
    }
    l4_install_hv_slots(t[0]);
    t[0][0] = virt_to_paddr(t[1]) | 3;
    t[1][0] = virt_to_paddr(t[2]) | 3;
    t[2][0] = 0x83;
    return (uint32_t)virt_to_paddr(t[0]);
}

static __init void trampoline_fill(uint32_t cr3)
{
    uint32_t base = (uint32_t)trampoline_page;

    memcpy(paddr_to_virt(trampoline_page), trampoline_start, (size_t)(trampoline_end - trampoline_start));
    put32(trampoline_base_field, base);
    put32(trampoline_gdt_ptr + 2, base + (uint32_t)(trampoline_gdt - trampoline_start));
    put32(trampoline_far32, base + trampoline32_offset);
    put32(trampoline_far64, base + trampoline64_offset);
    put32(trampoline_cr3, cr3);
    put32(trampoline_efer, EFER_LME | (cpu_has_nx ? EFER_NXE : 0));
}

static void wait_ns(uint64_t ns)
{
    uint64_t end = now_ns() + ns;
    while (now_ns() < end)
        cpu_relax();
}

/* Interrupts are off, and INIT is all that still moves this CPU. */
static void __attribute__((noreturn)) stay_offline(uint32_t cpu)
{
    __atomic_store_n(&answered, cpu | REFUSED, __ATOMIC_RELEASE);
    for (;;)
        halt();
}

/* The first C that a CPU runs, on its own stack. */
static void ap_start(uint32_t cpu)
{
    __atomic_store_n(&begun, cpu, __ATOMIC_RELEASE);
    cpu_info()->cpu = cpu;
    write_cr3(hv_l4_paddr);
    if (cpu_init_this(cpu))
        stay_offline(cpu);
    cpumask_set(&cpu_online, cpu);
    __atomic_store_n(&answered, cpu, __ATOMIC_RELEASE);
    exit_from_top();
}

static __init bool says(const volatile uint32_t *word, unsigned int cpu, uint64_t within_ns)
{
    for (uint64_t end = now_ns() + within_ns; now_ns() < end; cpu_relax())
        if ((__atomic_load_n(word, __ATOMIC_ACQUIRE) & ~REFUSED) == cpu)
            return true;
    return false;
}

/* 0; -ENODEV: it differs from the first and stays offline; -ETIMEDOUT: no answer. */
static __init int start_one(unsigned int cpu)
{
    put64(trampoline_stack, (uint64_t)percpu_cpu_info(cpu) - 8);
    put64(trampoline_entry, (uint64_t)ap_start);
    put32(trampoline_cpu, cpu);
    lapic_send_init(cpu_apic_id[cpu]);
    wait_ns(INIT_DELAY);
    for (unsigned int i = 0; i < 2; i++) {
        lapic_send_startup(cpu_apic_id[cpu], (uint8_t)(trampoline_page >> PAGE_SHIFT));
        if (!says(&begun, cpu, ANSWER_TIME))
            continue;
        tsc_sync_ask(cpu);
        if (says(&answered, cpu, SETUP_TIME))
            return answered & REFUSED ? -ENODEV : 0;
        break;
    }
    /* Should it come after all, then not with the stack of the next one. */
    lapic_send_init(cpu_apic_id[cpu]);
    wait_ns(INIT_DELAY);
    cpumask_clear(&cpu_online, cpu);
    return -ETIMEDOUT;
}

static __init void log_outcome(unsigned int cpu, int rc)
{
    if (rc == -ENODEV)
        log_warning("CPU %u (APIC id %#x) differs from the first CPU, left offline", cpu, cpu_apic_id[cpu]);
    else if (rc)
        log_warning("CPU %u (APIC id %#x) does not answer the start-up interrupt, left offline", cpu, cpu_apic_id[cpu]);
}

__init void smp_boot_all(unsigned int max_cpus)
{
    unsigned int cpu;
    uint32_t cr3 = trampoline_page && cpumask_weight(&cpu_present) > 1 ? make_tables() : 0;

    if (cr3)
        trampoline_fill(cr3);
    for_each_cpu(cpu, &cpu_present)
    {
        if (cpu == 0 || !cr3 || cpumask_weight(&cpu_online) >= max_cpus)
            continue;
        int rc = cpu_prepare(cpu);
        if (rc)
            log_warning("CPU %u: no memory to bring it up (error %d), left offline", cpu, rc);
        else
            log_outcome(cpu, start_one(cpu));
    }
    log_info("CPUs: %u online of %u", cpumask_weight(&cpu_online), cpumask_weight(&cpu_present));
}
