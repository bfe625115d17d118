/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privileged instructions that may fault, and CPUID in its one place. */
#include "hw/native/cpu.h"
#include "hw/native/extable.h"
#include "hw/native/fpu.h"
#include "hw/native/segment.h"

/* The instruction at @at faults: @flag becomes 1, and it goes on at @after. */
#define FAILED_AT(at, after, flag) \
    ".pushsection .text.entry, \"ax\"\n 9: mov $1, " flag "\n jmp " #after "\n .popsection\n" EXTABLE(at, 9b)

__attribute__((noinline)) void hw_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
    __asm__ volatile("cpuid"
                     : "=a"(out->eax), "=b"(out->ebx), "=c"(out->ecx), "=d"(out->edx)
                     : "a"(leaf), "c"(subleaf));
}

bool rdmsr_safe(uint32_t msr, uint64_t *v)
{
    uint32_t lo = 0, hi = 0, failed = 0;
    __asm__ volatile(
        "1: rdmsr\n 2:\n" FAILED_AT(1b, 2b, "%2")
        : "+a"(lo), "+d"(hi), "+r"(failed)
        : "c"(msr));
    *v = (uint64_t)hi << 32 | lo;
    return !failed;
}

bool wrmsr_safe(uint32_t msr, uint64_t v)
{
    uint32_t failed = 0;
    __asm__ volatile(
        "1: wrmsr\n 2:\n" FAILED_AT(1b, 2b, "%0")
        : "+r"(failed)
        : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))
        : "memory");
    return !failed;
}

bool xsetbv_safe(uint32_t index, uint64_t v)
{
    uint32_t failed = 0;
    __asm__ volatile(
        "1: xsetbv\n 2:\n" FAILED_AT(1b, 2b, "%0")
        : "+r"(failed)
        : "c"(index), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))
        : "memory");
    return !failed;
}

bool write_cr4_safe(uint64_t v)
{
    uint32_t failed = 0;
    __asm__ volatile("1: mov %1, %%cr4\n 2:\n" FAILED_AT(1b, 2b, "%0") : "+r"(failed) : "r"(v) : "memory");
    return !failed;
}

bool rdtscp_safe(void)
{
    uint32_t failed = 0;
    __asm__ volatile("1: rdtscp\n 2:\n" FAILED_AT(1b, 2b, "%0") : "+r"(failed) : : "eax", "ecx", "edx");
    return !failed;
}

bool stac_safe(void)
{
    uint32_t failed = 0;
    __asm__ volatile("1: .byte 0x0f, 0x01, 0xcb, 0x0f, 0x01, 0xca\n 2:\n" FAILED_AT(1b, 2b, "%0")
                     : "+r"(failed) : : "memory");
    return !failed;
}

bool rdpid_safe(void)
{
    uint32_t failed = 0;
    __asm__ volatile("1: rdpid %%rax\n 2:\n" FAILED_AT(1b, 2b, "%0") : "+r"(failed) : : "rax");
    return !failed;
}

bool sse2_safe(void *area)
{
    uint32_t failed = 0;
    __asm__ volatile("1: fxsave64 (%1)\n 2: ldmxcsr 24(%1)\n 3: lfence\n 4: mfence\n 5:\n" FAILED_AT(1b, 5b, "%0")
                     EXTABLE(2b, 9b) EXTABLE(3b, 9b) EXTABLE(4b, 9b)
                     : "+r"(failed) : "r"(area) : "memory");
    return !failed;
}

bool xgetbv_safe(uint32_t index)
{
    uint32_t failed = 0;
    __asm__ volatile("1: xgetbv\n 2:\n" FAILED_AT(1b, 2b, "%0") : "+r"(failed) : "c"(index) : "eax", "edx");
    return !failed;
}

#define XSAVE_SAFE(name, insn)                                              \
    bool name(void *area, uint64_t mask)                                    \
    {                                                                       \
        uint32_t failed = 0;                                                \
        __asm__ volatile("1: " insn " (%1)\n 2:\n" FAILED_AT(1b, 2b, "%0")  \
                         : "+r"(failed)                                     \
                         : "r"(area), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32)) \
                         : "memory");                                       \
        return !failed;                                                     \
    }
XSAVE_SAFE(xsave_safe, "xsave64")
XSAVE_SAFE(xsaveopt_safe, "xsaveopt64")
XSAVE_SAFE(xsavec_safe, "xsavec64")
XSAVE_SAFE(xsaves_safe, "xsaves64")

bool xrstor_safe(const void *area, uint64_t mask)
{
    uint32_t failed = 0;
    __asm__ volatile(
        "1: xrstor64 (%1)\n 2:\n .pushsection .text.entry, \"ax\"\n 3: mov $1, %0\n jmp 2b\n .popsection\n" EXTABLE(1b,
                                                                                                                    3b)
        : "+r"(failed)
        : "r"(area), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32))
        : "memory");
    return !failed;
}

bool xrstors_safe(const void *area, uint64_t mask)
{
    uint32_t failed = 0;
    __asm__ volatile(
        "1: xrstors64 (%1)\n 2:\n .pushsection .text.entry, \"ax\"\n 3: mov $1, %0\n jmp 2b\n .popsection\n" EXTABLE(1b,
                                                                                                                     3b)
        : "+r"(failed)
        : "r"(area), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32))
        : "memory");
    return !failed;
}

bool fxrstor_safe(const void *area)
{
    uint32_t failed = 0;
    __asm__ volatile(
        "1: fxrstor64 (%1)\n 2:\n .pushsection .text.entry, \"ax\"\n 3: mov $1, %0\n jmp 2b\n .popsection\n" EXTABLE(1b,
                                                                                                                     3b)
        : "+r"(failed)
        : "r"(area)
        : "memory");
    return !failed;
}

#define LOAD_SAFE(seg)                                                                         \
    bool load_##seg##_safe(uint16_t sel)                                                       \
    {                                                                                          \
        uint32_t value = sel, failed = 0;                                                      \
        __asm__ volatile("1: mov %1, %%" #seg "\n 2:\n .pushsection .text.entry, \"ax\"\n"     \
                         "3: xor %1, %1\n mov $1, %0\n jmp 1b\n .popsection\n" EXTABLE(1b, 3b) \
                         : "+r"(failed), "+r"(value)                                           \
                         :                                                                     \
                         : "memory");                                                          \
        return !failed;                                                                        \
    }
LOAD_SAFE(ds)
LOAD_SAFE(es)
LOAD_SAFE(fs)
LOAD_SAFE(gs)
