/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSRs: values that every container has, and what must fault. */
#include "pvh/pvh.h"

#define GP 13u

static void check_values(void)
{
    static const struct { uint32_t msr; uint64_t value; } rows[] = {
        { 0x1b, 0xfee00900 }, { 0x3b, 0 }, { 0xfe, 0x508 }, { 0x140, 0 }, { 0x179, 2 }, { 0x17a, 0 }, { 0x17b, 0 },
        { 0x1d9, 0 }, { 0x200, 0 }, { 0x250, 0 }, { 0x26f, 0 }, { 0x2ff, 0x806 }, { 0x277, 0x0007040600070406 },
        { 0x400, ~0ull }, { 0x401, 0 }, { 0x404, ~0ull }, { 0x40000000, 0 }, { 0xc0010010, 0 }, { 0xc0010015, 0 },
        { 0xc001001a, 0 }, { 0xc001001f, 0 }, { 0xc0010055, 0 }, { 0xc0011029, 2 }, { 0xc0000080, 0xd01 },
    };
    uint64_t value;

    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        msr_read(rows[i].msr, &value);
        check(trap_vector == NO_TRAP && value == rows[i].value, "MSR %#x: %lx, exception %u", rows[i].msr,
              (unsigned long)value, trap_vector);
    }
}

static void check_faults(void)
{
    static const uint32_t read[] = { 0x17, 0x3a, 0x79, 0x122, 0x186, 0x198, 0x199, 0x1a0, 0x345, 0x38d, 0x480, 0x800,
                                     0x802, 0x830, 0x40000001, 0xc0010061, 0xc0011022, 0xc0011028, 0xdeadbeef };
    static const struct { uint32_t msr; uint64_t value; } write[] = {
        { 0x8b, 0 }, { 0xce, 0 }, { 0xfe, 0x508 }, { 0xc0010015, 0 }, { 0xc0000080, 0x1d01 }, { 0xc0000080, 0xc01 },
        { 0xc0000080, 0x100000 }, { 0x277, 2 }, { 0x277, 0x0807040600070406 }, { 0x2ff, 7 }, { 0x2ff, 0x100 },
        { 0x200, 2 }, { 0x201, 1 }, { 0x250, 3 }, { 0x40000000, 1 }, { 0x1b, 0 },
        { 0x1b, 0xfed00900 }, { 0xc0000103, 1ull << 32 }, { 0x140, 2 },
    };
    uint64_t value;

    for (unsigned int i = 0; i < ARRAY_SIZE(read); i++)
        check(msr_read(read[i], &value) == GP && !trap_error, "reading MSR %#x: exception %u, value %lx", read[i],
              trap_vector, (unsigned long)value);
    for (unsigned int i = 0; i < ARRAY_SIZE(write); i++)
        if (write[i].msr != 0x1b || write[i].value) /* switching the APIC off is allowed */
            check(msr_write(write[i].msr, write[i].value) == GP, "MSR %#x := %lx: exception %u", write[i].msr,
                  (unsigned long)write[i].value, trap_vector);
}

static void check_kept(void)
{
    static const struct { uint32_t msr; uint64_t value; } rows[] = {
        { 0x174, 0x10 }, { 0x175, 0xffff800000001000 }, { 0xc0000081, 0x0023001000000000 },
        { 0xc0000082, 0xffffffff81000000 }, { 0xc0000084, 0x47700 }, { 0xc0000100, 0x1000 }, { 0xc0000102, 0x2000 },
        { 0xc0000103, 7 }, { 0x277, 0x0407050600070106 }, { 0x200, 6 }, { 0x201, 0xfffff00800 }, { 0x250, 0x0606 },
        { 0x2ff, 0xc06 },
    };
    uint64_t value;

    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        msr_write(rows[i].msr, rows[i].value);
        check(trap_vector == NO_TRAP && !(msr_read(rows[i].msr, &value) != NO_TRAP) && value == rows[i].value,
              "MSR %#x := %lx reads %lx, exception %u", rows[i].msr, (unsigned long)rows[i].value,
              (unsigned long)value, trap_vector);
    }
}

static void check_tsc(void)
{
    uint64_t value, adjust;

    msr_read(0x10, &value);
    check(value && read_tsc() - value < 1ull << 32, "TSC by RDMSR %lx, by RDTSC %lx", (unsigned long)value,
          (unsigned long)read_tsc());
    msr_write(0x10, 1ull << 50);
    check(read_tsc() >> 50 == 1, "TSC after it was written: %lx", (unsigned long)read_tsc());
    msr_read(0x3b, &adjust);
    check(adjust, "TSC_ADJUST stays 0");
    msr_write(0x3b, 0);
    check(read_tsc() >> 50 != 1, "TSC after TSC_ADJUST: %lx", (unsigned long)read_tsc());
}

void check_msrs(void)
{
    check_values();
    check_faults();
    check_kept();
    check_tsc();
}
