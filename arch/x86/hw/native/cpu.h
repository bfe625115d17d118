/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control registers, CPUID and model-specific registers (APM vol. 2, 3.1 and 3.2; vol. 3, CPUID, RDMSR, XSETBV). */
#ifndef HW_NATIVE_CPU_H
#define HW_NATIVE_CPU_H

#include "x86/cpu/control_bits.h"
#include "x86/msr/index.h"

#include <stdbool.h>
#include <stdint.h>

#define HW_REGISTER(name)                                           \
    static inline uint64_t read_##name(void)                        \
    {                                                               \
        uint64_t v;                                                 \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(v));          \
        return v;                                                   \
    }                                                               \
    static inline void write_##name(uint64_t v)                     \
    {                                                               \
        __asm__ volatile("mov %0, %%" #name : : "r"(v) : "memory"); \
    }
HW_REGISTER(cr0)
HW_REGISTER(cr2)
HW_REGISTER(cr3)
HW_REGISTER(cr4)
HW_REGISTER(dr0)
HW_REGISTER(dr1)
HW_REGISTER(dr2)
HW_REGISTER(dr3)
HW_REGISTER(dr6)
HW_REGISTER(dr7)
#undef HW_REGISTER

struct cpuid_regs {
    uint32_t eax, ebx, ecx, edx;
};

/** The one place where the hypervisor executes CPUID, so that a debugger can stand in for a processor. */
void hw_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out);

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}
static inline void wrmsr(uint32_t msr, uint64_t v)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}
/** False when the processor refuses the value. */
bool write_cr4_safe(uint64_t v);
/** False when the access raises #GP. */
bool rdmsr_safe(uint32_t msr, uint64_t *v);
bool wrmsr_safe(uint32_t msr, uint64_t v);

static inline uint64_t rdtsc(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
    return (uint64_t)hi << 32 | lo;
}
/** Reads the TSC after all earlier instructions are done. */
static inline uint64_t rdtsc_ordered(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
    return (uint64_t)hi << 32 | lo;
}

static inline uint64_t xgetbv(uint32_t index)
{
    uint32_t lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(index));
    return (uint64_t)hi << 32 | lo;
}
static inline void xsetbv(uint32_t index, uint64_t v)
{
    __asm__ volatile("xsetbv" : : "c"(index), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}
/** Whether the instruction is there: false when it raises #UD. What it reads is dropped. */
bool rdtscp_safe(void);
bool rdpid_safe(void);
/** The same for STAC; CLAC follows, so that RFLAGS.AC is clear in either case. */
bool stac_safe(void);
/** False when it raises #GP or #UD. */
bool xgetbv_safe(uint32_t index);
/** False when it raises #GP. */
bool xsetbv_safe(uint32_t index, uint64_t v);

/** Rights by protection key of user pages. CR4.PKE is set. */
static inline uint32_t rdpkru(void)
{
    uint32_t value, zero;
    __asm__ volatile(".byte 0x0f, 0x01, 0xee" : "=a"(value), "=d"(zero) : "c"(0));
    return value;
}

static inline void memory_fence(void)
{
    __asm__ volatile("mfence" ::: "memory");
}
static inline void clts(void)
{
    __asm__ volatile("clts");
}
static inline void wbinvd(void)
{
    __asm__ volatile("wbinvd" ::: "memory");
}
/** Returns from an interrupt that need not exist, to the next instruction: NMIs are let in again. */
static inline void iret_here(void)
{
    uint64_t sp, t;
    __asm__ volatile("mov %%rsp, %0\n\tmov %%ss, %k1\n\tpush %1\n\tpush %0\n\tpushf\n\tmov %%cs, %k1\n\tpush %1\n\t"
                     "lea 1f(%%rip), %1\n\tpush %1\n\tiretq\n1:"
                     : "=&r"(sp), "=&r"(t)
                     :
                     : "memory", "cc");
}
static inline void halt(void)
{
    __asm__ volatile("hlt" ::: "memory");
}
static inline void stac(void)
{
    __asm__ volatile(".byte 0x0f, 0x01, 0xcb" ::: "memory");
} /* only where CPUID has SMAP */
static inline void clac(void)
{
    __asm__ volatile(".byte 0x0f, 0x01, 0xca" ::: "memory");
}
static inline void clflush(const void *p)
{
    __asm__ volatile("clflush %0" : : "m"(*(const char *)p) : "memory");
}
static inline void invlpg(uint64_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

#endif
