/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stores that fault because a guest's kernel has a page table, or device memory that is read-only to it, mapped
 * read-only: "writable page tables" of the PV ABI. The instruction is taken apart, its effect on the 8-byte entry is
 * computed from a copy, and the entry is changed only if it is still what the computation began with; if not, the guest
 * repeats the instruction. So a guest's locked operations stay atomic against the processor and its other vCPUs.
 */
#include "hv/trace.h"
#include "mm/mmio.h"
#include "pv/mm/entry.h"
#include "pv/mm/fetch.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/update.h"
#include "x86/decode/insn.h"

/** The store, if it is one that stays within the 8 bytes around @va. Where it goes is known from the fault. */
static bool fetch_store(const struct cpu_user_regs *regs, vaddr_t va, struct insn *insn)
{
    struct pv_insn code;

    if (!pv_insn_fetch(regs, &code) || !code.long_mode || insn_decode(code.bytes, code.length, INSN_CODE64, insn))
        return false;
    return insn_is_store(insn) && insn->source != INSN_SRC_MEMORY && insn->operand_size <= sizeof(uint64_t) &&
           va % insn->operand_size == 0;
}

/** Replaces @size bytes of @word that begin at byte @at. */
static uint64_t merge(uint64_t word, uint64_t value, unsigned int at, unsigned int size)
{
    uint64_t mask = (size == 8 ? ~0ULL : (1ULL << (8 * size)) - 1) << (8 * at);

    return (word & ~mask) | (value << (8 * at) & mask);
}

/** @table is a locked L1 of the current domain, and @address names an entry of it. 0, -EAGAIN, or the refusal. */
static int ptwr_store(struct frame *table, uint64_t address, const struct insn *insn, struct cpu_user_regs *regs)
{
    unsigned int index = address % PAGE_SIZE / sizeof(uint64_t), at = address % sizeof(uint64_t);
    const uint64_t *entries = mfn_to_virt(frame_to_mfn(table));
    uint64_t old = READ_ONCE(entries[index]);
    struct insn_result result;
    int rc = insn_evaluate(insn, (struct insn_operand){ .low = old >> (8 * at) }, 0, regs, &result);

    if (!rc && result.store) {
        uint64_t new = merge(old, result.value.low, at, insn->operand_size);
        rc = l1_update_if(table, index, old, new, current_vcpu()->domain);
        if (!rc)
            TRACE(TRC_PV_PTWR_EMULATION | TRC_64_FLAG, TRACE_64(new), TRACE_64(address), TRACE_64(regs->rip));
    }
    if (!rc)
        *regs = result.regs;
    return rc;
}

mfn_t pv_readonly_frame(uint64_t e)
{
    return (e & PTE_P) && !(e & PTE_RW) ? pte_mfn(e) : MFN_NONE;
}

bool pv_ptwr_fault(struct cpu_user_regs *regs, vaddr_t va, mfn_t m)
{
    struct vcpu *v = current_vcpu();
    enum frame_type type;
    struct insn insn;
    struct frame *f;
    int rc = -EINVAL;

    if (!mfn_valid(m) || ftw_type(ftw_load(mfn_to_frame(m))) != FT_L1)
        return false;
    if (pv_mm_finish(v))
        return true;
    if (!fetch_store(regs, va, &insn))
        return false;
    f = mfn_to_frame(m);
    type = frame_table_lock(f);
    if (type == FT_L1 && frame_owner_id(f) == v->domain->id)
        rc = ptwr_store(f, va, &insn, regs);
    if (type != FT_NONE)
        frame_table_unlock(f);
    return !rc || rc == -EAGAIN || rc == -ERESTART;
}

bool pv_mmio_ro_fault(struct cpu_user_regs *regs, vaddr_t va, mfn_t m)
{
    struct vcpu *v = current_vcpu();
    struct insn_result result;
    struct insn insn;

    if (mfn_eq(m, MFN_NONE) || mfn_valid(m) || arch_mmio_access(v->domain, m) != MMIO_READ_ONLY)
        return false;
    if (!fetch_store(regs, va, &insn) || (insn.kind != INSN_MOV && insn.kind != INSN_MOVNTI))
        return false; /* what depends on the register's old value would have to read the device */
    if (insn_evaluate(&insn, (struct insn_operand){ 0 }, 0, regs, &result) ||
        !arch_mmio_ro_store(v, mfn_to_paddr(m) + va % PAGE_SIZE, result.value.low, insn.operand_size))
        return false;
    *regs = result.regs;
    return true;
}
