/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page faults, in the order in which they are explained:
 *
 *   - a descriptor table access of the CPU: the windows are filled on demand, and what is missing there is missing in
 *     the guest's table;
 *   - a stale translation: the tables say that the access is fine, so it is repeated;
 *   - a write of the guest's kernel to one of its page tables: carried out, if allowed;
 *   - the guest's own fault, for its handler.
 */
#include "cpu/features.h"
#include "hv/trace.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "hv/compiler.h"
#include "hv/frame.h"
#include "mm/map.h"
#include "mm/va.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"
#include "pv/smap_quirk.h"
#include "x86/pte/pte.h"

#define WINDOW_BYTES 0x10000u
#define SELECTOR_EXT 0x1u
#define SELECTOR_IDT 0x2u
#define SELECTOR_TI  0x4u

static bool in_window(uint64_t va, vaddr_t window)
{
    return va - window < WINDOW_BYTES;
}

/* True when the fault was about a descriptor and has been dealt with. */
static bool descriptor_fault(struct cpu_user_regs *regs, uint64_t cr2)
{
    struct vcpu *v = current_vcpu();

    if (regs->error_code & (PF_USER | PF_RESERVED))
        return false;
    if (in_window(cr2, percpu_gdt_window())) {
        pv_inject(regs, TRAP_GP, (uint32_t)(cr2 - percpu_gdt_window()) & ~7u);
        return true;
    }
    if (!in_window(cr2, percpu_ldt_window()))
        return false;
    uint32_t offset = (uint32_t)(cr2 - percpu_ldt_window());
    if (pv_ldt_fault(v, offset)) {
        TRACE(TRC_PV_GDT_LDT_MAPPING_FAULT | TRC_64_FLAG, TRACE_64(regs->rip), TRACE_64(offset));
        return true;
    }
    if (va_is_canonical(v->arch.pv.ldt_base + offset))
        pv_inject_page_fault(regs, regs->error_code, v->arch.pv.ldt_base + offset);
    else
        pv_inject(regs, TRAP_GP, (offset & ~7u) | SELECTOR_TI);
    return true;
}

/* What the entries of a walk have in common. */
struct page_rights {
    uint64_t all, any; /* bits that all of them have, and that one has */
    uint64_t last;     /* the entry that maps the page */
};

/*
 * A walk of the tables that this CPU uses, as the CPU would walk them: false if an entry is not present. Interrupts are
 * off: no table that it passes is freed meanwhile, because freeing one waits for this CPU's TLB flush. What is read is
 * RAM in any case; the root, which is in CR3, needs no proof of that. On every guest's way.
 */
static inline bool page_rights(vaddr_t va, struct page_rights *r)
{
    uint64_t table = read_cr3() & PTE_ADDR_MASK;

    *r = (struct page_rights){ .all = ~0ULL };
#pragma GCC unroll 4
    for (unsigned int level = 4; level; level--) {
        uint64_t e = READ_ONCE(((const uint64_t *)paddr_to_virt(table))[pte_index(va, level)]);

        r->all &= e;
        r->any |= e;
        r->last = e;
        if (!(e & PTE_P))
            return false;
        if (level == 1 || (level < 4 && e & PTE_PS))
            break;
        table = e & PTE_ADDR_MASK;
        if (!mfn_valid(paddr_to_mfn(table)))
            return false;
    }
    return true;
}

/*
 * True if the tables allow the access that faulted. The processor drops the translation of a faulting address by
 * itself, so that the next try sees the tables. @last becomes the entry that maps @va, or 0.
 */
static inline __attribute__((always_inline)) bool stale_translation(uint32_t error, uint64_t va, bool user,
                                                                     uint64_t *last)
{
    struct page_rights r;

    *last = 0;
    if (!(error & PF_PRESENT) || (error & ~(PF_PRESENT | PF_WRITE | PF_USER | PF_INSN)))
        return false; /* what is not present is never cached (APM vol. 2, 5.5.2): such a fault is not stale */
    irqflags_t flags = irq_save();
    bool whole = page_rights(va, &r);
    irq_restore(flags);
    if (!whole)
        return false;
    *last = r.last;
    return (!user || r.all & PTE_US) && (!(error & PF_WRITE) || r.all & PTE_RW) &&
           !((error & PF_INSN) && (r.any & PTE_NX));
}

/* The guest need not learn what is mapped in our part of the address space: all of it looks so, and is forbidden. */
static uint32_t error_to_show(uint32_t error, uint64_t va)
{
    return va >= M2P_VIRT_END ? error | PF_PRESENT : error;
}

void pv_page_fault(struct cpu_user_regs *regs, uint64_t cr2)
{
    struct vcpu *v = current_vcpu();
    const uint32_t write_protected = PF_PRESENT | PF_WRITE;
    uint64_t last;

    if (va_is_hypervisors(cr2)) {
        if (!descriptor_fault(regs, cr2))
            pv_inject_page_fault(regs, error_to_show(regs->error_code, cr2), cr2);
        return;
    }
    if (stale_translation(regs->error_code, cr2, true, &last)) {
        TRACE(TRC_PV_PAGING_FIXUP | TRC_64_FLAG, TRACE_64(regs->rip), TRACE_64(cr2));
        pv_smap_quirk(regs->error_code);
        return;
    }
    if (v->arch.pv.kernel_mode && (regs->error_code & (write_protected | PF_RESERVED)) == write_protected) {
        mfn_t m = pv_readonly_frame(last);
        if (pv_ptwr_fault(regs, cr2, m) || pv_mmio_ro_fault(regs, cr2, m))
            return;
    }
    pv_inject_page_fault(regs, regs->error_code, cr2);
}

/*
 * IRET met a selector of the guest's LDT whose page was not there yet.
 * With interrupts on it may be brought in, whatever it was.
 */
bool pv_return_fault_mended(const struct cpu_user_regs *regs, uint64_t cr2)
{
    return regs->entry_vector == TRAP_PF && in_window(cr2, percpu_ldt_window()) &&
           pv_ldt_fault(current_vcpu(), (uint32_t)(cr2 - percpu_ldt_window()));
}

bool pv_hypervisor_fault(struct cpu_user_regs *regs, uint64_t cr2)
{
    struct vcpu *v = current_vcpu();
    uint64_t last;

    if (!v || v->domain->type != DOMAIN_PV)
        return false;
    if (va_is_hypervisors(cr2))
        return in_window(cr2, percpu_ldt_window()) && !(regs->error_code & PF_PRESENT) &&
               pv_ldt_fault(v, (uint32_t)(cr2 - percpu_ldt_window()));
    if (cpu_has_smap && !(regs->rflags & RFLAGS_AC))
        return false; /* an access to the guest's memory that was not meant to be one: never try that again */
    return stale_translation(regs->error_code, cr2, false, &last);
}
