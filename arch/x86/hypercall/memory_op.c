/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XENMEM_* that speak of this machine: its memory map, and the M2P (xen/memory.h). */
#include "cpu/features.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/percpu.h"
#include "guest/memory_map.h"
#include "mm/m2p_share.h"
#include "mm/machine_map.h"

static long machine_memory_map(uint64_t arg)
{
    struct xen_memory_map map;

    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    if (copy_from_guest_va(&map, arg))
        return -EFAULT;
    bool ask = guest_handle_null(map.buffer);
    if (map.nr_entries < machine_map.count && !ask)
        return -EINVAL;
    uint32_t count = machine_map.count;
    for (uint32_t i = 0; i < count && !ask; i++) {
        const struct e820_entry *e = &machine_map.entry[i];
        /* The ABI's entry, as BIOS functions give it: 20 bytes. */
        struct {
            uint64_t addr, size;
            uint32_t type;
        } __attribute__((packed)) out = {e->start, e->end - e->start, e->type};
        if (copy_to_guest_va(guest_handle_va(map.buffer) + i * sizeof(out), &out))
            return -EFAULT;
    }
    map.nr_entries = count;
    return copy_to_guest_va(arg, &map);
}

static long machphys_mapping(uint64_t arg)
{
    struct xen_machphys_mapping m = {M2P_VIRT, M2P_VIRT_END, frame_table_end - 1};
    return copy_to_guest_va(arg, &m);
}

long arch_memory_op(struct hypercall *call, unsigned int cmd, uint64_t arg)
{
    switch (cmd) {
    case XENMEM_machine_memory_map: return machine_memory_map(arg);
    case XENMEM_machphys_mapping: return machphys_mapping(arg);
    case XENMEM_machphys_mfn_list: return m2p_share_list(arg);
    case XENMEM_memory_map: return guest_map_get(arg);
    case XENMEM_set_memory_map: return guest_map_set(arg);
    default: return -ENOSYS;
    }
}
