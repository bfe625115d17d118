/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended state of two vCPUs on one processor: neither sees registers or XCR0 of the other, and one that starts sees
 * nobody's. The compiler leaves these registers alone, so what is put there stays until this file, or the hypervisor,
 * changes it.
 */
#include "selftest/selftest.h"

#define ROUNDS    20
#define PATIENCE  100000
#define HAS_XSAVE (1u << 26)
#define HAS_AVX   (1u << 28)
#define CR4_XSAVE (1ul << 18)

struct image {
    uint8_t legacy[512]; /* FXSAVE: x87 control at 0, MXCSR at 24, x87 registers from 32, XMM from 160 */
    uint8_t high[256];   /* upper halves of the YMM registers */
    uint64_t xcr0;
} __attribute__((aligned(16)));

static uint8_t other_stack[8192] __attribute__((aligned(16)));
static struct vcpu_guest_context context;
static struct image pattern[2], seen[2], fresh;
static volatile unsigned int turn, other_wrong;
static volatile bool other_done;
static uint32_t features;

#define EACH(op) \
    op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) op(15)
#define HIGH_OUT(n) "vextractf128 $1, %%ymm" #n ", " #n "*16(%0)\n"
#define HIGH_IN(n)  "vinsertf128 $1, " #n "*16(%0), %%ymm" #n ", %%ymm" #n "\n"

static uint64_t xcr0_get(void)
{
    uint32_t lo, hi;

    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return lo | (uint64_t)hi << 32;
}

static void xcr0_set(uint64_t value)
{
    __asm__ volatile("xsetbv" : : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(0) : "memory");
}

static void cr4_enable(void)
{
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0; or %1, %0; mov %0, %%cr4" : "=&r"(cr4) : "i"(CR4_XSAVE) : "memory");
}

/* With AVX: needs XCR0 of 7. */
static void capture(struct image *to, bool high)
{
    __asm__ volatile("fxsaveq %0" : "=m"(to->legacy));
    if (high)
        __asm__ volatile(EACH(HIGH_OUT) : : "r"(to->high) : "memory");
}

static void fill(const struct image *from, bool high)
{
    __asm__ volatile("fxrstorq %0" : : "m"(from->legacy));
    if (high)
        __asm__ volatile(EACH(HIGH_IN) : : "r"(from->high) : "memory");
}

static void pattern_make(struct image *p, uint8_t seed, uint16_t control, uint32_t mxcsr)
{
    memset(p, 0, sizeof(*p));
    for (unsigned int i = 0; i < 8; i++)
        for (unsigned int k = 0; k < 10; k++) /* a number, with the bit of a normal one */
            p->legacy[32 + 16 * i + k] = (uint8_t)(k == 7 ? 0x80 | seed : seed + i);
    for (unsigned int i = 0; i < 256; i++) {
        p->legacy[160 + i] = (uint8_t)(seed ^ i);
        p->high[i] = (uint8_t)(seed + 1 + 3 * i);
    }
    memcpy(p->legacy, &control, sizeof(control));
    p->legacy[4] = 0xff; /* all x87 registers in use */
    memcpy(p->legacy + 24, &mxcsr, sizeof(mxcsr));
}

/* How many bytes of registers differ. */
static unsigned int differences(const struct image *a, const struct image *b, bool high)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < 416; i++)
        n += (i < 6 || (i >= 24 && i < 28) || (i >= 32 && (i >= 160 || i % 16 < 10))) && a->legacy[i] != b->legacy[i];
    for (unsigned int i = 0; high && i < sizeof(a->high); i++)
        n += a->high[i] != b->high[i];
    return n;
}

/* Lets the other run until it is this one's turn again. */
static bool wait_turn(unsigned int mine)
{
    for (unsigned int i = 0; i < PATIENCE && turn != mine; i++)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    return turn == mine;
}

static bool pass_turn(unsigned int mine)
{
    turn = !mine;
    return wait_turn(mine);
}

static void other_start(bool xsave, bool avx)
{
    capture(&fresh, false);
    if (xsave) {
        cr4_enable();
        fresh.xcr0 = xcr0_get();
        xcr0_set(avx ? 7 : 3);
    }
    if (avx)
        capture(&fresh, true);
}

static void other_main(void)
{
    bool xsave = features & HAS_XSAVE, avx = features & HAS_AVX;

    other_start(xsave, avx);
    fill(&pattern[1], avx);
    if (xsave)
        xcr0_set(3);
    for (unsigned int i = 0; i < ROUNDS && pass_turn(1); i++) {
        if (xsave) {
            other_wrong += xcr0_get() != 3;
            xcr0_set(avx ? 7 : 3);
        }
        capture(&seen[1], avx);
        other_wrong += differences(&seen[1], &pattern[1], avx);
        if (xsave)
            xcr0_set(3);
    }
    other_done = true;
    turn = 0;
    for (;;)
        hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, 1, 0);
}

static long other_create(void)
{
    vcpu_prepare(&context, other_main, other_stack + sizeof(other_stack));
    context.kernel_sp = PTR(other_stack) + sizeof(other_stack) / 2; /* from user mode */
    traps_context(&context);
    shared_info->vcpu_info[1].evtchn_upcall_mask = 1;
    return hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, PTR(&context));
}

static void check_fresh(bool xsave, bool avx)
{
    struct image initial;

    memset(&initial, 0, sizeof(initial));
    initial.legacy[0] = 0x7f;
    initial.legacy[1] = 0x03;
    initial.legacy[24] = 0x80;
    initial.legacy[25] = 0x1f;
    check("a vCPU that starts has x87 and SSE in their initial state", 0, differences(&fresh, &initial, avx));
    for (unsigned int i = 8; i < 24; i++)
        if (fresh.legacy[i])
            check("... and no x87 pointers of another", 0, fresh.legacy[i]);
    if (xsave)
        check("... XCR0 of x87 alone", 1, fresh.xcr0);
}

/* The first vCPU's half of the rounds: how much was not as it left it. */
static unsigned int rounds(bool xsave, bool avx)
{
    unsigned int wrong = 0;

    while (pass_turn(0) && !other_done) {
        wrong += xsave && xcr0_get() != (avx ? 7 : 3);
        capture(&seen[0], avx);
        wrong += differences(&seen[0], &pattern[0], avx);
    }
    return wrong;
}

static void two_vcpus(bool xsave, bool avx)
{
    pattern_make(&pattern[0], 0x25, 0x0f7f, 0x1fa0);
    pattern_make(&pattern[1], 0x52, 0x0b7f, 0x5f80);
    if (xsave)
        xcr0_set(avx ? 7 : 3);
    fill(&pattern[0], avx);
    turn = 1;
    check_rc("a second vCPU", 0, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0));
    check_true("... runs", wait_turn(0));
    check_fresh(xsave, avx);
    check("the first vCPU's registers and XCR0, while the second changes its own", 0, rounds(xsave, avx));
    check_true("... to the end of all rounds", other_done);
    check("the second vCPU's registers and XCR0, while the first has its own", 0, other_wrong);
}

static void xcr0_refused(uint64_t value, uint32_t index, const char *name)
{
    uint64_t before = xcr0_get();

    TRY("xsetbv", : : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(index) : "memory");
    check_trap(name, 13, 0);
    check("... XCR0 is what it was", before, xcr0_get());
}

static const struct {
    const char *name;
    uint64_t value;
    uint32_t index;
} invalid[] = {
    {"XCR0 of nothing",               0,            0          },
    {"XCR0 of AVX alone",             4,            0          },
    {"XCR0 of x87 and AVX",           5,            0          },
    {"XCR0 of SSE and AVX",           6,            0          },
    {"XCR0 with half of MPX",         0xb,          0          },
    {"XCR0 with MPX's other half",    0x13,         0          },
    {"XCR0 with opmask alone",        0x27,         0          },
    {"XCR0 with ZMM_Hi256 alone",     0x47,         0          },
    {"XCR0 with Hi16_ZMM alone",      0x87,         0          },
    {"XCR0 with AVX-512 without AVX", 0xe3,         0          },
    {"XCR0 with PT",                  0x103,        0          },
    {"XCR0 with PKRU",                0x203,        0          },
    {"XCR0 with TILECFG alone",       0x20003,      0          },
    {"XCR0 with bit 32",              0x100000003,  0          },
    {"XCR0 with LWP",                 3 | 1ul << 62, 0         },
    {"XCR0 of all bits",              ~0ul,         0          },
    {"XCR1 of a good value",          3,            1          },
    {"XCR 2^31",                      3,            0x80000000u},
    {"XCR 2^32-1",                    3,            ~0u        },
};

static void features_find(void)
{
    uint32_t a = 1, b, c = 0, d;

    __asm__ volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    features = c & HAS_XSAVE ? c : c & ~HAS_AVX;
}

void test_xcr0(void)
{
    uint64_t cr4;

    features_find();
    if (!(features & HAS_XSAVE)) {
        TRY("xsetbv", : : "a"(3), "d"(0), "c"(0) : "memory");
        check_trap("XSETBV on a processor without XSAVE", 6, 0);
        return;
    }
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 & ~CR4_XSAVE) : "memory");
    TRY("xsetbv", : : "a"(3), "d"(0), "c"(0) : "memory");
    check_trap("XSETBV without CR4.OSXSAVE", 6, 0);
    cr4_enable();
    for (unsigned int i = 0; i < ARRAY_SIZE(invalid); i++)
        xcr0_refused(invalid[i].value, invalid[i].index, invalid[i].name);
}

void test_fpu_vcpus(void)
{
    features_find();
    if (features & HAS_XSAVE)
        cr4_enable();
    check_rc("the second vCPU's context", 0, other_create());
    two_vcpus(features & HAS_XSAVE, features & HAS_AVX);
    __asm__ volatile("fninit");
}
