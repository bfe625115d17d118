/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes an instruction that another vCPU runs, as Linux does with its static branches: INT3 over the first byte, then
 * the rest, then the first byte, and after each step the other vCPU has to have serialised itself. Meanwhile INT3 is to
 * be expected, and its handler does what the new instruction would. What must never be: an INT3 once all is over, a
 * mixture of the two instructions, or the old one after the new.
 *
 * rounds=N changes; says how many INT3s were met in time, how many too late, and how often the code was neither one.
 */
#include "common/guest.h"

#define SITE   5u  /* bytes of the instruction that is changed: a NOP, or a jump over what follows */
#define BODY   64u /* NOPs of four bytes each behind it: how long the translation of it takes an emulator */
#define TARGET (SITE + 5 + BODY * 4 + 1)

static uint8_t code[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t stack[16384] __attribute__((aligned(16)));
static struct vcpu_guest_context context;

static const uint8_t sites[2][SITE] = {
    {0x0f, 0x1f, 0x44, 0x00, 0x00},
    {0xe9, (TARGET - SITE) & 0xff, (TARGET - SITE) >> 8, 0, 0},
};

static volatile uint64_t wanted, seen;          /* the last step that was made, and the last that the other knows of */
static volatile bool changing;                  /* an INT3 is to be expected */
static volatile unsigned int now;               /* which of the two it is, or will be */
static volatile uint64_t calls, met, late, odd; /* of the other vCPU: calls of the code, INT3s, and what must not be */

static void put_code(void)
{
    uint8_t *p = code + SITE;

    memcpy(code, sites[0], SITE);
    *p++ = 0xb8; /* mov $1, %eax */
    *p++ = 1;
    p += 3;
    for (unsigned int i = 0; i < BODY; i++, p += 4)
        memcpy(p, (const uint8_t[]){ 0x0f, 0x1f, 0x40, 0x00 }, 4);
    *p++ = 0xc3;
    *p++ = 0xb8; /* mov $2, %eax */
    *p++ = 2;
    p += 3;
    *p = 0xc3;
}

/* IRET to the next instruction, which is what Linux takes to forget code that it has fetched. */
static void serialise(void)
{
    uint64_t rsp, ss, cs;

    __asm__ volatile("mov %%ss, %1\nmov %%cs, %2\nmov %%rsp, %0\npushq %1\npushq %0\npushfq\npushq %2\npushq $1f\n"
                     "iretq\n1:"
                     : "=&r"(rsp), "=&r"(ss), "=&r"(cs)
                     :
                     : "memory", "cc");
}

static bool on_trap(struct trap_frame *f)
{
    if (f->vector != 3 || f->rip != PTR(code) + 1)
        return false;
    if (changing)
        met++;
    else
        late++;
    f->rip = PTR(code) + (now ? TARGET : SITE);
    return true;
}

/* Runs the code once; the answer is that of the one or the other, and of the new one when nothing is being changed. */
static void call_code(void)
{
    unsigned int which = now, answer;
    uint64_t step = wanted;
    bool settled = !changing;

    __asm__ volatile("call *%1" : "=a"(answer) : "r"(code) : "memory", "cc");
    calls++;
    if (answer != 1 && answer != 2)
        odd++;
    else if (settled && step == wanted && answer != which + 1)
        odd++;
}

/* Not each step is followed by a call: an emulator then translates the code just when it is being changed. */
static void runner(void)
{
    uint64_t random = 1;

    for (;;) {
        uint64_t step = wanted;

        if (step == seen && changing)
            continue;
        serialise();
        seen = step;
        random = random * 6364136223846793005ul + 1442695040888963407ul;
        if (!(random >> 62))
            call_code();
    }
}

static void step_made(void)
{
    wanted++;
    while (seen != wanted)
        __asm__ volatile("pause");
}

static void change(unsigned int to)
{
    volatile uint8_t *site = code;

    changing = true;
    step_made();
    now = to;
    site[0] = 0xcc;
    step_made();
    for (unsigned int i = 1; i < SITE; i++)
        site[i] = sites[to][i];
    step_made();
    site[0] = sites[to][0];
    step_made();
    changing = false;
    step_made();
}

void guest_main(void)
{
    uint64_t rounds = guest_option("rounds", 20000);

    put_code();
    trap_hook = on_trap;
    vcpu_prepare(&context, runner, stack + sizeof(stack));
    traps_context(&context);
    if (hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, PTR(&context)) ||
        hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0)) {
        printk("patcher: SKIP there is no second vCPU");
        return;
    }
    for (uint64_t i = 0; i < rounds; i++)
        change(!(i & 1));
    printk("patcher: %lu changes, %lu calls, %lu INT3 in time, %lu too late, %lu odd answers", rounds, calls, met, late,
           odd);
}
