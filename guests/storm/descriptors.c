/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables of odd contents, and what then loads them. */
#include "storm/storm.h"

static uint64_t descriptor(struct hostile *h)
{
    uint64_t d = 0x00cffa000000fffful; /* 32-bit code for ring 3 */

    switch (pick(h, 8)) {
    case 0: return 0;
    case 1: return rnd_word(h);
    case 2: d = 0x00affa000000fffful; break;                                     /* 64-bit code */
    case 3: d = 0x00cff2000000fffful; break;                                     /* data */
    case 4: d = 0x0000ec0000e00000ul | pick(h, 0x10000) | 0xe033ul << 16; break; /* call gate */
    case 5: d = 0x00008900000000fful | pick(h, 0x10000) << 16; break;            /* TSS */
    default: break;
    }
    return one_in(h, 2) ? d ^ 1ul << pick(h, 64) : d;
}

static uint64_t frame_of(const void *va)
{
    return (*pte_of(va, 1) & 0x000ffffffffff000ul) / PAGE_SIZE;
}

static void gdt(struct hostile *h)
{
    uint64_t list[16];
    uint64_t *page = (void *)pool[pick(h, POOL_PAGES)];
    uint64_t mfn = frame_of(page);

    map_at(page, mfn, PTE_KERNEL_RW);
    memset(page, 0, PAGE_SIZE);
    for (unsigned int i = 0; i < 24; i++)
        page[pick(h, 24)] = descriptor(h);
    map_at(page, mfn, one_in(h, 8) ? PTE_KERNEL_RW : PTE_KERNEL_RO);
    for (unsigned int i = 0; i < 16; i++)
        list[i] = one_in(h, 8) ? rnd_frame(h) : mfn;
    hypercall2(__HYPERVISOR_set_gdt, PTR(list), one_in(h, 4) ? rnd_count(h) : one_in(h, 2) ? 512 : pick(h, 8192));
    for (unsigned int i = 0; i < 4; i++)
        hypercall2(__HYPERVISOR_update_descriptor, (one_in(h, 8) ? rnd_frame(h) : mfn) * PAGE_SIZE + pick(h, 24) * 8,
                   descriptor(h));
}

static void ldt(struct hostile *h)
{
    uint64_t *page = (void *)pool[pick(h, POOL_PAGES)];
    struct mmuext_op op = { .cmd = MMUEXT_SET_LDT,
                            .arg1.linear_addr = one_in(h, 6) ? rnd_address(h) & ~0xffful : PTR(page),
                            .arg2.nr_ents = (unsigned int)(one_in(h, 4) ? rnd_count(h) : pick(h, 8192)) };

    for (unsigned int i = 0; i < 8; i++)
        page[pick(h, 24)] = descriptor(h);
    if (!one_in(h, 4))
        map_at(page, frame_of(page), PTE_KERNEL_RO);
    hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static void load(struct hostile *h)
{
    uint64_t selector = pick(h, 24) << 3 | pick(h, 8);

    switch (pick(h, 6)) {
    case 0: __asm__ volatile("mov %w0, %%ds; mov %w0, %%es" ::"r"(selector)); break;
    case 1: __asm__ volatile("mov %w0, %%fs" ::"r"(selector)); break;
    case 2: __asm__ volatile("mov %w0, %%gs" ::"r"(selector)); break;
    case 3: hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL, selector); break;
    case 4: __asm__ volatile("lar %w0, %%eax; lsl %w0, %%eax; verr %w0; verw %w0" ::"r"(selector) : "rax", "cc"); break;
    default: __asm__ volatile("push %0; pushq $1f; lretq; 1:" ::"r"(selector) : "memory"); break;
    }
}

void step_descriptors(struct hostile *h)
{
    switch (pick(h, 3)) {
    case 0: gdt(h); break;
    case 1: ldt(h); break;
    default: break;
    }
    if (one_in(h, 3))
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    if (one_in(h, 3))
        step_user(h);
    load(h);
}
