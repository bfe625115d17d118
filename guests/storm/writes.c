/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ordinary instructions on odd memory: page tables that are mapped read-only, pages that may be anything by now. */
#include "storm/storm.h"

static uint64_t *table_slot(struct hostile *h)
{
    if (one_in(h, 2)) /* the L1 entry of a page of the pool */
        return pte_of(pool[pick(h, POOL_PAGES)], 1);
    return (uint64_t *)(PTR(pool[pick(h, POOL_PAGES)]) + pick(h, 512) * 8);
}

#define WRITE(text, ...) __asm__ volatile(text ::__VA_ARGS__ : "rax", "rbx", "rdx", "rcx", "rsi", "rdi", "cc", "memory")

static void write_once(struct hostile *h, uint64_t at, uint64_t e, uint64_t old)
{
    switch (pick(h, 18)) {
    case 0: WRITE("movb %b0, (%1)", "r"(e), "r"(at)); break;
    case 1: WRITE("movw %w0, (%1)", "r"(e), "r"(at)); break;
    case 2: WRITE("movl %k0, (%1)", "r"(e), "r"(at)); break;
    case 3: WRITE("mov %0, %%rax; xchg %%rax, (%1)", "r"(e), "r"(at)); break;
    case 4: WRITE("mov %2, %%rax; lock cmpxchg %0, (%1)", "r"(e), "r"(at), "r"(old)); break;
    case 5: WRITE("mov %2, %%rax; cmpxchg %0, (%1)", "r"(e), "r"(at), "r"(old)); break;
    case 6: WRITE("mov %2, %%rax; cmpxchgl %k0, (%1)", "r"(e), "r"(at), "r"(old)); break;
    case 7: WRITE("lock orq %0, (%1)", "r"(1ul << (e & 63)), "r"(at)); break;
    case 8: WRITE("lock btrq %0, (%1)", "r"(e & 63), "r"(at)); break;
    case 9: WRITE("mov %0, %%rax; mov %1, %%rdi; stosq", "r"(e), "r"(at)); break;
    case 10: WRITE("mov %1, %%rdi; mov %0, %%rsi; mov $4, %%ecx; rep movsq", "r"(h->data), "r"(at)); break;
    case 11:
        WRITE("mov %2, %%rax; mov %0, %%rbx; mov %%rax, %%rdx; mov %%rbx, %%rcx; lock cmpxchg8b (%1)", "r"(e), "r"(at),
              "r"(old));
        break;
    case 12:
        WRITE("mov %2, %%rax; mov %0, %%rbx; mov 8(%1), %%rdx; mov %%rbx, %%rcx; and $-16, %1; lock cmpxchg16b (%1)",
              "r"(e), "r"(at), "r"(old));
        break;
    case 13: WRITE("lock xaddq %%rax, (%1)", "r"(e), "r"(at)); break;
    case 14: WRITE("mov %1, %%rdi; xor %%eax, %%eax; mov $512, %%ecx; rep stosb", "r"(e), "r"(at)); break;
    case 15: WRITE("movnti %0, (%1)", "r"(e), "r"(at)); break;
    case 16: WRITE("mov %0, %%rax; mov %1, %%rcx; .byte 0x64; mov %%rax, (%%rcx)", "r"(e), "r"(at)); break;
    default: WRITE("mov %0, (%1)", "r"(e), "r"(at)); break;
    }
}

void step_table_writes(struct hostile *h)
{
    uint64_t *slot = table_slot(h);
    uint64_t e = rnd_entry(h, 1), old = *(volatile uint64_t *)slot;

    if (one_in(h, 3))
        e = old ^ 1ul << pick(h, 64);
    write_once(h, PTR(slot) + (one_in(h, 6) ? pick(h, 8) : 0), e, one_in(h, 6) ? e : old);
}

void step_touch(struct hostile *h)
{
    volatile uint64_t *at = (uint64_t *)(one_in(h, 3) ? rnd_address(h) : rnd_data(h));

    if (one_in(h, 4)) /* below the root's slots that were hung in: somewhere in the low half */
        at = (uint64_t *)(pick(h, 256) << 39 | pick(h, 512) << 30 | pick(h, 512) << 21 | pick(h, 512) << 12 |
                          pick(h, 512) << 3);
    if (one_in(h, 2))
        (void)*at;
    else if (PTR(at) >= PTR(pool) && PTR(at) < PTR(pool) + sizeof(pool) - 8)
        *at = one_in(h, 2) ? rnd_entry(h, 1) : rnd_word(h);
    else if (PTR(at) - grant_frame_va < PAGE_SIZE - 8)
        *at = 1 | pick(h, 4) << 3 | pick(h, 2) << 16 | rnd_frame(h) << 32;
}
