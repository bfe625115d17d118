/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction emulator against this machine's own processor: random instructions on random registers and memory,
 * carried out by both, must leave the same registers, defined flags, memory, and exception. EMULATE_ROUNDS=10000000
 * in the environment makes a long run of it, EMULATE_SEED= another one. Half of it is 32-bit code, where the system has
 * any, which a process of 64 bits reaches by a far jump; there only the lower halves of registers count.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "x86/emulate/emulate.h"

#define CF BIT(0)
#define PF BIT(2)
#define AF BIT(4)
#define ZF BIT(6)
#define SF BIT(7)
#define DF BIT(10)
#define OF BIT(11)
#define ARITHMETIC (CF | PF | AF | ZF | SF | OF)

/* --- the processor's side --- */
struct machine {
    uint64_t reg[16], rflags, host_rsp;
};
struct machine native __asm__("test_emulate_native");
extern const char test_emulate_back[];
void test_emulate_enter(void);

__asm__(".text\n"
        ".globl test_emulate_enter\n"
        "test_emulate_enter:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  mov %rsp, test_emulate_native+136(%rip)\n"
        "  pushq test_emulate_native+128(%rip); popfq\n"
        "  mov test_emulate_native+0(%rip), %rax; mov test_emulate_native+8(%rip), %rcx\n"
        "  mov test_emulate_native+16(%rip), %rdx; mov test_emulate_native+24(%rip), %rbx\n"
        "  mov test_emulate_native+32(%rip), %rsp; mov test_emulate_native+40(%rip), %rbp\n"
        "  mov test_emulate_native+48(%rip), %rsi; mov test_emulate_native+56(%rip), %rdi\n"
        "  mov test_emulate_native+64(%rip), %r8; mov test_emulate_native+72(%rip), %r9\n"
        "  mov test_emulate_native+80(%rip), %r10; mov test_emulate_native+88(%rip), %r11\n"
        "  mov test_emulate_native+96(%rip), %r12; mov test_emulate_native+104(%rip), %r13\n"
        "  mov test_emulate_native+112(%rip), %r14; mov test_emulate_native+120(%rip), %r15\n"
        "  cmpb $0, test_emulate_32(%rip)\n" /* after this, flags once more */
        "  je 1f\n"
        "  mov %rsp, test_emulate_rsp(%rip); mov test_emulate_native+136(%rip), %rsp\n"
        "  pushq test_emulate_native+128(%rip); popfq\n"
        "  mov test_emulate_rsp(%rip), %rsp\n"
        "  ljmp *test_emulate_code(%rip)\n"
        "1:mov %rsp, test_emulate_rsp(%rip); mov test_emulate_native+136(%rip), %rsp\n"
        "  pushq test_emulate_native+128(%rip); popfq\n"
        "  mov test_emulate_rsp(%rip), %rsp\n"
        "  jmp *test_emulate_code(%rip)\n"
        ".globl test_emulate_back\n"
        "test_emulate_back:\n"
        "  mov %rax, test_emulate_native+0(%rip); mov %rcx, test_emulate_native+8(%rip)\n"
        "  mov %rdx, test_emulate_native+16(%rip); mov %rbx, test_emulate_native+24(%rip)\n"
        "  mov %rsp, test_emulate_native+32(%rip); mov %rbp, test_emulate_native+40(%rip)\n"
        "  mov %rsi, test_emulate_native+48(%rip); mov %rdi, test_emulate_native+56(%rip)\n"
        "  mov %r8, test_emulate_native+64(%rip); mov %r9, test_emulate_native+72(%rip)\n"
        "  mov %r10, test_emulate_native+80(%rip); mov %r11, test_emulate_native+88(%rip)\n"
        "  mov %r12, test_emulate_native+96(%rip); mov %r13, test_emulate_native+104(%rip)\n"
        "  mov %r14, test_emulate_native+112(%rip); mov %r15, test_emulate_native+120(%rip)\n"
        "  mov test_emulate_native+136(%rip), %rsp\n"
        "  pushfq; popq test_emulate_native+128(%rip)\n"
        "  cld\n"
        "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n"
        ".local test_emulate_rsp\n"
        ".comm test_emulate_rsp,8,8\n"
        ".data\n"
        ".globl test_emulate_code, test_emulate_32\n"
        "test_emulate_code: .quad 0\n" /* 32-bit code: offset of four bytes, selector */
        "test_emulate_32: .byte 0\n"
        ".text\n");
extern uint64_t test_emulate_code;
extern uint8_t test_emulate_32;

#define CS_32 0x23u /* Linux's selectors */
#define CS_64 0x33u
#define DATA  0x2bu

static sigjmp_buf out;
static uint8_t *page, *memory; /* code; data, with nothing before and behind it */
#define MEMORY 4096u

static void caught(int signal)
{
    siglongjmp(out, signal);
}

static int vector_of(int signal)
{
    return signal == SIGFPE ? 0 : signal == SIGILL ? 6 : 13; /* SIGSEGV, SIGBUS: addresses outside what is mapped */
}

/* What follows the instruction: back to 64-bit code, and there to test_emulate_back. */
static void write_return(uint8_t *at, bool code_32)
{
    const void *back = test_emulate_back;
    uint32_t stub = (uint32_t)(uintptr_t)page + 2048;
    uint16_t selector = CS_64;

    if (code_32) {
        *at = 0xea; /* far jump */
        memcpy(at + 1, &stub, sizeof(stub));
        memcpy(at + 5, &selector, sizeof(selector));
        at = page + 2048;
    }
    memcpy(at, "\xff\x25\0\0\0\0", 6); /* jmp *0(%rip) */
    memcpy(at + 6, &back, sizeof(back));
}

/* Not where the kernel was told to run none, nor below some hypervisors: LAR knows. */
static bool has_32_bit_code(void)
{
    unsigned int rights;
    bool valid;

    __asm__ volatile("lar %2, %0; setz %1" : "=r"(rights), "=q"(valid) : "r"(CS_32) : "cc");
    return valid;
}

static void data_segments(unsigned int selector)
{
    __asm__ volatile("mov %0, %%ds; mov %0, %%es" : : "r"(selector));
}

/* Returns -1, or the exception. */
static int run_native(const uint8_t *insn, unsigned int length, bool code_32)
{
    int signal = sigsetjmp(out, 1);

    if (!signal) {
        memcpy(page, insn, length);
        write_return(page + length, code_32);
        test_emulate_32 = code_32;
        test_emulate_code = (uintptr_t)page | (code_32 ? (uint64_t)CS_32 << 32 : 0);
        data_segments(DATA);
        test_emulate_enter();
    }
    data_segments(0);
    return signal ? vector_of(signal) : -1;
}

/* --- the emulator's side: the same addresses, in a copy --- */
static uint8_t copy[MEMORY];

static enum emulate_end place(struct emulate_state *s, uint64_t address, unsigned int bytes, uint8_t **at)
{
    uint64_t offset = address - (uintptr_t)memory;

    if (offset >= MEMORY || bytes > MEMORY - offset) {
        s->fault = (struct emulate_fault){ .vector = 13 };
        return EMULATE_FAULT;
    }
    *at = copy + offset;
    return EMULATE_OK;
}

static enum emulate_end op_read(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes, void *data,
                                bool write)
{
    uint8_t *at;
    enum emulate_end end = place(s, address, bytes, &at);

    if (end == EMULATE_OK)
        memcpy(data, at, bytes);
    return end;
}

static enum emulate_end op_write(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                 const void *data)
{
    uint8_t *at;
    enum emulate_end end = place(s, address, bytes, &at);

    if (end == EMULATE_OK)
        memcpy(at, data, bytes);
    return end;
}

static enum emulate_end op_exchange(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                    const void *old, const void *data, bool *changed)
{
    uint8_t *at;
    enum emulate_end end = place(s, address, bytes, &at);

    if (end != EMULATE_OK)
        return end;
    *changed = memcmp(at, old, bytes) != 0;
    if (!*changed)
        memcpy(at, data, bytes);
    return EMULATE_OK;
}

static enum emulate_end op_in(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes, uint32_t *value)
{
    return EMULATE_UNHANDLED;
}

static enum emulate_end op_out(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes, uint32_t value)
{
    return EMULATE_UNHANDLED;
}

static const struct emulate_ops ops = { op_read, op_write, op_exchange, op_in, op_out, NULL };

static struct emulate_state user_state(const struct machine *m, bool code_32)
{
    struct emulate_state s = { .rip = (uintptr_t)page, .rflags = m->rflags, .cr0 = 0x80050033, .cr4 = 0x20,
                               .efer = 0xd01, .cpl = 3 };

    memcpy(s.reg, m->reg, sizeof(s.reg));
    for (unsigned int i = 0; i < EMU_SEGMENTS; i++)
        s.seg[i] = (struct emulate_seg){ .limit = ~0u, .selector = 0x2b, .attr = 0xcf3 };
    s.seg[EMU_CS] = (struct emulate_seg){ .limit = ~0u, .selector = code_32 ? CS_32 : CS_64,
                                          .attr = code_32 ? 0xcfb : 0xafb };
    return s;
}

/* --- random instructions --- */
static uint64_t random_state;

static uint32_t any(uint32_t below)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((random_state >> 33) % below);
}

static uint64_t any64(void)
{
    static const uint64_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
                                      0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~0ULL };
    uint64_t high = any(1u << 31), low = any(1u << 31);

    if (!any(3))
        return edges[any(ARRAY_SIZE(edges))] + any(3) - 1;
    return (high << 33 ^ low << 2 ^ any(4)) >> (any(4) ? 0 : any(64));
}

/* Opcodes: one byte, or behind 0F. What may be undefined of their flags; what they have besides ModRM. */
enum { M = 1, I8 = 2, IZ = 4, SHIFT = 8, LOCKED = 16, STRING = 32, STACK = 64, I64 = 128, BITS = 256, NO16 = 512,
       ONLY32 = 1024 };
static const struct form {
    uint8_t first, last;
    bool two;
    int reg; /* -1: any; else ModRM's register field is one of the bits set */
    unsigned int what;
    uint64_t undefined;
} forms[] = {
    { 0x00, 0x03, false, -1, M | LOCKED, 0 }, { 0x04, 0x04, false, -1, I8, 0 }, { 0x05, 0x05, false, -1, IZ, 0 },
    { 0x08, 0x0b, false, -1, M | LOCKED, AF }, { 0x0c, 0x0c, false, -1, I8, AF }, { 0x0d, 0x0d, false, -1, IZ, AF },
    { 0x10, 0x13, false, -1, M | LOCKED, 0 }, { 0x14, 0x14, false, -1, I8, 0 }, { 0x18, 0x1b, false, -1, M, 0 },
    { 0x1d, 0x1d, false, -1, IZ, 0 }, { 0x20, 0x23, false, -1, M, AF }, { 0x25, 0x25, false, -1, IZ, AF },
    { 0x28, 0x2b, false, -1, M | LOCKED, 0 }, { 0x2c, 0x2c, false, -1, I8, 0 }, { 0x30, 0x33, false, -1, M, AF },
    { 0x38, 0x3b, false, -1, M, 0 }, { 0x3c, 0x3c, false, -1, I8, 0 }, { 0x3d, 0x3d, false, -1, IZ, 0 },
    { 0x50, 0x5f, false, -1, STACK, 0 }, { 0x63, 0x63, false, -1, M, 0 }, { 0x68, 0x68, false, -1, IZ | STACK, 0 },
    { 0x69, 0x69, false, -1, M | IZ, SF | ZF | AF | PF }, { 0x6a, 0x6a, false, -1, I8 | STACK, 0 },
    { 0x6b, 0x6b, false, -1, M | I8, SF | ZF | AF | PF }, { 0x80, 0x80, false, 0x8d, M | I8 | LOCKED, 0 },
    { 0x81, 0x81, false, 0x8d, M | IZ, 0 }, { 0x83, 0x83, false, 0x8d, M | I8, 0 },
    { 0x80, 0x80, false, 0x52, M | I8, AF }, { 0x81, 0x81, false, 0x52, M | IZ | LOCKED, AF },
    { 0x83, 0x83, false, 0x52, M | I8, AF }, { 0x84, 0x85, false, -1, M, AF },
    { 0x86, 0x87, false, -1, M | LOCKED, 0 }, { 0x88, 0x8b, false, -1, M, 0 }, { 0x8d, 0x8d, false, -1, M, 0 },
    { 0x8f, 0x8f, false, 1, M | STACK, 0 }, { 0x90, 0x99, false, -1, 0, 0 }, { 0x9c, 0x9d, false, -1, STACK, 0 },
    { 0x9e, 0x9f, false, -1, 0, 0 }, { 0xa4, 0xa7, false, -1, STRING, 0 }, { 0xa8, 0xa8, false, -1, I8, AF },
    { 0xa9, 0xa9, false, -1, IZ, AF }, { 0xaa, 0xaf, false, -1, STRING, 0 }, { 0xb0, 0xb7, false, -1, I8, 0 },
    { 0xb8, 0xbf, false, -1, I64, 0 }, { 0xc0, 0xc1, false, -1, M | I8 | SHIFT, 0 },
    { 0xc6, 0xc6, false, 1, M | I8, 0 }, { 0xc7, 0xc7, false, 1, M | IZ, 0 }, { 0xc9, 0xc9, false, -1, STACK, 0 },
    { 0xd0, 0xd3, false, -1, M | SHIFT, 0 }, { 0xd7, 0xd7, false, -1, STRING, 0 }, { 0xf5, 0xf5, false, -1, 0, 0 },
    { 0xf8, 0xf9, false, -1, 0, 0 }, { 0xfc, 0xfd, false, -1, 0, 0 }, { 0xf6, 0xf6, false, 0x03, M | I8, AF },
    { 0xf7, 0xf7, false, 0x03, M | IZ, AF }, { 0xf6, 0xf7, false, 0x0c, M | LOCKED, 0 },
    { 0xf6, 0xf7, false, 0x30, M, SF | ZF | AF | PF }, { 0xf6, 0xf7, false, 0xc0, M, ARITHMETIC },
    { 0xfe, 0xfe, false, 0x03, M | LOCKED, 0 }, { 0xff, 0xff, false, 0x03, M | LOCKED, 0 },
    { 0xff, 0xff, false, 0x40, M | STACK, 0 }, { 0x18, 0x18, true, 0x0f, M, 0 }, { 0x1f, 0x1f, true, -1, M, 0 },
    { 0x40, 0x4f, true, -1, M, 0 }, { 0x90, 0x9f, true, -1, M, 0 },
    { 0xa3, 0xa3, true, -1, M | BITS, OF | SF | AF | PF }, { 0xa4, 0xa4, true, -1, M | I8 | SHIFT, AF },
    { 0xa5, 0xa5, true, -1, M | SHIFT, AF }, { 0xab, 0xab, true, -1, M | BITS | LOCKED, OF | SF | AF | PF },
    { 0xac, 0xac, true, -1, M | I8 | SHIFT, AF }, { 0xad, 0xad, true, -1, M | SHIFT, AF },
    { 0xaf, 0xaf, true, -1, M, SF | ZF | AF | PF }, { 0xb0, 0xb1, true, -1, M | LOCKED, 0 },
    { 0xb3, 0xb3, true, -1, M | BITS | LOCKED, OF | SF | AF | PF }, { 0xb6, 0xb7, true, -1, M, 0 },
    { 0xba, 0xba, true, 0xf0, M | I8 | LOCKED, OF | SF | AF | PF },
    { 0xbb, 0xbb, true, -1, M | BITS, OF | SF | AF | PF }, { 0xbc, 0xbd, true, -1, M, OF | SF | AF | PF | CF },
    { 0xbe, 0xbf, true, -1, M, 0 }, { 0xc0, 0xc1, true, -1, M | LOCKED, 0 }, { 0xc7, 0xc7, true, 2, M | LOCKED, 0 },
    { 0xc8, 0xcf, true, -1, NO16, 0 }, { 0x27, 0x27, false, -1, ONLY32, OF }, { 0x2f, 0x2f, false, -1, ONLY32, OF },
    { 0x37, 0x37, false, -1, ONLY32, OF | SF | ZF | PF }, { 0x3f, 0x3f, false, -1, ONLY32, OF | SF | ZF | PF },
    { 0x40, 0x4f, false, -1, ONLY32, 0 }, { 0x60, 0x61, false, -1, ONLY32 | STACK, 0 },
    { 0x06, 0x06, false, -1, ONLY32 | STACK, 0 }, { 0x0e, 0x0e, false, -1, ONLY32 | STACK, 0 },
    { 0x16, 0x16, false, -1, ONLY32 | STACK, 0 }, { 0xd4, 0xd5, false, -1, ONLY32 | I8, OF | AF | CF },
    { 0xd6, 0xd6, false, -1, ONLY32, 0 }, { 0x82, 0x82, false, 0x8d, ONLY32 | M | I8, 0 },
};

struct random_insn {
    uint8_t code[16];
    unsigned int length;
    const struct form *form;
    uint8_t opcode, modrm, rex;
    bool prefix_66, prefix_67, code_32;
};

static void emit(struct random_insn *r, uint64_t value, unsigned int bytes)
{
    memcpy(r->code + r->length, &value, bytes);
    r->length += bytes;
}

static unsigned int operand_bytes(const struct random_insn *r)
{
    return r->rex & 8 ? 8 : r->prefix_66 ? 2 : 4; /* 32-bit code has no REX */
}

/* Memory by a base register, perhaps an index, perhaps a displacement, with its address in the middle of the data. */
static void emit_memory(struct random_insn *r, struct machine *m, unsigned int reg)
{
    unsigned int base = any(8), index = any(8), scale = any(4), mod = any(3), full_base = base | (r->rex & 1 ? 8 : 0),
                 full_index = index | (r->rex & 2 ? 8 : 0);
    uint64_t target = (uintptr_t)memory + MEMORY / 4 + any(MEMORY / 2);
    int64_t disp = mod == 1 ? (int8_t)any(256) : mod == 2 ? (int32_t)any64() : 0;
    bool sib = base == 4 || any(2);

    if (mod == 0 && base == 5)
        mod = 1, disp = 5;
    if (!any(50))
        target += MEMORY; /* sometimes outside */
    r->modrm = (uint8_t)(mod << 6 | reg << 3 | (sib ? 4 : base));
    emit(r, r->modrm, 1);
    if (sib) {
        if (full_index == full_base && full_index != 4) /* another one; the address must be what was chosen */
            index = (index + 1) & 7, full_index = index | (r->rex & 2 ? 8 : 0);
        emit(r, scale << 6 | index << 3 | base, 1);
    }
    if (mod == 1)
        emit(r, (uint64_t)disp, 1);
    else if (mod == 2)
        emit(r, (uint64_t)disp, 4);
    m->reg[full_base] = target - (uint64_t)disp;
    if (sib && full_index != 4)
        m->reg[full_base] -= m->reg[full_index] << scale;
}

static unsigned int a_register_field(const struct form *f)
{
    unsigned int reg;

    do
        reg = any(8);
    while (f->reg >= 0 && !(f->reg & 1 << reg));
    return reg;
}

static bool code_32; /* there is such code */

static void generate(struct random_insn *r, struct machine *m)
{
    const struct form *f = &forms[any(ARRAY_SIZE(forms))];
    bool lock;

    *r = (struct random_insn){ .form = f, .code_32 = code_32 && any(2) };
    while ((f->what & ONLY32 && !r->code_32) || (f->first == 0x63 && r->code_32))
        f = r->form = &forms[any(ARRAY_SIZE(forms))];
    r->opcode = (uint8_t)(f->first + any(f->last - f->first + 1u));
    for (unsigned int i = 0; i < 16; i++)
        m->reg[i] = any64();
    m->rflags = 0x202 | (any(1u << 12) & (ARITHMETIC | (f->what & STRING ? DF : 0)));
    r->prefix_66 = !any(4);
    r->rex = (uint8_t)(any(3) && !r->code_32 ? 0x40 | any(16) : 0);
    r->prefix_67 = f->what & M && !r->code_32 && !any(5);
    if (f->what & NO16 && operand_bytes(r) == 2)
        r->prefix_66 = false;
    lock = (f->what & LOCKED) && !any(3);
    if (lock)
        emit(r, 0xf0, 1);
    if (f->what & STRING && r->opcode != 0xd7 && any(2))
        emit(r, 0xf2 + any(2), 1);
    if (r->prefix_66)
        emit(r, 0x66, 1);
    if (r->prefix_67)
        emit(r, 0x67, 1);
    if (r->rex)
        emit(r, r->rex, 1);
    if (f->two)
        emit(r, 0x0f, 1);
    emit(r, r->opcode, 1);
    if (f->what & (STRING | STACK)) {
        m->reg[EMU_RSI] = (uintptr_t)memory + MEMORY / 2 + any(64);
        m->reg[EMU_RDI] = (uintptr_t)memory + MEMORY / 2 + any(64);
        m->reg[EMU_RSP] = m->reg[EMU_RBP] = (uintptr_t)memory + MEMORY / 2 + any(64);
        m->reg[EMU_RCX] = any(12);
        if (r->opcode == 0xd7)
            m->reg[EMU_RBX] = m->reg[EMU_RSI];
    }
    if (f->what & M) {
        unsigned int reg = a_register_field(f);

        if (f->what & BITS)
            m->reg[reg | (r->rex & 4 ? 8 : 0)] = any(512); /* a bit near the operand */
        if (any(2) || lock || r->opcode == 0x8d)
            emit_memory(r, m, reg);
        else
            emit(r, r->modrm = (uint8_t)(0xc0 | reg << 3 | any(8)), 1);
    }
    if (f->what & I8)
        emit(r, any64(), 1);
    if (f->what & IZ)
        emit(r, any64(), MIN(operand_bytes(r), 4u));
    if (f->what & I64)
        emit(r, any64(), operand_bytes(r));
}

/* Flags that this instruction leaves undefined, by its count where it shifts. */
static uint64_t undefined_flags(const struct random_insn *r, const struct machine *before, const uint8_t *data)
{
    unsigned int bytes = r->opcode & 1 || r->form->two ? operand_bytes(r) : 1, count, reg = r->modrm >> 3 & 7;

    if (!(r->form->what & SHIFT))
        return r->form->undefined;
    count = r->form->what & I8 ? r->code[r->length - 1] :
            !r->form->two && r->opcode <= 0xd1 ? 1 : (unsigned int)before->reg[EMU_RCX];
    count &= bytes == 8 ? 63 : 31;
    if (!count)
        return 0;
    if (!r->form->two && reg < 4)
        return count == 1 ? 0 : OF;
    return AF | (count == 1 ? 0 : OF) | (count >= bytes * 8 ? CF : 0);
}

/* Results that the manuals leave undefined, or whose meaning is the host's: not compared. */
static bool is_outside_the_law(const struct random_insn *r, const struct machine *before)
{
    unsigned int count = r->form->what & I8 ? r->code[r->length - 1] : (unsigned int)before->reg[EMU_RCX];

    if (r->form->two && (r->form->what & SHIFT) && operand_bytes(r) == 2 && (count & 31) > 16)
        return true;
    if ((r->form->what & BITS) && r->modrm < 0xc0 && before->reg[(r->modrm >> 3 & 7) | (r->rex & 4 ? 8 : 0)] >= 512)
        return true; /* the register that has the bit's number is the base or index, too: it leads anywhere */
    if ((r->form->what & STACK) && before->reg[EMU_RSP] - (uintptr_t)memory >= MEMORY)
        return true; /* an operand's address by RSP left the stack where the test may have memory of its own */
    return r->opcode == 0x9d && !r->form->two; /* POPF: the flags are the data's; TF would trap */
}

static void describe(const struct random_insn *r, const char *what)
{
    char text[64] = "";

    for (unsigned int i = 0; i < r->length; i++)
        sprintf(text + i * 3, "%02x ", r->code[i]);
    fail_msg("%s: %s", text, what);
}

static void compare(const struct random_insn *r, const struct machine *before)
{
    struct emulate_state s = user_state(before, r->code_32);
    enum emulate_end end;
    uint64_t counts = r->code_32 ? ~0u : ~0ULL;
    unsigned int rounds = 0;
    uint64_t defined;
    int exception;

    memcpy(copy, memory, MEMORY);
    native = *before;
    exception = run_native(r->code, r->length, r->code_32);
    do
        end = emulate(&s, r->code, r->length, 4, &ops, NULL);
    while (end == EMULATE_OK && s.repeat && ++rounds < 100);
    if (exception >= 0) {
        if (end != EMULATE_FAULT || (s.fault.vector != exception && s.fault.vector != 12))
            describe(r, "the processor raised an exception, the emulator did not");
        memcpy(copy, memory, MEMORY); /* rounds of REP before it */
        return;
    }
    if (end != EMULATE_OK)
        describe(r, end == EMULATE_FAULT ? "an exception that the processor does not raise" : "not done");
    defined = (ARITHMETIC | DF) & ~undefined_flags(r, before, copy);
    for (unsigned int i = 0; i < (r->code_32 ? 8 : 16); i++)
        if ((s.reg[i] ^ native.reg[i]) & counts) {
            printf("register %u: %#lx, the processor %#lx\n", i, s.reg[i], native.reg[i]);
            describe(r, "another register");
        }
    if ((s.rflags ^ native.rflags) & defined) {
        printf("flags %#lx, the processor %#lx, defined %#lx\n", s.rflags, native.rflags, defined);
        describe(r, "other flags");
    }
    if (memcmp(copy, memory, MEMORY))
        describe(r, "other memory");
    assert_int_equal(s.rip, (uintptr_t)page + r->length);
    assert_int_equal(s.length, r->length);
}

/* RSP is a random number when an exception comes. cmocka sets handlers of its own before each test: after those. */
static void catch_exceptions(void)
{
    static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
    static uint8_t stack_area[1 << 16];
    struct sigaction action = { .sa_handler = caught, .sa_flags = SA_ONSTACK | SA_NODEFER };
    stack_t stack = { .ss_size = sizeof(stack_area), .ss_sp = stack_area };

    assert_int_equal(sigaltstack(&stack, NULL), 0);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        assert_int_equal(sigaction(signals[i], &action, NULL), 0);
}

static void test_against_the_processor(void **state)
{
    unsigned long rounds = getenv("EMULATE_ROUNDS") ? strtoul(getenv("EMULATE_ROUNDS"), NULL, 0) : 100000;

    catch_exceptions();
    code_32 = has_32_bit_code();
    if (!code_32)
        print_message("this system runs no 32-bit code: 64-bit code alone is compared\n");
    random_state = getenv("EMULATE_SEED") ? strtoul(getenv("EMULATE_SEED"), NULL, 0) : 1;
    for (unsigned long i = 0; i < rounds; i++) {
        struct random_insn r;
        struct machine m = { 0 };

        if (i % 64 == 0)
            for (unsigned int at = 0; at < MEMORY; at += 8) {
                uint64_t v = any64();

                memcpy(memory + at, &v, 8);
            }
        generate(&r, &m);
        if (!is_outside_the_law(&r, &m))
            compare(&r, &m);
    }
}

static int set_up(void **state)
{
    uint8_t *area = mmap((void *)0x10000000, 8 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(area, MAP_FAILED);
    page = area + 4096;
    memory = area + 4 * 4096;
    assert_int_equal(mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC), 0);
    assert_int_equal(mprotect(memory, MEMORY, PROT_READ | PROT_WRITE), 0);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_processor),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
