/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops.h"
#include "world.h"

#include "pv/mm/mm.h"
#include "pv/mm/pte_flags.h"
#include "pv/mm/pt_walk.h"

enum { DATA = 3, LDT_SLOT = 5, RING_INDEX = 3 };

/* --- Reservations --- */

static void reservation(uint32_t cmd, domid_t of, uint64_t nr)
{
    struct xen_memory_reservation *op = act_args();
    act_list()[0] = nr;
    *op = (struct xen_memory_reservation){ .nr_extents = 1, .domid = of };
    op->extent_start.p = (void *)act_list();
    act(hypercall_memory_op, cmd, (uint64_t)(uintptr_t)op, 0, 0);
}
void op_populate(void) { reservation(XENMEM_populate_physmap, DOMID_SELF, 5); }
void op_decrease_0(void) { reservation(XENMEM_decrease_reservation, DOMID_SELF, page[0].nr); }
void op_control_populate(void) { reservation(XENMEM_populate_physmap, GUEST, 6); }
void op_control_decrease(void) { reservation(XENMEM_decrease_reservation, GUEST, page[0].nr); }

void op_exchange_0(void)
{
    struct xen_memory_exchange *x = act_args();
    uint64_t *l = act_list();
    l[0] = page[0].nr;
    l[1] = 7;
    *x = (struct xen_memory_exchange){ .in = { .nr_extents = 1, .domid = DOMID_SELF },
                                       .out = { .nr_extents = 1, .domid = DOMID_SELF } };
    x->in.extent_start.p = (void *)l;
    x->out.extent_start.p = (void *)(l + 1);
    act(hypercall_memory_op, XENMEM_exchange, (uint64_t)(uintptr_t)x, 0, 0);
}

/* --- Page tables --- */

static void map(unsigned int slot, uint64_t entry)
{
    act(hypercall_update_va_mapping, SLOT_BASE + slot * PAGE_SIZE, entry, UVMF_TLB_FLUSH | UVMF_ALL, 0);
}
void op_map_0(void) { map(DATA, pte_make(page[0], PTE_P | PTE_US | PTE_RW)); }
void op_map_0_readonly(void) { map(DATA, pte_make(page[0], PTE_P | PTE_US)); }
void op_unmap_0(void) { map(DATA, 0); }

static void ext(uint32_t cmd, mfn_t m)
{
    struct mmuext_op *op = act_args();
    *op = (struct mmuext_op){ .cmd = cmd, .arg1.mfn = m.nr };
    act(hypercall_mmuext_op, (uint64_t)(uintptr_t)op, 1, 0, DOMID_SELF);
}
void op_pin_l1_0(void) { ext(MMUEXT_PIN_L1_TABLE, page[0]); }
void op_unpin_0(void) { ext(MMUEXT_UNPIN_TABLE, page[0]); }
void op_pin_l2_4(void) { ext(MMUEXT_PIN_L2_TABLE, page[4]); }
void op_unpin_4(void) { ext(MMUEXT_UNPIN_TABLE, page[4]); }
void op_pin_l2_5(void) { ext(MMUEXT_PIN_L2_TABLE, page[5]); }
void op_unpin_5(void) { ext(MMUEXT_UNPIN_TABLE, page[5]); }

static void update(mfn_t table, unsigned int index, uint64_t entry)
{
    struct mmu_update *op = act_args();
    *op = (struct mmu_update){ .ptr = mfn_to_paddr(table) + index * 8, .val = entry };
    act(hypercall_mmu_update, (uint64_t)(uintptr_t)op, 1, 0, DOMID_SELF);
}
void op_link_4_to_5(void) { update(page[4], RING_INDEX, pte_make(page[5], PTE_P | PTE_US)); }
void op_unlink_4(void) { update(page[4], RING_INDEX, 0); }
void op_link_5_to_4(void) { update(page[5], RING_INDEX, pte_make(page[4], PTE_P | PTE_US)); }
void op_unlink_5(void) { update(page[5], RING_INDEX, 0); }

/* --- The LDT: page[0] is a page of it --- */

void op_ldt_on(void)
{
    map(LDT_SLOT, pte_make(page[0], PTE_P | PTE_US));
    pv_set_ldt(current_vcpu(), SLOT_BASE + LDT_SLOT * PAGE_SIZE, 8);
}
void op_ldt_fault(void)
{
    irqflags_t flags = irq_save(); /* a selector that is loaded on the way back to the guest */
    pv_ldt_fault(current_vcpu(), 0);
    irq_restore(flags);
    act_leave();
}
void op_ldt_fault_open(void)
{
    pv_ldt_fault(current_vcpu(), 0);
    act_leave();
}
void op_ldt_off(void) { map(LDT_SLOT, 0); }
void op_ldt_drop(void)
{
    pv_set_ldt(current_vcpu(), 0, 0);
    act_leave();
}

/* --- Another's page in the control domain's tables --- */

static void control_maps(uint64_t entry)
{
    act(hypercall_update_va_mapping_otherdomain, SLOT_BASE, entry, UVMF_INVLPG, GUEST);
}
void op_control_maps_0(void) { control_maps(pte_make(page[0], PTE_P | PTE_US | PTE_RW)); }
void op_control_unmaps(void) { control_maps(0); }
