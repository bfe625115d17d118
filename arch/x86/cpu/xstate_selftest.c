/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trust, and look once: with registers full of ones everything is saved into areas full of a pattern, and what the
 * instruction changed must lie below the end that was computed from the components. Should a processor write further,
 * vCPUs' areas are made as large as what it wrote: a surprise must not become somebody else's memory.
 */
#include "cpu/xstate_selftest.h"

#include "cpu/xstate_area.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hw/native/cpu.h"

#define SLACK     4096u
#define XMM_START 160u
#define XMM_END   416u

/* Components in which any bits may stand; the others' have rules of their own, and stay as after reset. */
#define FREE_FORM (XSTATE_SSE | XSTATE_YMM | XSTATE_AVX512)

/* A standard image, which XRSTOR takes whatever form the plan saves in. */
static __init void fill_registers(uint8_t *area)
{
    uint64_t mask = xstate_active.xcr0 & FREE_FORM;

    xstate_area_reset(area);
    memset(area + XMM_START, 0xff, XMM_END - XMM_START);
    if (!xstate_active.xcr0) {
        fxrstor_safe(area);
        return;
    }
    *xstate_area_header(area) = (struct xstate_header){ .xstate_bv = mask };
    for (uint64_t left = mask & ~XSTATE_LEGACY; left; left &= left - 1) {
        const struct xstate_component *c = &xstate_active.comp[__builtin_ctzll(left)];
        memset(area + c->offset, 0xff, c->size);
    }
    if (!xrstor_safe(area, xstate_active.xcr0))
        log_warning("xstate: self-test: an area of ones cannot be loaded");
}

/* One more than the last byte that saving changes, as far as @pattern shows it. */
static __init uint32_t written_end(uint8_t *area, uint32_t size, uint8_t pattern, bool plain)
{
    memset(area, pattern, size);
    if (plain && xstate_active.xcr0)
        xsave(area, ~0ULL);
    else
        xstate_area_save(area, ~0ULL);
    /* By eight bytes first: @size is a multiple of them, and this is time at boot. */
    const uint64_t *word = (const uint64_t *)area, eight = pattern * 0x0101010101010101ULL;
    while (size && word[size / 8 - 1] == eight)
        size -= 8;
    while (size && area[size - 1] == pattern)
        size--;
    return size;
}

__init void xstate_selftest(void)
{
    uint32_t size = xstate_active.area_size + SLACK, end = 0;
    uint32_t computed = xstate_area_is_compact() ? xstate_active.area_size : xstate_active.size_std;
    uint8_t *area = hv_zalloc(size);

    if (!area)
        return;
    clts();
    fill_registers(area);
    for (unsigned int i = 0; i < 4; i++)
        end = MAX(end, written_end(area, size, i & 1 ? 0xa5 : 0x5a, i & 2));
    if (end > computed) {
        log_warning("xstate: self-test: saving wrote %#x bytes, %#x were computed; areas are made that large",
                    end, computed);
        xstate_active.area_size = MAX(xstate_active.area_size, ROUND_UP(end, 64));
    } else {
        log_debug("xstate: self-test: saving wrote %#x bytes of %#x", end, computed);
    }
    xstate_area_reset(area);
    xstate_area_load(area, ~0ULL);
    hv_free(area);
}
