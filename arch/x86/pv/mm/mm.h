/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rest of the PV code and of the architecture uses of pv/mm. */
#ifndef PV_MM_H
#define PV_MM_H

#include "hv/domain.h"
#include "hv/percpu.h"

/* Roots of page tables (root.c). */

/**
 * Makes the level 4 table @m @v's kernel (or user) table, typed and referenced, in place of the former. @v is current
 * or does not run. For the user table MFN_NONE means none. 0, -EINVAL; -ERESTART: nothing changed, again after
 * pv_mm_finish(); UPDATE_LEFTOVER: done, pv_mm_finish() has work.
 */
int pv_set_kernel_root(struct vcpu *v, mfn_t m);
int pv_set_user_root(struct vcpu *v, mfn_t m);
/** The M2P is in @v's tables, or not, as its domain's assists say. @v does not run. */
void pv_roots_settle_m2p(struct vcpu *v);
/**
 * Recomputes v->arch.pv.cr3 from the tables and the mode, and loads it if @v is current. After every change of
 * kernel_mode.
 */
void pv_update_cr3(struct vcpu *v);
/** Gives up @v's roots, GDT and LDT. 0 or -ERESTART (call again). @v does not run. */
int pv_mm_release_vcpu(struct vcpu *v);
/**
 * The dying domain @d gives up everything that holds its frames through page tables: roots, descriptor tables, pins,
 * tables left partial. 0 or -ERESTART. After this no frame of it is a page table.
 */
int pv_mm_relinquish(struct domain *d);

/*
 * Faults (ptwr.c, descriptor tables). @va is CR2; regs->error_code is the processor's. True: handled, return to the
 * guest.
 */

/** The frame that the entry @e maps read-only, for the two that follow; MFN_NONE: none. */
mfn_t pv_readonly_frame(uint64_t e);
/** A guest kernel's store to a page table, @m, that it has mapped read-only: performed as an update, checked. */
bool pv_ptwr_fault(struct cpu_user_regs *regs, vaddr_t va, mfn_t m);
/** A guest kernel's store to device memory, @m, that is read-only to it. */
bool pv_mmio_ro_fault(struct cpu_user_regs *regs, vaddr_t va, mfn_t m);
/** A fault at byte @offset of the LDT window: brings the guest's page in. */
bool pv_ldt_fault(struct vcpu *v, uint32_t offset);

/* Descriptor tables. */

/** Fixes a descriptor so that it is safe in a table of a guest, or refuses it (false). */
bool pv_descriptor_fix(uint64_t *desc);
/**
 * @nr frames for @entries descriptors replace @v's GDT. 0 or -EINVAL and nothing changed. Loads it if @v is current.
 */
int pv_set_gdt(struct vcpu *v, const uint64_t *frames, uint32_t entries);
/** @base page aligned, @entries <= 8192. The pages come in on demand. Loads it if @v is current. */
void pv_set_ldt(struct vcpu *v, vaddr_t base, uint32_t entries);
/**
 * Fills this CPU's GDT and LDT windows with @v's; part of the context switch. The caller flushes by loading CR3
 * afterwards.
 */
void pv_load_gdt(const struct vcpu *v);
void pv_load_ldt(const struct vcpu *v);

/* dom0's first tables (root.c). */

/**
 * The builder has filled page tables in @d's own frames with plain stores, and maps them read-only in them. Checks them
 * as a pin would, pins the root and makes it @v's kernel table; every mapping is then counted. 0, or the error of the
 * check, and then @bad says which frame was refused, if that is known. Not preemptible: boot only.
 */
int pv_mm_adopt_root(struct vcpu *v, mfn_t l4);

/* Grants (grant_map.c): entries in the calling guest's tables that map other domains' frames. */

/**
 * Puts a mapping of @m into the L1 entry that @addr names: the guest's virtual address, or with @is_pte the machine
 * address of the entry. The caller holds on @m a frame reference and, if @writable, a `writable` type reference; on
 * success these belong to the entry, on error the caller keeps them. The entry's former contents are released.
 * @pte_flags: software bits (9-11) and cache attributes that the guest asks for. 0, -EINVAL.
 */
int pv_grant_map(uint64_t addr, bool is_pte, mfn_t m, bool writable, uint64_t pte_flags);
/**
 * Clears the entry, if it maps @m and is as writable as @writable says; the references are the caller's again, to be
 * dropped after a flush of the domain's dirty_cpus. With @replacement_va not 0 the entry at that virtual address moves
 * into @addr's place and is cleared there. 0, -EINVAL (and the entry is unchanged).
 */
int pv_grant_unmap(uint64_t addr, bool is_pte, mfn_t m, bool writable);
int pv_grant_replace(uint64_t addr, uint64_t replacement_va, mfn_t m, bool writable);

/* Descriptor tables of a vCPU: the parts that pv/mm keeps to itself. */

/** Gives up @v's GDT frames; the window shows null descriptors. */
void gdt_release(struct vcpu *v);
/** Gives up the LDT pages that came in on demand; they come in again when used. @v is current or does not run. */
void ldt_forget_pages(struct vcpu *v);

/* TLB flushes that a guest asks for. */

/**
 * Forgets on this CPU, or on all CPUs that may know them, the current domain's translations: all, or the page at @va.
 */
void guest_flush_tlb(bool everywhere);
void guest_flush_page(vaddr_t va, bool everywhere);
/**
 * For the vCPUs in the guest's bitmap at @mask: 0 or -EFAULT. More CPUs than asked for may be flushed: every one
 * that may hold the domain's translations is.
 */
int guest_flush_masked(vaddr_t mask, vaddr_t va, bool one_page);

#endif
