/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hostile guest: steps chosen at random, each of which makes it stop, with registers and memory as chance has them.
 * What would end it by right is left out (shutting down, giving its own memory away, an INIT to itself). It must still
 * be there at the end, and so must everybody else.
 */
#include "pvh/pvh.h"

#define HOLE    0xf0000000ul
#define SAFE    (64ul << 20) /* beyond all RAM that it was given */
#define BUFFER  4096u
#define ICR_MODES_LEFT_OUT (1u << 5 | 1u << 6 | 1u << 7)

static uint64_t state;
static uint8_t buffer[BUFFER] __attribute__((aligned(4096)));

static uint64_t any(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Values near the edges are met more often than chance would have it. */
static uint64_t value(void)
{
    static const uint64_t edges[] = { 0, 1, 2, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 1ull << 47, 1ull << 63,
                                      ~0ull, 0x800000000000, 0xffff800000000000 };
    uint64_t n = any() % 4;

    if (!n)
        return edges[any() % ARRAY_SIZE(edges)];
    return n == 1 ? 1ull << any() % 64 : n == 2 ? any() & 0xffff : any();
}

static uint32_t some_msr(void)
{
    static const uint32_t from[] = { 0x0, 0x170, 0x1d0, 0x200, 0x250, 0x268, 0x277, 0x2ff, 0x400, 0x6e0, 0x800, 0x820,
                                     0x830, 0xd90, 0xda0, 0x40000000, 0x40000200, 0xc0000080, 0xc0000100, 0xc0010000,
                                     0xc0010100, 0xc0011000, 0xc0011020 };

    return any() % 8 ? from[any() % ARRAY_SIZE(from)] + (uint32_t)(any() % 32) : (uint32_t)any();
}

static void step_rdmsr(void)
{
    uint64_t unused;

    msr_read(some_msr(), &unused);
}

static void step_wrmsr(void)
{
    uint32_t msr = some_msr();
    uint64_t v = value();

    if (msr == 0x830 && (ICR_MODES_LEFT_OUT >> (v >> 8 & 7) & 1))
        return;
    if (msr == 0x40000000 && v < SAFE)
        return;
    msr_write(msr, v);
}

static void step_port(void)
{
    uint16_t port = (uint16_t)any();
    uint64_t v = value();

    if (port == 0xe9)
        return;
    switch (any() % 6) {
    case 0: __asm__ volatile("inb %%dx, %%al" : "+a"(v) : "d"(port)); break;
    case 1: __asm__ volatile("inw %%dx, %%ax" : "+a"(v) : "d"(port)); break;
    case 2: __asm__ volatile("inl %%dx, %%eax" : "+a"(v) : "d"(port)); break;
    case 3: __asm__ volatile("outb %%al, %%dx" : "+a"(v) : "d"(port)); break;
    case 4: __asm__ volatile("outw %%ax, %%dx" : "+a"(v) : "d"(port)); break;
    case 5: __asm__ volatile("outl %%eax, %%dx" : "+a"(v) : "d"(port)); break;
    }
}

/* Into and out of memory that is there, partly there, and not there. */
static void step_string(void)
{
    uint64_t at = any() % 3 ? (uint64_t)buffer + any() % 2048 : HOLE + any() % 8192, count = any() % 512;
    uint16_t port = 0x42;

    if (any() % 2)
        TRY("rep insw", LIST("+D"(at), "+c"(count)), "d"(port));
    else
        TRY("rep outsl", LIST("+S"(at), "+c"(count)), "d"(port));
}

static void step_control(void)
{
    uint64_t cr0, cr4, v = value();

    __asm__ volatile("mov %%cr0, %0; mov %%cr4, %1" : "=r"(cr0), "=r"(cr4));
    switch (any() % 8) {
    case 0: TRY("mov %0, %%cr0",, "r"(cr0 ^ (1ull << any() % 64))); break;
    case 1: TRY("mov %0, %%cr4",, "r"(cr4 ^ (1ull << any() % 64))); break;
    case 2: TRY("mov %0, %%cr2",, "r"(v)); break;
    case 3: TRY("mov %0, %%cr8",, "r"(v)); break;
    case 4: TRY("mov %0, %%dr3",, "r"(v)); break;
    case 5: TRY("mov %0, %%dr6",, "r"(v)); break;
    case 6: TRY("mov %0, %%dr7",, "r"(v & ~0x2fffull)); break; /* armed, one would hit where nobody looks */
    case 7: TRY("lmsw %w0",, "r"(v)); break;
    }
    TRY("mov %0, %%cr0; mov %1, %%cr4",, LIST("r"(cr0), "r"(cr4)));
}

static void step_extended(void)
{
    uint32_t index = any() % 2 ? 0 : (uint32_t)value();
    uint64_t cr4, v = value();

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    TRY("mov %0, %%cr4",, "r"(cr4 | 1ul << 18));
    TRY("xsetbv",, LIST("c"(index), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))));
    TRY("mov %0, %%cr4",, "r"(cr4));
}

static void step_cpuid(void)
{
    static const uint32_t from[] = { 0, 0x40000000, 0x80000000 };
    uint32_t a = any() % 8 ? from[any() % 3] + (uint32_t)(any() % 64) : (uint32_t)any(), b, c = (uint32_t)value(), d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
}

/* Memory that is not there, and the local APIC's page, by instructions of many forms. */
static void step_memory(void)
{
    uint64_t at = (any() % 2 ? 0xfee00000ul : HOLE) + any() % 4104, v = value();

    switch (any() % 12) {
    case 0: TRY("movb (%1), %b0", "+r"(v), "r"(at)); break;
    case 1: TRY("movw %w0, (%1)",, LIST("r"(v), "r"(at))); break;
    case 2: TRY("movl (%1), %k0", "+r"(v), "r"(at)); break;
    case 3: TRY("movq %0, (%1)",, LIST("r"(v), "r"(at))); break;
    case 4: TRY("xchgl %k0, (%1)", "+r"(v), "r"(at)); break;
    case 5: TRY("lock addq %0, (%1)",, LIST("r"(v), "r"(at))); break;
    case 6: TRY("lock cmpxchgl %k1, (%2)", "+a"(v), LIST("r"(state), "r"(at))); break;
    case 7: TRY("rep stosb", LIST("+D"(at)), LIST("a"(v), "c"(any() % 300)), ); break;
    case 8: TRY("rep movsq", LIST("+S"(at)), LIST("D"(buffer), "c"(any() % 200)), ); break;
    case 9: TRY("btsl %k0, (%1)",, LIST("r"((uint32_t)v & 31), "r"(at))); break;
    case 10: TRY("jmp *%0",, "r"(at)); break;
    case 11: TRY("movdqu (%0), %%xmm0",, "r"(at)); break;
    }
}

/* An answer that is written over our own code would be our own doing. */
static uint64_t harmless(uint64_t address)
{
    bool ours = address >= 0x1000 && address < SAFE;

    return ours && address - (uint64_t)buffer >= BUFFER ? (uint64_t)buffer : address;
}

static void step_call(void)
{
    static const uint8_t calls[] = { /* without those whose structures hold addresses that are written to later */
        __HYPERVISOR_xen_version, __HYPERVISOR_event_channel_op, __HYPERVISOR_vm_assist,   __HYPERVISOR_xsm_op,
        __HYPERVISOR_sysctl,      __HYPERVISOR_domctl,           __HYPERVISOR_platform_op, 63,
    };
    uint64_t nr = any() % 8 ? calls[any() % ARRAY_SIZE(calls)] : 64 + value();
    uint64_t arg[3];

    for (unsigned int i = 0; i < 3; i++)
        arg[i] = harmless(any() % 2 ? any() % 32 : any() % 2 ? (uint64_t)buffer + any() % 4090 : value());
    hypercall(nr, arg[0], arg[1], arg[2]);
}

static void step_absent(void)
{
    switch (any() % 6) {
    case 0: TRY("vmcall",, ); break;
    case 1: TRY("vmrun",, "a"(value())); break;
    case 2: TRY("vmload",, "a"(value())); break;
    case 3: TRY("vmsave",, "a"(value())); break;
    case 4: TRY("clgi",, ); break;
    case 5: TRY("invlpga",, LIST("a"(value()), "c"(any()))); break;
    }
}

void storm(uint64_t seed, uint32_t steps)
{
    static void (*const step[])(void) = { step_rdmsr, step_wrmsr,  step_port, step_string, step_control, step_extended,
                                          step_cpuid, step_memory, step_call, step_absent };

    state = seed * 0x9e3779b97f4a7c15 + 1;
    second_restless();
    for (uint32_t i = 0; i < steps; i++) {
        for (unsigned int b = 0; b < 8; b++)
            buffer[any() % BUFFER] = (uint8_t)value();
        step[any() % ARRAY_SIZE(step)]();
        if (i % 16 == 0)
            second_interrupt();
    }
    second_rest();
    print("PVH storm: %u steps of seed %lu", steps, (unsigned long)seed);
}
