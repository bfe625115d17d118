/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that the hypervisor carries out, in every form that confuses a decoder; and MSRs, which exist for those
 * alone whose CPUID says so. The numbers are those of the Xen project's public advisories.
 */
#include "selftest/selftest.h"

#define NOT_CANONICAL 0x0000800000000000ul

typedef uint8_t code_t[16];

/* Which bytes, at a page's beginning, with RAX, RCX, RDX, RBX 0 and RDI, RSI at a page; then UD2. */
static const struct {
    const char *name;
    code_t bytes;
    uint64_t vector; /* 6: nothing but the UD2 behind it, or instead of it */
    uint8_t length;  /* how far RIP got */
} form[] = {
    {"MOV from CR0",                          {0x0f, 0x20, 0xc0},                                      6,  3 },
    {"... by a segment and a size (123)",     {0x65, 0x66, 0x0f, 0x20, 0xc0},                          6,  5 },
    {"... with ModRM that looks like memory", {0x0f, 0x20, 0x00},                                      6,  3 },
    {"... with REX.W",                        {0x48, 0x0f, 0x20, 0xc0},                                6,  4 },
    {"MOV from CR8 by REX.R",                 {0x44, 0x0f, 0x20, 0xc0},                                13, 0 },
    {"LOCK MOV from CR0",                     {0xf0, 0x0f, 0x20, 0xc0},                                6,  0 },
    {"LOCK RDMSR",                            {0xf0, 0x0f, 0x32},                                      6,  0 },
    {"LOCK IN",                               {0xf0, 0xec},                                            6,  0 },
    {"LOCK CLI",                              {0xf0, 0xfa},                                            6,  0 },
    {"MOV from DR8 by REX.R",                 {0x44, 0x0f, 0x21, 0xc0},                                6,  0 },
    {"WBINVD by FS",                          {0x64, 0x0f, 0x09},                                      6,  3 },
    {"CLTS by CS, GS and REX",                {0x2e, 0x65, 0x40, 0x0f, 0x06},                          6,  5 },
    {"REX before another prefix",             {0x48, 0x66, 0x0f, 0x06},                                6,  4 },
    {"CLI by 13 prefixes: 14 bytes",
     {0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0xfa},
     6,                                                                                                    14},
    {"IN of 15 bytes",
     {0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0xe4, 0x80},
     6,                                                                                                    15},
    {"IN of 16 bytes (186)",
     {0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0x65, 0xe4, 0x80},
     13,                                                                                                   0 },
    {"REP INSB of nothing",                   {0xf3, 0x6c},                                            6,  2 },
    {"REP OUTSB of nothing, by FS",           {0xf3, 0x64, 0x6e},                                      6,  3 },
    {"REPNE OUTSD of nothing",                {0xf2, 0x6f},                                            6,  2 },
    {"MOV to CR1",                            {0x0f, 0x22, 0xc8},                                      0,  0 },
    {"LGDT",                                  {0x0f, 0x01, 0x17},                                      13, 0 },
    {"LIDT (105)",                            {0x0f, 0x01, 0x1f},                                      13, 0 },
    {"LLDT",                                  {0x0f, 0x00, 0xd0},                                      13, 0 },
    {"LTR",                                   {0x0f, 0x00, 0xd8},                                      13, 0 },
    {"HLT (105)",                             {0xf4},                                                  13, 0 },
    {"INVD",                                  {0x0f, 0x08},                                            13, 0 },
    {"INVLPG",                                {0x0f, 0x01, 0x3f},                                      13, 0 },
    {"SYSRET",                                {0x48, 0x0f, 0x07},                                      0,  0 },
    {"SYSEXIT",                               {0x0f, 0x35},                                            0,  0 },
    {"VMFUNC (203)",                          {0x0f, 0x01, 0xd4},                                      0,  0 },
    {"VMCALL",                                {0x0f, 0x01, 0xc1},                                      6,  0 },
    {"UD2 and not the whole prefix of CPUID", {0x0f, 0x0b, 'x', 'e', 'm', 0x0f, 0xa2},                 6,  0 },
    {"the prefix before another instruction", {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0x32},                 6,  0 },
    {"CLTS by a size and REX.W",              {0x66, 0x48, 0x0f, 0x06},                                6,  4 },
    {"FBLD (66)",                             {0xdf, 0x27},                                            6,  2 },
};

static uint8_t code_pages[2][PAGE_SIZE] __attribute__((aligned(4096)));

/* The bytes end at a page's last byte when the UD2 behind them is in the next page. */
static uint64_t run_code(const uint8_t *bytes, unsigned int count, bool at_end)
{
    uint8_t *at = at_end ? code_pages[1] - count : code_pages[0];
    uint64_t none = 0;

    memset(code_pages, 0x90, sizeof(code_pages));
    memcpy(at, bytes, count);
    memcpy(at + count, "\x0f\x0b", 2);
    TRY("jmp *%4",
        : "+a"(none)
        : "c"(0), "d"(0), "b"(0), "r"(at), "D"(page_a), "S"(page_a)
        : "r8", "r9", "r10", "r11", "memory", "cc");
    return trap_seen.rip - PTR(at);
}

static unsigned int bytes_of(const uint8_t *bytes)
{
    unsigned int n = 16;

    while (n > 1 && !bytes[n - 1])
        n--;
    return n;
}

static void forms(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(form); i++) {
        unsigned int n = bytes_of(form[i].bytes);
        if (form[i].bytes[n - 1] == 0x20 && n == 2)
            n = 3; /* a ModRM of 0 */
        for (unsigned int end = 0; end < 2; end++) {
            uint64_t length = run_code(form[i].bytes, n, end);
            if (form[i].vector)
                check_trap(form[i].name, form[i].vector, 0);
            else
                check_true(form[i].name, trap_seen.vector == 6 || trap_seen.vector == 13);
            check("... RIP", form[i].length, length);
        }
    }
}

/* What the hypervisor reads or writes for INS and OUTS is the guest's own memory, or the guest's fault (67, 63). */
static void string_io(void)
{
    uint64_t si = PTR(page_b), cx = 4, l1 = PTR(pte_of(page_a, 1));
    uint64_t before;

    map_at(page_b, 0, 0);
    TRY("outsb", : "+S"(si) : "d"(0x80) : "memory");
    check_trap("OUTSB of an absent page (67)", 14, 0);
    check("... its address", PTR(page_b), trap_seen.cr2);
    check("... RSI did not move", PTR(page_b), si);
    si = PTR(page_b) - 2;
    TRY("rep outsb", : "+S"(si), "+c"(cx) : "d"(0x80) : "memory");
    check_trap("REP OUTSB into it (67)", 14, 0);
    check("... after two bytes", 2, cx);
    check("... RSI is at the page", PTR(page_b), si);
    si = PTR(page_b) - 2;
    TRY("outsl", : "+S"(si) : "d"(0x80) : "memory");
    check_trap("OUTSL across the edge", 14, 0);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RO);
    TRY("insb", : : "D"(page_b), "d"(0x80) : "memory");
    check("INSB to a read-only page", 14, trap_seen.vector);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
    before = *(volatile uint64_t *)l1;
    TRY("insl", : : "D"(l1), "d"(0x80) : "memory");
    check_true("INSL to a page table", trap_seen.vector == 14);
    check("... leaves it", before, *(volatile uint64_t *)l1);
    TRY("insb", : : "D"(NOT_CANONICAL), "d"(0x80) : "memory");
    check_true("INSB to no canonical address", trap_seen.vector == 13 || trap_seen.vector == 14);
    TRY("outsb", : : "S"(NOT_CANONICAL), "d"(0x80) : "memory");
    check_true("OUTSB from no canonical address", trap_seen.vector == 13 || trap_seen.vector == 14);
    TRY("insb", : : "D"(HYPERVISOR_VIRT_START), "d"(0x80) : "memory");
    check_true("INSB to the M2P", trap_seen.vector == 13 || trap_seen.vector == 14);
}

/* Stores that the hypervisor carries out in page tables: sizes by prefix (195, 200), the flags are the guest's (202).
 */
static void stores(void)
{
    volatile uint64_t *pte = pte_of(page_b, 1);
    uint64_t good = *pte, mfn = good >> 12 & 0xffffffffff, flags;

    hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
    TRY(".byte 0x66; lock cmpxchg8b (%0)",
        :
        : "r"(pte), "a"((uint32_t)good), "d"((uint32_t)(good >> 32)), "b"((uint32_t)good), "c"((uint32_t)(good >> 32))
        : "memory", "cc");
    check_true("CMPXCHG8B with an operand size (200)", trap_seen.vector == NO_TRAP || trap_seen.vector == 14);
    check("... the entry is as it was (200)", mfn, *pte >> 12 & 0xffffffffff);
    TRY("movw $0, 2(%0)", : : "r"(pte) : "memory");
    check_true("two bytes of an entry", trap_seen.vector == NO_TRAP || trap_seen.vector == 14);
    *pte = good;
    TRY("btrq %1, (%0)", : : "r"(pte), "r"(-64l) : "memory", "cc");
    check_true("a bit of the entry before (195)", trap_seen.vector == NO_TRAP || trap_seen.vector == 14);
    map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RW);
    TRY("movq %1, (%0)", : : "r"(pte), "r"(good) : "memory");
    check_no_trap("a store to an entry");
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    check("... interrupts are on after it (202)", 0x200, flags & 0x200);
    TRY("std; movq %1, (%0)", : : "r"(pte), "r"(good) : "memory");
    check_no_trap("... with DF");
    TRY("pushfq; orl $0x44000, (%%rsp); popfq; movq %1, (%0); pushfq; andl $~0x44000, (%%rsp); popfq",
        :
        : "r"(pte), "r"(good)
        : "memory", "cc");
    check_no_trap("... with NT and AC");
    __asm__ volatile("cld");
}

static uint64_t cpuid(uint32_t leaf, bool d)
{
    uint32_t a = leaf, b, c = 0, dx;

    __asm__ volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(dx));
    return d ? dx : b;
}

static bool reads(uint32_t msr)
{
    TRY("rdmsr", : : "c"(msr) : "rax", "rdx", "memory");
    return trap_seen.vector == NO_TRAP;
}

static bool writes(uint32_t msr, uint64_t value)
{
    TRY("wrmsr", : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
    return trap_seen.vector == NO_TRAP;
}

/* What mitigates leaks of processors is there for whoever is told of it, and in no bit more (254, 263, 305, 320, 431).
 */
static void speculation(void)
{
    uint64_t seven = cpuid(7, true), amd = cpuid(0x80000008, false);
    bool spec = seven >> 26 & 1 || amd >> 14 & 1 || amd >> 15 & 1 || amd >> 24 & 1;
    bool pred = seven >> 26 & 1 || amd >> 12 & 1;

    check("SPEC_CTRL is read where CPUID says so", spec, reads(0x48));
    check("... written", spec, writes(0x48, 0));
    check("... not its reserved bits", 0, writes(0x48, 1ul << 31) | writes(0x48, 1ul << 63));
    check("PRED_CMD is never read", 0, reads(0x49));
    check("... written where CPUID says so", pred, writes(0x49, 0));
    check("... not its reserved bits", 0, writes(0x49, 1ul << 1 | 1ul << 32));
    check("FLUSH_CMD is never read", 0, reads(0x10b));
    check("... written where CPUID says so", seven >> 28 & 1, writes(0x10b, 0));
    check("ARCH_CAPABILITIES are read where CPUID says so", seven >> 29 & 1, reads(0x10a));
    check("... never written", 0, writes(0x10a, 0));
    check("TSX_CTRL, CORE_CAPABILITIES, MCU_OPT_CTRL, VIRT_SPEC_CTRL do not exist (305, 320, 431)", 0,
          reads(0x122) | reads(0xcf) | reads(0x123) | reads(0xc001011f) | writes(0x122, 0) | writes(0x123, 0) |
              writes(0xc001011f, 0));
}

/* MSRs of the machine: what it consumes, how hot it is, where branches go (269, 333, 351, 444). */
static void machine_msrs(void)
{
    static const uint32_t power[] = { 0x606, 0x60d, 0x610, 0x611, 0x613,      0x614,      0x618,      0x619,
                                      0x61b, 0x61c, 0x638, 0x639, 0x63a,      0x640,      0x641,      0x642,
                                      0x64d, 0x64f, 0x6b0, 0x6b1, 0xc0010299, 0xc001029a, 0xc001029b, 0xc0010293 };
    static const uint32_t others[] = {
        0x1d9,      0x1c9,      0x680,      0x6c0,      0xc80,      0x300,      0x34,       0x9b,       0x9e,
        0x802,      0x80d,      0x83f,      0x480,      0x48f,      0xc0010114, 0xc0010117, 0xc0011020, 0xc0011021,
        0xc0011022, 0xc001102a, 0xc0011019, 0xc001101a, 0xc001101b, 0xc0011027, 0x40000000, 0x40000001 };
    unsigned int seen = 0, written = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(power); i++)
        seen += reads(power[i]);
    check("meters of power that can be read (351)", 0, seen);
    for (unsigned int i = 0; i < ARRAY_SIZE(others); i++)
        written += writes(others[i], 0xfff) + writes(others[i], 1ul << 47);
    check("MSRs of the machine that can be written (269, 444)", 0, written);
    for (unsigned int i = 0; i < 4; i++) {
        reads(0x1a0);
        check_true("reading MISC_ENABLE (333)", trap_seen.vector == NO_TRAP || trap_seen.vector == 13);
        writes(0x1a0, i & 1 ? ~0ul : 1ul << 22);
        check_true("writing MISC_ENABLE (333)", trap_seen.vector == NO_TRAP || trap_seen.vector == 13);
    }
}

void test_advisories_code(void)
{
    forms();
    string_io();
    stores();
    speculation();
    machine_msrs();
}
