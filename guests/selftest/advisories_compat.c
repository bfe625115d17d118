/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User mode of 32 bits under a kernel of 64: every way in arrives as what it is, from where it is, once. The numbers
 * are those of the Xen project's public advisories.
 */
#include "selftest/selftest.h"

#define LOW        0x400000ul /* where 32-bit code can run */
#define LOW_STACK  (LOW + 2 * PAGE_SIZE - 64)
#define TABLE      (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define LEAF       (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define GATE       2
#define LDT_SEL(i) ((i) * 8 | 7)

static uint64_t l3[512] __attribute__((aligned(4096))), l2[512] __attribute__((aligned(4096))),
    l1[512] __attribute__((aligned(4096))), ldt[512] __attribute__((aligned(4096)));
static uint8_t code[PAGE_SIZE] __attribute__((aligned(4096))), stack[PAGE_SIZE] __attribute__((aligned(4096)));

static long update(uint64_t ptr, uint64_t val)
{
    struct mmu_update u = { .ptr = ptr, .val = val };
    return hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

static uint64_t slot_0(void)
{
    return va_to_mfn((void *)start_info->pt_base) * PAGE_SIZE;
}

/* Two pages at LOW, in a slot of the level 4 table that nobody else uses. */
static void low_pages(void)
{
    l3[0] = va_to_mfn(l2) * PAGE_SIZE | TABLE;
    l2[LOW >> 21] = va_to_mfn(l1) * PAGE_SIZE | TABLE;
    l1[0] = va_to_mfn(code) * PAGE_SIZE | LEAF;
    l1[1] = va_to_mfn(stack) * PAGE_SIZE | LEAF;
    check_rc("three tables", 0,
             map_at(l3, va_to_mfn(l3), PTE_KERNEL_RO) | map_at(l2, va_to_mfn(l2), PTE_KERNEL_RO) |
                 map_at(l1, va_to_mfn(l1), PTE_KERNEL_RO));
    check_rc("two pages under 4 GiB", 0, update(slot_0(), va_to_mfn(l3) * PAGE_SIZE | TABLE));
}

static void run(const char *bytes, unsigned int count, uint64_t cs)
{
    memset(code, 0x90, sizeof(code));
    memcpy(code, bytes, count);
    memcpy(code + count, "\x0f\x0b", 2);
    trap_forget();
    trap_resume = 1;
    user_run_selectors((void (*)(void))LOW, (void *)LOW_STACK, cs, FLAT_USER_SS32);
    trap_resume = 0;
}

/* What 32-bit code does, and what its kernel is told. An instruction that this processor lacks is #UD for all. */
static const struct {
    const char *name, *bytes;
    unsigned int count;
    uint64_t vector, error, rip;
} way[] = {
    {"32-bit: UD2",                           "\x0f\x0b",                 2, 6,    0,      0  },
    {"32-bit: INT 0x80",                      "\xcd\x80",                 2, 0x80, 0,      2  },
    {"32-bit: INT3",                          "\xcc",                     1, 3,    0,      1  },
    {"32-bit: INT 3 by a prefix",             "\x66\xcd\x03",             3, 3,    0,      3  },
    {"32-bit: INTO with OF",                  "\xb0\x7f\x04\x01\xce",     5, 4,    0,      5  },
    {"32-bit: BOUND of -1 in 0 to 0",         "\x83\xc8\xff\x62\x04\x24", 6, 5,    0,      3  },
    {"32-bit: CLI",                           "\xfa",                     1, 13,   0,      0  },
    {"32-bit: HLT",                           "\xf4",                     1, 13,   0,      0  },
    {"32-bit: IN",                            "\xec",                     1, 13,   0,      0  },
    {"32-bit: MOV from CR0",                  "\x0f\x20\xc0",             3, 13,   0,      0  },
    {"32-bit: RDMSR",                         "\x0f\x32",                 2, 13,   0,      0  },
    {"32-bit: LGDT",                          "\x0f\x01\x14\x24",         4, 13,   0,      0  },
    {"32-bit: a call to the hypervisor",      "\x9a\0\0\0\0\x08\xe0",     7, 13,   0xe008, 0  },
    {"32-bit: a jump to the hypervisor",      "\xea\0\0\0\0\x08\xe0",     7, 13,   0xe008, 0  },
    {"32-bit: a call of its task (110)",      "\x9a\0\0\0\0\x40\xe0",     7, 13,   0xe040, 0  },
    {"32-bit: a call by a gate (110, 298)",   "\x9a\0\0\0\0\x17\x00",     7, 13,   0x14,   0  },
    {"32-bit: a call by no descriptor (298)", "\x9a\0\0\0\0\x07\x20",     7, 13,   0x2004, 0  },
    {"32-bit: the null selector to SS",       "\x31\xc0\x8e\xd0",         4, 13,   0,      2  },
    {"32-bit: a 64-bit pointer as code",      "\xb8\0\0\0\xff\xff\xe0",   7, 14,   0,      ~0u},
};

static void ways(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(way); i++) {
        run(way[i].bytes, way[i].count, FLAT_USER_CS32);
        if (way[i].vector == 14)
            check(way[i].name, 14, trap_seen.vector);
        else
            check_trap(way[i].name, way[i].vector, way[i].error);
        check("... once, from there", FLAT_USER_CS32 | 1ul << 32, (trap_seen.cs & 0xffff) | trap_seen.count << 32);
        if (way[i].rip != ~0u)
            check("... RIP", LOW + way[i].rip, trap_seen.rip);
    }
}

static long set_ldt(const void *base, unsigned int nr)
{
    struct mmuext_op op = { .cmd = MMUEXT_SET_LDT, .arg1.linear_addr = PTR(base), .arg2.nr_ents = nr };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

/* A gate to the guest's own code is allowed, and never used without the hypervisor. */
static void gates(void)
{
    ldt[GATE] = (uint64_t)FLAT_USER_CS << 16 | 0xecul << 40 | (LOW & 0xffff) | (LOW >> 16) << 48;
    check_rc("an LDT with a call gate", 0, map_at(ldt, va_to_mfn(ldt), PTE_KERNEL_RO) | set_ldt(ldt, 16));
}

static void no_gates(void)
{
    set_ldt(NULL, 0);
    check_rc("no LDT", 0, map_at(ldt, va_to_mfn(ldt), PTE_KERNEL_RW));
}

/*
 * SYSCALL and SYSENTER, the flags being what they may not be. Without a callback they are faults: of user mode, at
 * their place, and one only (8, 339). What the processor does not have in this mode is an invalid opcode.
 */
static void fast_ways(const char *name, const char *bytes, unsigned int count, uint64_t cs)
{
    run(bytes, count, cs);
    check_true(name, trap_seen.vector == 6 || trap_seen.vector == 13);
    check("... once (339)", 1, trap_seen.count);
    check("... from user mode (339)", 3, trap_seen.cs & 3);
}

static long callback(unsigned int type)
{
    extern char syscall_entry[];
    struct callback_register r = {
        .type = (uint16_t)type, .flags = CALLBACKF_mask_events, .address = PTR(syscall_entry) };
    return hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, PTR(&r));
}

#define WITH_FLAGS(low, high) "\x9c\x81\x0c\x24\0" low high "\0\x9d" /* PUSHF; OR [ESP]; POPF */
#define WITH_NT               WITH_FLAGS("\x40", "\0")
#define WITH_AC               WITH_FLAGS("\0", "\x04")
#define WITH_COUNT            9
#define SYSCALL               "\x0f\x05"
#define SYSENTER              "\x0f\x34"

static const struct {
    const char *name, *bytes;
    unsigned int count;
    uint64_t cs;
} entry[] = {
    {"32-bit: SYSCALL without a callback (8)",    SYSCALL,          2,              FLAT_USER_CS32},
    {"32-bit: SYSENTER without one (8, 339)",     SYSENTER,         2,              FLAT_USER_CS32},
    {"32-bit: SYSENTER with NT (44, 339)",        WITH_NT SYSENTER, WITH_COUNT + 2, FLAT_USER_CS32},
    {"32-bit: SYSENTER with AC (339)",            WITH_AC SYSENTER, WITH_COUNT + 2, FLAT_USER_CS32},
    {"32-bit: SYSCALL with NT",                   WITH_NT SYSCALL,  WITH_COUNT + 2, FLAT_USER_CS32},
    {"64-bit: SYSENTER without a callback (339)", SYSENTER,         2,              FLAT_USER_CS64},
};

static void fast(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(entry); i++)
        fast_ways(entry[i].name, entry[i].bytes, entry[i].count, entry[i].cs);
    check_rc("callbacks for both", 0, callback(CALLBACKTYPE_syscall32) | callback(CALLBACKTYPE_sysenter));
    for (unsigned int i = 0; i < ARRAY_SIZE(entry); i++) {
        run(entry[i].bytes, entry[i].count, entry[i].cs);
        check_true("... with a callback it is that, where the processor has it",
                   trap_seen.vector == VECTOR_SYSCALL || trap_seen.vector == 6 || trap_seen.vector == 13);
        check("... once, without TF, NT, AC and DF in the kernel", 1, trap_seen.count);
    }
}

void test_advisories_compat(void)
{
    low_pages();
    gates();
    ways();
    no_gates();
    fast();
    check_rc("nothing under 4 GiB", 0, update(slot_0(), 0));
    check_rc("three pages", 0,
             map_at(l3, va_to_mfn(l3), PTE_KERNEL_RW) | map_at(l2, va_to_mfn(l2), PTE_KERNEL_RW) |
                 map_at(l1, va_to_mfn(l1), PTE_KERNEL_RW));
}
