/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions from the guest's kernel and from its user mode. Some bytes are written into a page, all registers are
 * loaded with odd values, and what comes of it ends in a fault, or in the UD2 that follow. A timer ends what loops.
 */
#include "storm/storm.h"

#define OP(...)                           \
    {                                     \
        sizeof((uint8_t[]){ __VA_ARGS__ }), \
        {                                 \
            __VA_ARGS__                   \
        }                                 \
    }
#define ANY_MODRM 0x100

static const struct {
    uint8_t n, byte[8];
} opcode[] = {
    OP(0xfa),
    OP(0xfb),
    OP(0xf4),
    OP(0x0f, 0x06),
    OP(0x0f, 0x08),
    OP(0x0f, 0x09),
    OP(0x0f, 0x20),
    OP(0x0f, 0x21),
    OP(0x0f, 0x22),
    OP(0x0f, 0x23),
    OP(0x0f, 0x22),
    OP(0x0f, 0x23),
    OP(0x0f, 0x30),
    OP(0x0f, 0x32),
    OP(0x0f, 0x30),
    OP(0x0f, 0x32),
    OP(0x0f, 0x31),
    OP(0x0f, 0x33),
    OP(0x0f, 0xa2),
    OP(0x0f, 0x01, 0xf9),
    OP(0xe4),
    OP(0xe5),
    OP(0xe6),
    OP(0xe7),
    OP(0xec),
    OP(0xed),
    OP(0xee),
    OP(0xef),
    OP(0x6c),
    OP(0x6d),
    OP(0x6e),
    OP(0x6f),
    OP(0xf3, 0x6c),
    OP(0xf3, 0x6d),
    OP(0xf3, 0x6e),
    OP(0xf2, 0x6f),
    OP(0x0f, 0x01),
    OP(0x0f, 0x00),
    OP(0x0f, 0x01),
    OP(0x0f, 0x00),
    OP(0x0f, 0x01, 0xf8),
    OP(0x0f, 0x01, 0xd0),
    OP(0x0f, 0x01, 0xd1),
    OP(0x0f, 0x01, 0xd1),
    OP(0x0f, 0x05),
    OP(0x0f, 0x07),
    OP(0x48, 0x0f, 0x07),
    OP(0x0f, 0x34),
    OP(0x0f, 0x35),
    OP(0xcd),
    OP(0xcc),
    OP(0xce),
    OP(0xf1),
    OP(0xcf),
    OP(0x48, 0xcf),
    OP(0x66, 0xcf),
    OP(0xcb),
    OP(0x48, 0xcb),
    OP(0xca),
    OP(0xff),
    OP(0xff),
    OP(0x48, 0xff),
    OP(0x8e),
    OP(0x8e),
    OP(0x8c),
    OP(0x0f, 0xb2),
    OP(0x0f, 0xb4),
    OP(0x0f, 0xb5),
    OP(0x0f, 0xa1),
    OP(0x0f, 0xa9),
    OP(0x0f, 0xa0),
    OP(0x0f, 0x02),
    OP(0x0f, 0x03),
    OP(0x9c),
    OP(0x9d),
    OP(0x9d),
    OP(0x0f, 0x01, 0xd8),
    OP(0x0f, 0x01, 0xd9),
    OP(0x0f, 0x01, 0xda),
    OP(0x0f, 0x01, 0xdb),
    OP(0x0f, 0x01, 0xdc),
    OP(0x0f, 0x01, 0xdd),
    OP(0x0f, 0x01, 0xde),
    OP(0x0f, 0x01, 0xdf),
    OP(0x0f, 0x01, 0xc1),
    OP(0x0f, 0x01, 0xc8),
    OP(0x0f, 0x01, 0xc9),
    OP(0x0f, 0x01, 0xfa),
    OP(0x0f, 0xae),
    OP(0x48, 0x0f, 0xae),
    OP(0x0f, 0xc7),
    OP(0x48, 0x0f, 0xc7),
    OP(0xf3, 0x0f, 0xae),
    OP(0xf3, 0x48, 0x0f, 0xae),
    OP(0x0f, 0x01, 0xca),
    OP(0x0f, 0x01, 0xcb),
    OP(0x0f, 0x01, 0xee),
    OP(0x0f, 0x01, 0xef),
    OP(0x66, 0x0f, 0x38, 0x82),
    OP(0x0f, 0xaa),
    OP(0x0f, 0x77),
    OP(0xdb, 0xe3),
    OP(0xd9),
    OP(0xdd),
    OP(0xdb),
    OP(0x9b),
    OP(0xf0, 0x0f, 0xb1),
    OP(0x66, 0x0f, 0x6f),
    OP(0xc5, 0xfc, 0x28),
    OP(0xc5, 0xf8, 0x77),
    OP(0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2),
    OP(0x0f, 0x0b, 'x', 'e', 'n'),
    OP(0x0f, 0x37),
    OP(0x0f, 0xff),
    OP(0x63),
    OP(0xc4),
    OP(0x62),
    OP(0x8e, 0xd0),
    OP(0x8e, 0xd0, 0x0f, 0x05),
    OP(0x8e, 0xd0, 0xcd, 0x80),
    OP(0x8e, 0xd0, 0xcc),
    OP(0x17),
};
static const uint32_t msr[] = {
    0x10,       0x1b,       0x3a,       0x48,       0x49,       0x79,       0x8b,       0xc1,       0xce,
    0xcf,       0xe7,       0xfe,       0x10a,      0x10b,      0x122,      0x140,      0x174,      0x175,
    0x176,      0x179,      0x17a,      0x186,      0x198,      0x199,      0x1a0,      0x1a2,      0x1d9,
    0x1db,      0x200,      0x201,      0x250,      0x277,      0x2ff,      0x309,      0x345,      0x38d,
    0x38f,      0x3f1,      0x400,      0x401,      0x480,      0x560,      0x570,      0x6a0,      0x6a2,
    0x6e0,      0x800,      0x802,      0x808,      0x80b,      0x830,      0x83f,      0xd90,      0xda0,
    0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103,
    0xc0000104, 0xc0010000, 0xc0010004, 0xc0010010, 0xc0010015, 0xc001001a, 0xc001001f, 0xc0010020, 0xc0010055,
    0xc0010058, 0xc0010061, 0xc0010062, 0xc0010063, 0xc0010064, 0xc0010111, 0xc0010112, 0xc0010114, 0xc0010115,
    0xc0010117, 0xc0010140, 0xc001011f, 0xc0011004, 0xc0011005, 0xc0011020, 0xc0011029, 0x40000000, 0x4b564d00,
};
static const uint8_t prefix[] = { 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26,
                                  0x64, 0x65, 0x48, 0x40, 0x41, 0x44, 0x45, 0x4f };

/* From the kernel SYSENTER loses the stack, so that there is nothing left to go on with. */
static bool ends_it(unsigned int which, bool user)
{
    return !user && which < ARRAY_SIZE(opcode) && opcode[which].byte[0] == 0x0f && opcode[which].byte[1] == 0x34;
}

static void code_write(struct hostile *h, bool user)
{
    uint8_t *p = h->code + (one_in(h, 16) ? PAGE_SIZE - 1 - pick(h, 16) : pick(h, 64)), *end = h->code + PAGE_SIZE;

    memset(h->code, 0x0b, 256);
    for (unsigned int i = 0; i < 128; i++)
        h->code[2 * i] = 0x0f;
    uint8_t *const start = p;
    for (unsigned int left = 1 + (unsigned int)pick(h, 3); left; left--) {
        for (unsigned int i = one_in(h, 3) ? (unsigned int)pick(h, 4) : 0; i && p < end; i--)
            *p++ = prefix[pick(h, sizeof(prefix))];
        unsigned int which = (unsigned int)pick(h, ARRAY_SIZE(opcode) + 8);
        if (ends_it(which, user) && !one_in(h, 32))
            continue;
        if (which < ARRAY_SIZE(opcode))
            for (unsigned int i = 0; i < opcode[which].n && p < end; i++)
                *p++ = opcode[which].byte[i];
        for (unsigned int i = (unsigned int)pick(h, which < ARRAY_SIZE(opcode) ? 3 : 8); i && p < end; i--)
            *p++ = (uint8_t)(one_in(h, 3) ? 0xc0 + pick(h, 64) : pick(h, 256));
    }
    if ((PTR(p) - PTR(h->code)) % 2 && p < end)
        *p = 0x90;
    *(uint64_t *)h->data = PTR(start);
}

static uint64_t odd_selector(struct hostile *h)
{
    static const uint16_t selector[] = { 0,      1,      2,      3,      8,      0x10,   0x33,   0x2b,   0xe008,
                                         0xe010, 0xe019, 0xe023, 0xe02b, 0xe033, 0xe030, 0xe038, 0xe040, 0xe048,
                                         0xe07b, 0xfff8, 4,      7,      0xc,    0x14,   0x1c };
    return one_in(h, 4) ? rnd(h) & 0xffff : selector[pick(h, ARRAY_SIZE(selector))];
}

static uint64_t odd_flags(struct hostile *h)
{
    return one_in(h, 2) ? 0x202 : one_in(h, 2) ? 0x202 ^ 1ul << pick(h, 22) : rnd_word(h);
}

static void stack_frame(struct hostile *h, uint64_t sp)
{
    uint64_t *frame = (void *)sp;

    frame[0] = one_in(h, 3) ? rnd_address(h) : PTR(h->code);
    frame[1] = odd_selector(h);
    frame[2] = odd_flags(h);
    frame[3] = one_in(h, 3) ? rnd_address(h) : sp;
    frame[4] = odd_selector(h);
}

static void registers(struct hostile *h, struct registers *r)
{
    uint64_t *word = (uint64_t *)r;

    for (unsigned int i = 0; i < 16; i++)
        word[i] = one_in(h, 2) ? rnd_data(h) : rnd_word(h);
    r->rsp = one_in(h, 256) ? rnd_address(h) : stack_top(h) - 2048;
    r->rbp = one_in(h, 16) ? r->rbp : stack_top(h) - 1024; /* LEAVE */
    if (one_in(h, 2))
        r->rcx = msr[pick(h, ARRAY_SIZE(msr))];
    if (one_in(h, 3))
        r->rcx = pick(h, 8);
    if (one_in(h, 2))
        r->rdx = one_in(h, 2) ? pick(h, 0x10000) : 0;
    if (one_in(h, 4))
        r->rax = pick(h, 64);
    if (one_in(h, 4))
        r->rax = odd_selector(h);
}

void timer_soon(struct hostile *h)
{
    uint64_t soon = 2000000 + pick(h, 2000000);
    const volatile struct vcpu_time_info *t = &shared_info->vcpu_info[h->id].time;

    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    uint64_t ticks = ((uint64_t)hi << 32 | lo) - t->tsc_timestamp;
    ticks = t->tsc_shift < 0 ? ticks >> -t->tsc_shift : ticks << t->tsc_shift;
    hypercall1(__HYPERVISOR_set_timer_op, t->system_time + ((ticks * t->tsc_to_system_mul) >> 32) + soon);
}

void step_instruction(struct hostile *h)
{
    struct registers r;

    timer_soon(h);
    if (one_in(h, 3))
        hypercall1(__HYPERVISOR_fpu_taskswitch, pick(h, 2));
    code_write(h, false);
    registers(h, &r);
    h->dirty = true;
    if (r.rsp == stack_top(h) - 2048)
        stack_frame(h, r.rsp);
    storm_execute(&r, *(uint64_t *)h->data);
}

void step_user(struct hostile *h)
{
    struct iret_context c = {
        .rax = rnd_word(h), .r11 = rnd_word(h), .rcx = one_in(h, 2) ? msr[pick(h, ARRAY_SIZE(msr))] : rnd_word(h) };
    struct registers r;

    timer_soon(h);
    c.cs = one_in(h, 4) ? odd_selector(h) : 0xe033;
    code_write(h, (c.cs & 3) == 3);
    registers(h, &r);
    h->dirty |= one_in(h, 4);
    c.flags = one_in(h, 4) ? rnd_word(h) : one_in(h, 2) ? VGCF_in_syscall : 0;
    c.rip = one_in(h, 8) ? rnd_address(h) : *(uint64_t *)h->data;
    c.rflags = odd_flags(h);
    c.rsp = one_in(h, 4) ? rnd_address(h) : rnd_data(h);
    if ((c.cs & 3) != 3 && !one_in(h, 64)) /* the kernel, in another way */
        c.rsp = stack_top(h) - 2048;
    c.ss = one_in(h, 4) ? odd_selector(h) : 0xe02b;
    if (!one_in(h, 8))
        hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, entry_top(h));
    storm_iret(&r, one_in(h, 1000) ? (void *)rnd_address(h) : &c);
}
