/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that compilers call and nobody writes. libgcc's own use the red zone, which interrupts on our stacks
 * destroy.
 */
#include "hv/compiler.h"
#include "hv/log.h"

int __popcountdi2(long long value);
void __stack_chk_fail(void);

/** Number of set bits, by adding neighbours: pairs, nibbles, bytes. */
int __popcountdi2(long long value)
{
    uint64_t v = (uint64_t)value;

    v -= v >> 1 & 0x5555555555555555ULL;
    v = (v & 0x3333333333333333ULL) + (v >> 2 & 0x3333333333333333ULL);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
    return (int)(v * 0x0101010101010101ULL >> 56);
}

/** The decompression libraries found their stack overwritten. */
void __stack_chk_fail(void)
{
    panic("a decompression library overwrote its stack: the kernel image is hostile or memory is bad");
}
