/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables and segment registers (APM vol. 2, chapter 4). */
#ifndef HW_NATIVE_SEGMENT_H
#define HW_NATIVE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

struct desc_ptr {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static inline void lgdt(const struct desc_ptr *p)
{
    __asm__ volatile("lgdt %0" : : "m"(*p));
}
static inline void lidt(const struct desc_ptr *p)
{
    __asm__ volatile("lidt %0" : : "m"(*p));
}
static inline void lldt(uint16_t sel)
{
    __asm__ volatile("lldt %0" : : "r"(sel) : "memory");
}
static inline void swapgs(void)
{
    __asm__ volatile("swapgs" ::: "memory");
}
static inline void ltr(uint16_t sel)
{
    __asm__ volatile("ltr %0" : : "r"(sel) : "memory");
}

/** Loads CS by a far return and SS; the other data segments become null. */
static inline void reload_segments(uint16_t cs, uint16_t ss)
{
    __asm__ volatile("pushq %q0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1: mov %k1, %%ss; xor %%eax, %%eax;"
                     "mov %%eax, %%ds; mov %%eax, %%es; mov %%eax, %%fs; mov %%eax, %%gs"
                     :
                     : "r"((uint64_t)cs), "r"((uint32_t)ss)
                     : "rax", "memory");
}

#define HW_SELECTOR(name)                                  \
    static inline uint16_t read_##name(void)               \
    {                                                      \
        uint16_t s;                                        \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(s)); \
        return s;                                          \
    }
HW_SELECTOR(ds)
HW_SELECTOR(es)
HW_SELECTOR(fs)
HW_SELECTOR(gs)
#undef HW_SELECTOR

/** Load a selector; false when the descriptor is bad, and then the register holds the null selector. */
bool load_ds_safe(uint16_t sel);
bool load_es_safe(uint16_t sel);
bool load_fs_safe(uint16_t sel);
/** The same for GS. The base changes with the selector: whoever needs the old one writes it again. */
bool load_gs_safe(uint16_t sel);

#endif
