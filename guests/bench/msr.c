/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDMSR and WRMSR of a kernel: by their ABI's meaning, and those that raise #GP. */
#include "bench/bench.h"

static long rdmsr(uint32_t msr)
{
    uint64_t before = bench_traps;
    uint32_t a, d;

    RAISE("rdmsr", : "=a"(a), "=d"(d) : "c"(msr) : "rbx", "memory");
    return bench_traps == before ? 0 : -1;
}

static uint32_t kept_a, kept_d;

/* Writes what was there. */
static long keep(uint32_t msr)
{
    uint64_t before = bench_traps;

    RAISE("rdmsr", : "=a"(kept_a), "=d"(kept_d) : "c"(msr) : "rbx", "memory");
    return bench_traps == before ? 0 : -1;
}
static long wrmsr(uint32_t msr)
{
    uint64_t before = bench_traps;

    RAISE("wrmsr", : : "c"(msr), "a"(kept_a), "d"(kept_d) : "rbx", "memory");
    return bench_traps == before ? 0 : -1;
}

#define MSR(name, number)                 \
    static long read_##name(void)         \
    {                                     \
        return rdmsr(number);             \
    }                                     \
    __attribute__((unused)) static long keep_##name(void)       \
    {                                     \
        return keep(number);              \
    }                                     \
    __attribute__((unused)) static long write_##name(void)      \
    {                                     \
        return wrmsr(number);             \
    }
MSR(fs_base, 0xc0000100)
MSR(gs_base, 0xc0000101)
MSR(kernel_gs_base, 0xc0000102)
MSR(pat, 0x277)
MSR(tsc, 0x10)
MSR(efer, 0xc0000080)
MSR(apic_base, 0x1b)
MSR(misc_enable, 0x1a0)
MSR(tsc_aux, 0xc0000103)
MSR(debugctl, 0x1d9)

static long read_missing(void)
{
    return rdmsr(0x4ff) < 0 ? 0 : -1;
}
static long write_missing(void)
{
    return wrmsr(0x4ff) < 0 ? 0 : -1;
}

#define ROW_READ(reg)  { .name = "RDMSR, " #reg, .run = read_##reg }
#define ROW_WRITE(reg) { .name = "WRMSR, " #reg, .begin = keep_##reg, .run = write_##reg }

static const struct bench_op ops[] = {
    ROW_READ(fs_base),
    ROW_READ(gs_base),
    ROW_READ(kernel_gs_base),
    ROW_READ(pat),
    ROW_READ(tsc),
    ROW_READ(efer),
    ROW_READ(apic_base),
    ROW_READ(misc_enable),
    ROW_READ(tsc_aux),
    ROW_READ(debugctl),
    ROW_WRITE(fs_base),
    ROW_WRITE(gs_base),
    ROW_WRITE(kernel_gs_base),
    ROW_WRITE(pat),
    ROW_WRITE(efer),
    ROW_WRITE(apic_base),
    ROW_WRITE(tsc_aux),
    ROW_WRITE(debugctl),
    {.name = "RDMSR, one that is not there, #GP", .run = read_missing},
    {.name = "WRMSR, one that is not there, #GP", .run = write_missing},
};
BENCH_TABLE(msr)
