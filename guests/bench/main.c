/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operation costs, in ticks of the TSC. Under QEMU's -icount shift=0 a tick is an instruction, so two
 * hypervisors can be compared to the digit. Each line is the mean of ROUNDS calls after a few that are not counted.
 */
#include "common/guest.h"

#define WARM_UP 16u
#define ROUNDS  256u

static uint64_t ticks(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

static void measure(const char *name, void (*op)(void))
{
    uint64_t start = 0;

    for (unsigned int i = 0; i < WARM_UP + ROUNDS; i++) {
        if (i == WARM_UP)
            start = ticks();
        op();
    }
    printk("BENCH %s: %lu", name, (unsigned long)((ticks() - start) / ROUNDS));
}

static void nothing(void)
{
}

static void op_version(void)
{
    hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0);
}

static void op_unknown(void)
{
    hypercall1(63, 0);
}

/* The same entry again: no flags change, which is the shortest update there is. */
static void op_mmu_update_same(void)
{
    struct mmu_update u = {pte_maddr(page_a, 1), va_to_mfn(page_a) << 12 | PTE_KERNEL_RW};
    hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

/* From one frame to another and back: a reference taken, one dropped. */
static void op_mmu_update_other(void)
{
    static bool other;
    other = !other;
    struct mmu_update u = {pte_maddr(page_b, 1), va_to_mfn(other ? page_c : page_b) << 12 | PTE_KERNEL_RW};
    hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

static void op_va_mapping(void)
{
    static bool ro;
    ro = !ro;
    map_at(page_a, va_to_mfn(page_a), ro ? PTE_KERNEL_RO : PTE_KERNEL_RW);
}

static void op_pin_unpin(void)
{
    struct mmuext_op op[2] = {{.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = va_to_mfn(page_c)},
                              {.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = va_to_mfn(page_c)}};
    hypercall4(__HYPERVISOR_mmuext_op, PTR(op), 2, 0, DOMID_SELF);
}

static void op_tlb_flush(void)
{
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};
    hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static void op_multicall(void)
{
    struct multicall_entry e[4];
    for (unsigned int i = 0; i < 4; i++)
        e[i] = (struct multicall_entry){.op = __HYPERVISOR_xen_version, .args = {XENVER_version, 0}};
    hypercall2(__HYPERVISOR_multicall, PTR(e), 4);
}

static void op_set_segment_base(void)
{
    hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
}

static void op_cpuid(void)
{
    uint32_t a = 1, b, c = 0, d;
    __asm__ volatile("ud2a; .ascii \"xen\"; cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
}

static void op_rdmsr(void)
{
    uint32_t a, d;
    __asm__ volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(0x277));
}

static void op_read_cr4(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr4, %0" : "=r"(v));
}

static void op_trap(void)
{
    TRY("ud2", ::: "memory");
}

static void op_page_fault(void)
{
    TRY("movb $0, 0x1000", ::: "memory");
}

static uint32_t port;

static void op_event_self(void)
{
    struct evtchn_send send = {.port = port};
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, PTR(&send));
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    shared_info->vcpu_info[0].evtchn_pending_sel = 0;
    shared_info->evtchn_pending[0] = 0;
}

static void op_set_timer(void)
{
    hypercall1(__HYPERVISOR_set_timer_op, ~0ull >> 1);
}

static void op_console(void)
{
    hypercall3(__HYPERVISOR_console_io, CONSOLEIO_read, 1, PTR(guest_pages));
}

void guest_main(void)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 0};

    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, PTR(&ipi));
    port = ipi.port;
    measure("nothing", nothing);
    measure("hypercall, unknown", op_unknown);
    measure("hypercall, xen_version", op_version);
    measure("multicall of 4 xen_version", op_multicall);
    measure("mmu_update, same entry", op_mmu_update_same);
    measure("mmu_update, other frame", op_mmu_update_other);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
    measure("update_va_mapping, rights", op_va_mapping);
    map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RW);
    measure("mmuext, local TLB flush", op_tlb_flush);
    map_at(page_c, va_to_mfn(page_c), PTE_KERNEL_RO);
    measure("mmuext, pin and unpin an empty L1", op_pin_unpin);
    map_at(page_c, va_to_mfn(page_c), PTE_KERNEL_RW);
    measure("set_segment_base", op_set_segment_base);
    measure("CPUID by prefix", op_cpuid);
    measure("RDMSR, PAT", op_rdmsr);
    measure("MOV from CR4", op_read_cr4);
    measure("#UD to the guest and back", op_trap);
    measure("#PF to the guest and back", op_page_fault);
    measure("event to oneself, masked", op_event_self);
    measure("set_timer_op", op_set_timer);
    measure("console_io, read", op_console);
}
