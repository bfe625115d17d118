/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's translations can be on the CPU where it ran last even while it runs nowhere, so a flush for some vCPUs goes
 * to every CPU in the domain's dirty_cpus: never too few, and idle CPUs are not among them for long.
 */
#include "pv/mm/mm.h"

#include "hv/guest_access.h"
#include "hv/smp.h"
#include "pv/mm/machine.h"

void guest_flush_tlb(bool everywhere)
{
    if (everywhere)
        arch_tlb_flush_mask(&current_vcpu()->domain->arch.dirty_cpus, false);
    else
        machine_flush_tlb_local();
}

void guest_flush_page(vaddr_t va, bool everywhere)
{
    if (everywhere)
        arch_tlb_flush_one_mask(&current_vcpu()->domain->arch.dirty_cpus, va);
    else
        machine_flush_page_local(va);
}

static int mask_is_empty(vaddr_t mask, uint32_t vcpus, bool *empty)
{
    *empty = true;
    for (uint32_t i = 0; i < ROUND_UP(vcpus, 8) / 8; i++) {
        uint8_t byte;

        if (copy_from_guest_va(&byte, mask + i))
            return -EFAULT;
        if (vcpus - i * 8 < 8)
            byte &= (uint8_t)((1u << (vcpus - i * 8)) - 1);
        if (byte)
            *empty = false;
    }
    return 0;
}

int guest_flush_masked(vaddr_t mask, vaddr_t va, bool one_page)
{
    bool empty;
    int rc = mask_is_empty(mask, current_vcpu()->domain->max_vcpus, &empty);

    if (rc || empty)
        return rc;
    if (one_page)
        guest_flush_page(va, true);
    else
        guest_flush_tlb(true);
    return 0;
}
