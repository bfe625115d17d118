/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors are read through this CPU's GDT and LDT windows, that is, from what the processor itself would use.
 * Reading an LDT page that the guest has not touched yet faults, and the fault maps it; everything else that faults is
 * no descriptor.
 */
#include "pv/selector.h"

#include "hw/native/copy.h"
#include "mm/map.h"
#include "pv/pv.h"
#include "x86/cpu/segment.h"

#define SEL_TI  0x4u
#define GDT_BYTES 0x10000u

/* Fields of a code or data descriptor (APM vol. 2, 4.7). */

static bool descriptor_read(uint16_t sel, uint64_t *desc)
{
    const struct pv_vcpu *pv = &current_vcpu()->arch.pv;
    uint32_t offset = sel & ~7u;
    vaddr_t table;

    if (sel & SEL_TI) {
        if (offset / 8 >= pv->ldt_entries)
            return false;
        table = percpu_ldt_window();
    } else {
        table = percpu_gdt_window();
    }
    return hw_copy_safe(desc, (const void *)(table + offset), sizeof(*desc));
}
_Static_assert(GDT_BYTES == 8 * 0x2000, "any selector is within the GDT window");

static void descriptor_unpack(uint64_t desc, struct pv_segment *seg)
{
    uint32_t limit = (uint32_t)(desc & 0xffff) | (uint32_t)(desc >> 32 & 0xf0000);

    seg->base = (desc >> 16 & 0xffffff) | (desc >> 56 & 0xff) << 24;
    seg->limit = desc & DESC_G ? limit << 12 | 0xfff : limit;
    seg->code = desc & DESC_CODE;
    seg->long_mode = seg->code && desc & DESC_L;
    seg->big = desc & DESC_D;
    seg->writable = !seg->code && desc & DESC_WRITE;
    seg->expand_down = !seg->code && desc & DESC_DOWN;
}

bool pv_selector_read(uint16_t sel, struct pv_segment *seg)
{
    uint64_t desc;

    if (!(sel & ~3u) || !descriptor_read(sel, &desc))
        return false;
    if (!(desc & DESC_P) || !(desc & DESC_S))
        return false;
    descriptor_unpack(desc, seg);
    return true;
}

bool pv_segment_linear(const struct pv_segment *seg, uint64_t offset, unsigned int len, uint64_t *linear)
{
    uint64_t first = (uint32_t)offset, last = first + len - 1;
    uint64_t top = seg->big ? 0xffffffffu : 0xffff;

    if (seg->expand_down ? first <= seg->limit || last > top : last > seg->limit)
        return false;
    *linear = (uint32_t)(seg->base + first);
    return true;
}
