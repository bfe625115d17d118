/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The duties of pv/mm/machine.h, mm/mmio.h and pv/mm/fetch.h without a processor: they keep account. */
#include "hw/sim/pv_mm.h"

#include "arch/sim/sim.h"
#include "hv/domain.h"
#include "mm/mmio.h"
#include "pv/mm/fetch.h"
#include "pv/mm/machine.h"

struct sim_pv_cpu sim_pv_cpu;

void machine_load_cr3(paddr_t cr3)
{
    sim_pv_cpu.cr3 = cr3;
    sim_pv_cpu.flushes++;
    if (sim_on_tlb_flush)
        sim_on_tlb_flush(this_cpu_id());
}
void machine_flush_tlb_local(void)
{
    sim_pv_cpu.flushes++;
    sim_tlb_flush(this_cpu_id());
}
void machine_flush_page_local(vaddr_t va) { sim_pv_cpu.flushes++; }
void machine_cache_flush_page(mfn_t m) { sim_pv_cpu.cache_flushes++; }
void machine_cache_flush(bool everywhere) { sim_pv_cpu.cache_flushes++; }

void machine_l4_install(uint64_t *l4)
{
    for (unsigned int i = HV_FIRST_SLOT; i <= HV_LAST_SLOT; i++)
        l4[i] = SIM_L4_MARK(i);
}

void machine_l4_show_m2p(uint64_t *l4, bool shown)
{
    l4[HV_FIRST_SLOT] = shown ? SIM_L4_MARK(HV_FIRST_SLOT) : 0;
}

void machine_gdt_page(unsigned int index, mfn_t m) { sim_pv_cpu.gdt_page[index] = m.nr + 1; }
void machine_ldt_page(unsigned int index, mfn_t m) { sim_pv_cpu.ldt_page[index] = m.nr + 1; }
void machine_load_ldtr(unsigned int entries) { sim_pv_cpu.ldt_entries = entries; }

enum mmio_access arch_mmio_access(const struct domain *d, mfn_t m)
{
    if (!d->arch.io || m.nr < frame_table_end || m.nr >= frame_table_end + SIM_MMIO_FRAMES)
        return MMIO_NONE;
    return m.nr < frame_table_end + SIM_MMIO_FRAMES / 2 ? MMIO_READ_WRITE : MMIO_READ_ONLY;
}

bool arch_mmio_ro_store(struct vcpu *v, paddr_t addr, uint64_t value, unsigned int len)
{
    sim_pv_cpu.mmio_address = addr;
    sim_pv_cpu.mmio_value = value;
    sim_pv_cpu.mmio_size = len;
    return true;
}

bool pv_insn_fetch(const struct cpu_user_regs *regs, struct pv_insn *insn)
{
    memcpy(insn->bytes, sim_pv_cpu.insn, sizeof(insn->bytes));
    insn->length = sim_pv_cpu.insn_length;
    insn->long_mode = true;
    return insn->length;
}
