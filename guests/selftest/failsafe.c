/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failsafe=1: the longest frame that a guest's kernel gets, on a stack of which only the shorter ones' part is its own:
 * the rest is the hypervisor's (XSA-215). The end is this guest's, and nobody else's.
 *
 * User mode has a data selector loaded whose descriptor the second vCPU takes away, on the same processor: when user
 * mode runs again the selector cannot be loaded, which is what the failsafe callback is for.
 */
#include "selftest/selftest.h"

#define HYPERVISOR_END 0xffff880000000000ul
#define SLOT           272ul /* of the level 4 table: what follows the hypervisor */
#define FRAME_SHORT    64ul  /* an event's frame fits exactly, the failsafe callback's is 24 bytes longer */
#define TABLE          (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define SELECTOR       0x0b
#define DATA           0x00cff3000000fffful
#define DATA_ABSENT    0x00cf73000000fffful

static uint64_t l3[512] __attribute__((aligned(4096))), l2[512] __attribute__((aligned(4096))),
    l1[512] __attribute__((aligned(4096))), gdt[512] __attribute__((aligned(4096)));
static uint8_t edge[PAGE_SIZE] __attribute__((aligned(4096)));
static volatile bool loaded;

static void edge_map(void)
{
    struct mmu_update u = { .ptr = va_to_mfn((void *)start_info->pt_base) * PAGE_SIZE + SLOT * 8,
                            .val = va_to_mfn(l3) * PAGE_SIZE | TABLE };

    l3[0] = va_to_mfn(l2) * PAGE_SIZE | TABLE;
    l2[0] = va_to_mfn(l1) * PAGE_SIZE | TABLE;
    l1[0] = va_to_mfn(edge) * PAGE_SIZE | TABLE;
    check_rc("tables for the page behind the hypervisor", 0,
             map_at(l3, va_to_mfn(l3), PTE_KERNEL_RO) | map_at(l2, va_to_mfn(l2), PTE_KERNEL_RO) |
                 map_at(l1, va_to_mfn(l1), PTE_KERNEL_RO));
    check_rc("the page", 0, hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF));
    *(volatile uint64_t *)HYPERVISOR_END = 1;
}

static void gdt_load(void)
{
    unsigned long frame = va_to_mfn(gdt);

    gdt[SELECTOR >> 3] = DATA;
    check_rc("a GDT", 0, map_at(gdt, frame, PTE_KERNEL_RO) | hypercall2(__HYPERVISOR_set_gdt, PTR(&frame), 512));
}

static void take_away(void)
{
    while (!loaded)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    hypercall2(__HYPERVISOR_update_descriptor, va_to_mfn(gdt) * PAGE_SIZE + (SELECTOR & ~7), DATA_ABSENT);
    printk("the descriptor is gone");
}

static void user(void)
{
    __asm__ volatile("mov %0, %%ds; movb $1, %1; 1: pause; jmp 1b" : : "r"(SELECTOR), "m"(loaded) : "memory");
}

void test_failsafe(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = va_to_mfn((void *)start_info->pt_base) };

    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    edge_map();
    check_true("a second vCPU", second_start());
    gdt_load();
    check_rc("a page table for user mode", 0, hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF));
    check_rc("a stack that begins in the hypervisor", 0,
             hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, HYPERVISOR_END + FRAME_SHORT));
    second_run(take_away);
    user_run(user, USER_STACK_TOP);
    printk("FAIL user mode came to an end");
}
