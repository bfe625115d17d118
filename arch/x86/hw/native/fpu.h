/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving and loading extended state (APM vol. 4/5, FXSAVE64, XSAVE64 and kin). Areas are 64-byte aligned. */
#ifndef HW_NATIVE_FPU_H
#define HW_NATIVE_FPU_H

#include <stdbool.h>
#include <stdint.h>

static inline void fxsave(void *area)
{
    __asm__ volatile("fxsaveq (%0)" : : "r"(area) : "memory");
}
static inline void fxrstor(const void *area)
{
    __asm__ volatile("fxrstorq (%0)" : : "r"(area) : "memory");
}

#define HW_XSAVE(name, insn)                                                                                       \
    static inline void name(void *area, uint64_t mask)                                                             \
    {                                                                                                              \
        __asm__ volatile(insn " (%0)" : : "r"(area), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32)) : "memory"); \
    }
HW_XSAVE(xsave, "xsave64")
HW_XSAVE(xsaveopt, "xsaveopt64")
HW_XSAVE(xsavec, "xsavec64")
HW_XSAVE(xsaves, "xsaves64")
HW_XSAVE(xrstor, "xrstor64")
HW_XSAVE(xrstors, "xrstors64")
#undef HW_XSAVE

/**
 * False when the instruction faults (bad header or MXCSR); the registers are then unspecified but of this area or
 * older.
 */
bool xrstor_safe(const void *area, uint64_t mask);
bool xrstors_safe(const void *area, uint64_t mask);
bool fxrstor_safe(const void *area);
/** False when FXSAVE (into @area, 512 bytes, 16 aligned), LDMXCSR or MFENCE faults: FXSR, SSE or SSE2 is missing. */
bool sse2_safe(void *area);
/** False when the instruction faults, as it does where it does not exist. */
bool xsave_safe(void *area, uint64_t mask);
bool xsaveopt_safe(void *area, uint64_t mask);
bool xsavec_safe(void *area, uint64_t mask);
bool xsaves_safe(void *area, uint64_t mask);
static inline void fninit(void)
{
    __asm__ volatile("fninit");
}
/** Replaces the x87 pointers to the last instruction and operand. Raises nothing; leaves the registers unspecified. */
static inline void x87_clear_pointers(void)
{
    static const int32_t zero = 0;
    __asm__ volatile("fnclex; emms; fildl %0" : : "m"(zero));
}
/**
 * Zeroes the 4 KiB at @page past the caches, 16 bytes a store. XMM0 is left as it was. CR0.TS clear, CR4.OSFXSR set.
 * Ordered before later stores.
 */
static inline void page_zero_streaming(void *page)
{
    uint64_t at = (uint64_t)page, end = at + 4096;
    uint8_t xmm0[16];

    __asm__ volatile("movups %%xmm0, %1\n\t"
                     "xorps %%xmm0, %%xmm0\n"
                     "1:\n\t"
                     ".set offset, 0\n\t"
                     ".rept 32\n\t"
                     "movntps %%xmm0, offset(%0)\n\t"
                     ".set offset, offset + 16\n\t"
                     ".endr\n\t"
                     "add $512, %0\n\t"
                     "cmp %2, %0\n\t"
                     "jne 1b\n\t"
                     "sfence\n\t"
                     "movups %1, %%xmm0"
                     : "+r"(at), "=m"(xmm0)
                     : "r"(end)
                     : "memory", "cc");
}
static inline void stmxcsr(void *to) { __asm__ volatile("stmxcsr %0" : "=m"(*(uint32_t *)to)); }
static inline void ldmxcsr(uint32_t v)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(v));
}

#endif
