/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The evaluator against the CPU that the test runs on: each store is executed for real on a word of our own, then from
 * its bytes, and memory, registers and flags must agree. Plain instructions only; strings and addresses by table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/decode/insn.h"

#define FLAGS_SET   0x8d5U /* CF PF AF ZF SF OF */
#define FLAGS_LOGIC 0x8c5U /* AF is undefined after AND, OR, XOR */
#define FLAGS_CARRY 0x001U /* the others are undefined after BTS, BTR, BTC */

struct state {
    uint64_t memory[2], rax, rbx, rcx, rdx, flags;
};

/* An instruction on (%rdi) in real, with its bytes between two labels. */
struct sample {
    const char *name;
    void (*run)(struct state *s);
    const uint8_t *bytes, *end;
    uint64_t flags;
};

#define SAMPLE(id, text)                                                                                    \
    extern const uint8_t begin_##id[], end_##id[];                                                          \
    static __attribute__((noinline, noclone)) void run_##id(struct state *s)                               \
    {                                                                                                       \
        asm volatile("lea -128(%%rsp), %%rsp; push %[f]; popf\n.globl begin_" #id ", end_" #id             \
                     "\nbegin_" #id ": " text "\nend_" #id ": pushf; pop %[f]; lea 128(%%rsp), %%rsp"       \
                     : "+a"(s->rax), "+b"(s->rbx), "+c"(s->rcx), "+d"(s->rdx), [f] "+r"(s->flags)          \
                     : "D"(s->memory)                                                                       \
                     : "memory", "cc");                                                                    \
    }

#define FOUR(op)                                                                                            \
    SAMPLE(op##b, #op "b %%cl, (%%rdi)") SAMPLE(op##w, #op "w %%cx, (%%rdi)")                             \
    SAMPLE(op##l, #op "l %%ecx, (%%rdi)") SAMPLE(op##q, "lock; " #op "q %%rcx, (%%rdi)")                   \
    SAMPLE(op##h, #op "b %%ch, (%%rdi)")
#define FOUR_ONE(op)                                                                                        \
    SAMPLE(op##b, #op "b (%%rdi)") SAMPLE(op##w, #op "w (%%rdi)") SAMPLE(op##l, #op "l (%%rdi)")           \
    SAMPLE(op##q, #op "q (%%rdi)")
#define THREE(op)                                                                                           \
    SAMPLE(op##w, #op "w $9, (%%rdi)") SAMPLE(op##l, #op "l $0x7f, (%%rdi)") SAMPLE(op##q, #op "q $63, (%%rdi)")

FOUR(add) FOUR(or) FOUR(adc) FOUR(sbb) FOUR(and) FOUR(sub) FOUR(xor) FOUR(xchg) FOUR(xadd) FOUR(cmpxchg)
FOUR_ONE(not) FOUR_ONE(neg) FOUR_ONE(inc) FOUR_ONE(dec)
THREE(bts) THREE(btr) THREE(btc)
SAMPLE(movb, "movb %%dh, (%%rdi)")
SAMPLE(movw, "movw $0x8001, (%%rdi)")
SAMPLE(movq, "movq $-5, (%%rdi)")
SAMPLE(movnti, "movnti %%rdx, (%%rdi)")
SAMPLE(addimm, "addq $-1, (%%rdi)")
SAMPLE(subimm, "subl $0x12345678, (%%rdi)")
SAMPLE(pair8, "lock; cmpxchg8b (%%rdi)")
SAMPLE(pair16, "lock; cmpxchg16b (%%rdi)")

#define S(id, flags) { #id, run_##id, begin_##id, end_##id, flags }
#define S4(op, flags) S(op##b, flags), S(op##w, flags), S(op##l, flags), S(op##q, flags)
#define S5(op, flags) S4(op, flags), S(op##h, flags)
#define S3(op, flags) S(op##w, flags), S(op##l, flags), S(op##q, flags)

static const struct sample samples[] = {
    S5(add, FLAGS_SET),   S5(or, FLAGS_LOGIC),   S5(adc, FLAGS_SET),   S5(sbb, FLAGS_SET),
    S5(and, FLAGS_LOGIC), S5(sub, FLAGS_SET),    S5(xor, FLAGS_LOGIC), S5(xchg, FLAGS_SET),
    S5(xadd, FLAGS_SET),  S5(cmpxchg, FLAGS_SET), S4(not, FLAGS_SET),  S4(neg, FLAGS_SET),
    S4(inc, FLAGS_SET),   S4(dec, FLAGS_SET),    S3(bts, FLAGS_CARRY), S3(btr, FLAGS_CARRY),
    S3(btc, FLAGS_CARRY), S(movb, FLAGS_SET),    S(movw, FLAGS_SET),   S(movq, FLAGS_SET),
    S(movnti, FLAGS_SET), S(addimm, FLAGS_SET),  S(subimm, FLAGS_SET), S(pair8, FLAGS_SET),
    S(pair16, FLAGS_SET),
};

static uint64_t seed = 88172645463325252ULL;

/* Often one of the values at which carries and signs change. */
static uint64_t random_value(void)
{
    static const uint64_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
                                      0xffffffff, INT64_MAX, 1ULL << 63, UINT64_MAX, 0xff00 };

    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % 3 ? seed : edges[seed / 3 % ARRAY_SIZE(edges)];
}

static void compare(const struct sample *s, const struct state *before)
{
    struct cpu_user_regs regs = { .rax = before->rax, .rbx = before->rbx, .rcx = before->rcx, .rdx = before->rdx,
                                  .rdi = 0x1000, .rip = 0x400000, .rflags = before->flags };
    struct state real __attribute__((aligned(16))) = *before;
    struct insn_operand old;
    struct insn_result r;
    struct insn insn;
    uint64_t mine[2];

    assert_int_equal(insn_decode(s->bytes, (size_t)(s->end - s->bytes), INSN_CODE64, &insn), 0);
    assert_int_equal(insn.length, s->end - s->bytes);
    assert_int_equal(insn_effective_address(&insn, &regs, 0, 0), 0x1000);
    old = (struct insn_operand){ before->memory[0], before->memory[1] };
    assert_int_equal(insn_evaluate(&insn, old, 0, &regs, &r), 0);
    memcpy(mine, before->memory, sizeof(mine));
    if (r.store)
        memcpy(mine, &r.value, insn.operand_size);

    s->run(&real);
    if (memcmp(mine, real.memory, sizeof(mine)) || r.regs.rax != real.rax || r.regs.rbx != real.rbx ||
        r.regs.rcx != real.rcx || r.regs.rdx != real.rdx || ((r.regs.rflags ^ real.flags) & s->flags) ||
        r.regs.rip != 0x400000U + insn.length)
        fail_msg("%s of %#lx, rax %#lx rcx %#lx rdx %#lx flags %#lx: CPU %#lx flags %#lx, we %#lx flags %#lx", s->name,
                 before->memory[0], before->rax, before->rcx, before->rdx, before->flags, real.memory[0], real.flags,
                 mine[0], r.regs.rflags);
}

static void test_against_cpu(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        for (int round = 0; round < 3000; round++) {
            struct state s = { { random_value(), random_value() }, random_value(), random_value(), random_value(),
                               random_value(), 0x202 | (random_value() & FLAGS_SET) };

            if (round % 2) { /* let comparisons succeed */
                s.rax = s.memory[0];
                s.rdx = round % 4 == 1 ? s.memory[1] : s.memory[0] >> 32;
            }
            compare(&samples[i], &s);
        }
    }
}

static struct insn decoded(const char *bytes, size_t count)
{
    struct insn insn;

    assert_int_equal(insn_decode((const uint8_t *)bytes, count, INSN_CODE64, &insn), 0);
    assert_int_equal(insn.length, count);
    return insn;
}
#define INSN(bytes) decoded(bytes, sizeof(bytes) - 1)

static void test_addresses(void **state)
{
    static const struct cpu_user_regs regs = {
        .rax = 0x100, .rbx = 0xffffffff00000010, .rcx = (uint64_t)-65, .rsi = 0x3000, .rdi = 0x5000,
        .r12 = 0x7000, .r13 = (uint64_t)-1, .rip = 0x400000,
    };
    const struct {
        struct insn insn;
        uint64_t address;
    } cases[] = {
        { INSN("\x48\x89\x05\x10\x00\x00\x00"), 0x400017 },                /* mov %rax, 0x10(%rip) */
        { INSN("\x67\x89\x03"), 0x10 },                                    /* mov %eax, (%ebx) */
        { INSN("\x65\x89\x04\x25\x08\x00\x00\x00"), 0x2008 },              /* mov %eax, %gs:8 */
        { INSN("\x64\x89\x00"), 0x1100 },                                  /* mov %eax, %fs:(%rax) */
        { INSN("\x41\x89\x04\x24"), 0x7000 },                              /* mov %eax, (%r12) */
        { INSN("\x43\x89\x44\xac\xf0"), 0x7000 - 4 - 16 },                 /* mov %eax, -16(%r12,%r13,4) */
        { INSN("\x48\xa3\x88\x77\x66\x55\x44\x33\x22\x11"), 0x1122334455667788 },
        { INSN("\x48\x0f\xab\x0f"), 0x5000 - 16 },                         /* bts %rcx, (%rdi): bit -65 */
        { INSN("\x0f\xab\x0f"), 0x5000 - 12 },                             /* bts %ecx, (%rdi) */
        { INSN("\x65\x48\xab"), 0x5000 },                                  /* a string's destination has no segment */
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_int_equal(insn_effective_address(&cases[i].insn, &regs, 0x1000, 0x2000), cases[i].address);
}

static void test_strings(void **state)
{
    struct insn rep_stosq = INSN("\xf3\x48\xab"), stosb = INSN("\xaa"), movsd = INSN("\xa5");
    struct insn rep32 = INSN("\x67\xf3\xab");
    struct cpu_user_regs regs = { .rax = 0x1122334455667788, .rcx = 2, .rdi = 0x1000, .rsi = 0x2000, .rip = 0x10 };
    struct insn_operand old = { 0 };
    struct insn_result r;

    insn_evaluate(&rep_stosq, old, 0, &regs, &r);
    assert_true(r.store && r.regs.rcx == 1 && r.regs.rdi == 0x1008 && r.regs.rip == 0x10);
    regs = r.regs;
    insn_evaluate(&rep_stosq, old, 0, &regs, &r);
    assert_true(r.store && r.regs.rcx == 0 && r.regs.rip == 0x13);
    regs.rcx = 0;
    insn_evaluate(&rep_stosq, old, 0, &regs, &r);
    assert_true(!r.store && r.regs.rdi == regs.rdi && r.regs.rip == 0x13);

    regs.rflags = 1 << 10;
    insn_evaluate(&stosb, old, 0, &regs, &r);
    assert_true(r.store && r.value.low == 0x88 && r.regs.rdi == regs.rdi - 1);
    insn_evaluate(&movsd, old, 0xaabbccddeeff0011, &regs, &r);
    assert_true(r.value.low == 0xeeff0011 && r.regs.rsi == 0x2000 - 4);

    regs = (struct cpu_user_regs){ .rcx = 0xffffffff00000000, .rdi = 0xffffffff };
    insn_evaluate(&rep32, old, 0, &regs, &r);
    assert_true(!r.store);
    regs.rcx = 1;
    insn_evaluate(&rep32, old, 0, &regs, &r);
    assert_true(r.store && r.regs.rdi == 3);
    rep32.kind = INSN_CPUID;
    assert_int_equal(insn_evaluate(&rep32, old, 0, &regs, &r), -EOPNOTSUPP);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_cpu),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
