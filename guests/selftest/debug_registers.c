/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug registers by hypercall and by instruction, and a breakpoint that strikes. */
#include "selftest/selftest.h"

#define DR7_ON_0    0x00000402ul
#define DR7_WRITE_0 0x000d0000ul /* 4 bytes, write */
#define DR7_IO_0    0x00020000ul

static long set(unsigned int nr, uint64_t value)
{
    return hypercall2(__HYPERVISOR_set_debugreg, nr, value);
}
static long get(unsigned int nr)
{
    return hypercall1(__HYPERVISOR_get_debugreg, nr);
}

static volatile uint32_t watched;
extern char after_store[];

static void values(void)
{
    uint64_t got = 0;

    check_rc("writing an address", 0, set(0, PTR(&watched)));
    check("reading it", PTR(&watched), (uint64_t)get(0));
    TRY("mov %%dr0, %%rax; mov %%rax, %0", : "=m"(got) : : "rax", "memory");
    check("reading it by instruction", PTR(&watched), got);
    TRY("mov %0, %%dr1", : : "r"(0x1234ul) : "memory");
    check("writing one by instruction", 0x1234, (uint64_t)get(1));
    check("DR7 at rest", 0x400, (uint64_t)get(7));
    check_true("an address of the hypervisor", set(1, 0xffff830000001000ul) < 0);
    check_true("an address that is not canonical", set(1, 0x0001000000000000ul) < 0);
    check("... is not stored", 0x1234, (uint64_t)get(1));
    check_true("a register that does not exist", set(8, 0) < 0);
    check_true("reading one that does not exist", get(8) < 0);
    check_true("an I/O breakpoint without CR4.DE", set(7, DR7_ON_0 | DR7_IO_0) < 0);
    check_true("more than 32 bits in DR7", set(7, 1ul << 32) < 0);
    check_true("general detect", set(7, 0x2400) < 0);
}

static void strike(void)
{
    check_rc("a write breakpoint", 0, set(0, PTR(&watched)) | set(6, 0) | set(7, DR7_ON_0 | DR7_WRITE_0));
    TRY("movl $1, %0; after_store: nop", : "=m"(watched) : : "memory");
    check_trap("... strikes", 1, 0);
    check("... after the store", PTR(after_store), trap_seen.rip);
    check("... and DR6 says which", 1, (uint64_t)get(6) & 0xf);
    check_rc("no breakpoint", 0, set(7, 0x400));
    TRY("movl $2, %0", : "=m"(watched) : : "memory");
    check_no_trap("... does not strike");
}

void test_debug_registers(void)
{
    values();
    strike();
}
