/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pv/mm asks of the machine, done by the machine (AMD64 APM vol. 2, 4.8.3, 5.5, 7.6). */
#include "pv/mm/machine.h"

#include "hv/compiler.h"
#include "hv/frame.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hw/native/cpu.h"
#include "hw/native/segment.h"
#include "mm/map.h"
#include "mm/tlb.h"
#include "pv/mm/pte_flags.h"

#define DESC_LDT       (0x82ULL << 40)
#define CACHE_LINE_MIN 16u /* CLFLUSH of a line twice does no harm, of too few does */

void machine_load_cr3(paddr_t cr3)
{
    write_cr3(cr3);
}
void machine_flush_tlb_local(void)
{
    tlb_flush_local(false);
}
void machine_flush_page_local(vaddr_t va)
{
    invlpg(va);
}
void machine_l4_install(uint64_t *l4)
{
    l4_install_hv_slots(l4);
}

void machine_l4_show_m2p(uint64_t *l4, bool shown)
{
    WRITE_ONCE(l4[HV_FIRST_SLOT], shown ? hv_l4[HV_FIRST_SLOT] : 0);
}

/** CLFLUSH is coherent: it acts on the caches of all processors. Every CPU with long mode and SSE2 has it. */
void machine_cache_flush_page(mfn_t m)
{
    const uint8_t *p = mfn_to_virt(m);

    for (unsigned int i = 0; i < PAGE_SIZE; i += CACHE_LINE_MIN)
        clflush(p + i);
    memory_fence();
}

static void flush_caches(void *unused)
{
    wbinvd();
}

void machine_cache_flush(bool everywhere)
{
    if (everywhere)
        smp_call(&cpu_online, flush_caches, NULL);
    else
        wbinvd();
}

/** The processor sets the accessed bit of a descriptor that it loads, so the window is writable to it. */
static uint64_t window_entry(mfn_t m)
{
    return mfn_eq(m, MFN_NONE) ? 0 : map_make_entry(mfn_to_paddr(m), MAP_RW) & ~PTE_G;
}

void machine_gdt_page(unsigned int index, mfn_t m)
{
    percpu_pte_set(percpu_gdt_window() + index * PAGE_SIZE, window_entry(m));
}

void machine_ldt_page(unsigned int index, mfn_t m)
{
    percpu_pte_set(percpu_ldt_window() + index * PAGE_SIZE, window_entry(m));
}

void machine_load_ldtr(unsigned int entries)
{
    uint64_t base = percpu_ldt_window(), limit = entries * 8ULL - 1;
    uint64_t *desc = (uint64_t *)(percpu_gdt_window() + HV_LDT);

    if (entries) {
        desc[0] = (limit & 0xffff) | (base & 0xffffff) << 16 | DESC_LDT | (base >> 24 & 0xff) << 56;
        desc[1] = base >> 32;
    }
    lldt(entries ? HV_LDT : 0);
}
