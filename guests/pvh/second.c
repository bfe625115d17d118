/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second vCPU, if there is one: INIT, start-up, an interrupt each way, and it sleeps. While the first one storms it
 * is restless: exits of many kinds, across which its registers must stay, and interrupts to and from the first vCPU.
 */
#include "pvh/pvh.h"

#define AP_PAGE 0x9000ul
#define AP_ID   2u
#define IPI     0x61u
#define PAGE    4096u

static volatile uint32_t ap_state;
static volatile uint32_t ap_shown;
static volatile bool restless, rested;
static volatile uint32_t rounds, changed;
static uint8_t two_pages[2 * PAGE] __attribute__((aligned(4096)));

static void icr(uint32_t dest, uint32_t low)
{
    __asm__ volatile("wrmsr" :: "c"(0x830), "a"(low), "d"(dest) : "memory");
}

void second_lost(uint64_t vector, uint64_t error, uint64_t rip)
{
    print("FAIL exception %lu, error %lx at %lx on the second vCPU", (unsigned long)vector, (unsigned long)error,
          (unsigned long)rip);
    for (;;)
        __asm__ volatile("cli; hlt");
}

/* Eight registers across an exit: their sum is the one that they were given. */
#define KEPT(exit, k)                                                                                                  \
    ({                                                                                                                 \
        uint64_t sum = (k);                                                                                            \
        __asm__ volatile("lea 1(%0), %%r8; lea 2(%0), %%r9; lea 3(%0), %%r10; lea 4(%0), %%r11\n\t"                    \
                         "lea 5(%0), %%r12; lea 6(%0), %%r13; lea 7(%0), %%r14; lea 8(%0), %%r15\n\t"                  \
                         exit "\n\t"                                                                                  \
                         "lea (%%r8, %%r9), %0; add %%r10, %0; add %%r11, %0; add %%r12, %0\n\t"                       \
                         "add %%r13, %0; add %%r14, %0; add %%r15, %0"                                                 \
                         : "+S"(sum)                                                                                   \
                         : "D"(two_pages + PAGE - 4)                                                                   \
                         : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", \
                           "cc");                                                                                      \
        sum == 8 * (uint64_t)(k) + 36;                                                                                 \
    })

/* The bus lock makes an emulator stop every other processor for a moment. */
static bool round(uint64_t k)
{
    switch (k % 5) {
    case 0: return KEPT("xor %%eax, %%eax; outb %%al, $0x42", k);
    case 1: return KEPT("xor %%eax, %%eax; xor %%ecx, %%ecx; cpuid", k);
    case 2: return KEPT("mov $0x1b, %%ecx; rdmsr", k);
    case 3: return KEPT("lock addq $1, (%%rdi)", k);
    default: return KEPT("mov %%cr3, %%rax; mov %%rax, %%cr3; sti; nop; nop; cli", k);
    }
}

static void be_restless(void)
{
    for (uint64_t k = 1; restless; k++) {
        changed += !round(k << 32 | k);
        if (k % 64 == 0)
            icr(0, IPI);
        rounds++;
    }
    rested = true;
}

void pvh_second(void);
void pvh_second(void)
{
    uint32_t a = 1, b, c = 0, d;
    uint64_t base;

    if (restless) {
        __asm__ volatile("rdmsr; or $0x400, %%eax; wrmsr" :: "c"(0x1b) : "rax", "rdx");
        __asm__ volatile("wrmsr" :: "c"(0x80f), "a"(0x1ff), "d"(0));
        be_restless();
        for (;;)
            __asm__ volatile("cli; hlt");
    }
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    ap_shown = b >> 24;
    msr_read(0x1b, &base);
    msr_write(0x1b, base | 0x400);
    msr_write(0x80f, 0x1ff);
    ap_state = 1;
    __asm__ volatile("sti; hlt; cli");
    ap_state = 2;
    msr_write(0x830, IPI); /* physical, to APIC 0 */
    for (;;)
        __asm__ volatile("hlt");
}

static void start_up(void)
{
    memcpy((void *)AP_PAGE, ap_begin, (size_t)(ap_end - ap_begin));
    icr(AP_ID, 0xc500);
    icr(AP_ID, 0x8500);
    icr(AP_ID, 0x600 | AP_PAGE >> 12);
    icr(AP_ID, 0x600 | AP_PAGE >> 12);
}

void check_second(void)
{
    long up = HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0);
    uint32_t before = interrupts[IPI];

    check(HYPERCALL3(vcpu_op, VCPUOP_is_up, 0, 0) == 1, "vCPU 0 is not up");
    if (up < 0) {
        print("one vCPU");
        return;
    }
    start_up();
    while (ap_state != 1)
        __asm__ volatile("pause");
    check(ap_shown == AP_ID, "its APIC id is %u", ap_shown);
    check(HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0) == 1, "it is not up");
    while (ap_state != 2)
        icr(AP_ID, IPI);
    while (interrupts[IPI] == before)
        __asm__ volatile("sti; pause; cli");
    icr(AP_ID, 0xc500); /* INIT again: it waits for start-up */
    while (HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0))
        ;
    print("two vCPUs");
}

void second_restless(void)
{
    if (HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0) < 0)
        return;
    restless = true;
    start_up();
    while (!rounds)
        __asm__ volatile("pause");
}

void second_interrupt(void)
{
    if (restless)
        msr_write(0x830, (uint64_t)AP_ID << 32 | IPI); /* our APIC may be off: #GP */
    /* Chance may have asked for vectors below 32, which would be taken for exceptions. */
    __asm__ volatile("mov %0, %%cr8; sti; nop; nop; cli" :: "r"(1ul));
}

void second_rest(void)
{
    if (!restless)
        return;
    restless = false;
    while (!rested)
        __asm__ volatile("pause");
    check(!changed, "registers of the second vCPU changed %u times", changed);
    check(second_interrupts, "no interrupt came to the second vCPU");
    check(!unasked, "%u interrupts with IF clear", unasked);
    print("the second vCPU: %u rounds, %u interrupts", rounds, second_interrupts);
}
