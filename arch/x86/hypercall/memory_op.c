/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XENMEM_* that speak of this machine: its memory map, and the M2P (xen/memory.h). And those of one kind of guest. */
#include "guest/memory_map.h"
#include "hv/guest_access.h"
#include "hv/memory_op.h"
#include "mm/m2p_share.h"
#include "mm/machine_map.h"
#include "pv/memory_exchange.h"

static long machine_memory_map(struct memory_call *m)
{
    struct xen_memory_map *map = &m->op.map;
    bool ask = guest_handle_null(map->buffer);

    if (map->nr_entries < machine_map.count && !ask)
        return -EINVAL;
    uint32_t count = machine_map.count;
    for (uint32_t i = 0; i < count && !ask; i++) {
        const struct e820_entry *e = &machine_map.entry[i];
        /* The ABI's entry, as BIOS functions give it: 20 bytes. */
        struct {
            uint64_t addr, size;
            uint32_t type;
        } __attribute__((packed)) out = { e->start, e->end - e->start, e->type };
        if (copy_to_guest_va(guest_handle_va(map->buffer) + i * sizeof(out), &out))
            return -EFAULT;
    }
    map->nr_entries = count;
    m->answer = true;
    return 0;
}

static long machphys_mapping(struct memory_call *m)
{
    m->op.mapping = (struct xen_machphys_mapping){ M2P_VIRT, M2P_VIRT_END, frame_table_end - 1 };
    m->answer = true;
    return 0;
}

static const struct memory_row rows[] = {
    [XENMEM_machine_memory_map] = { machine_memory_map, MEMORY_IN(map), MEMORY_ANSWER(map), .no_start = -ENOSYS,
                                    .control = true },
    [XENMEM_machphys_mapping] = { machphys_mapping, MEMORY_ANSWER(mapping), .no_start = -ENOSYS },
    [XENMEM_machphys_mfn_list] = { m2p_share_list, MEMORY_IN(mfn_list), MEMORY_ANSWER(mfn_list),
                                   .no_start = -ENOSYS, .control = true },
    [XENMEM_memory_map] = { guest_map_get, MEMORY_IN(map), MEMORY_ANSWER(map), .no_start = -ENOSYS },
    [XENMEM_set_memory_map] = { guest_map_set, MEMORY_IN(foreign_map), .no_start = -ENOSYS },
};

const struct memory_row *arch_memory_row(uint32_t cmd)
{
    if (cmd == XENMEM_exchange)
        return &pv_memory_exchange;
    return cmd < ARRAY_SIZE(rows) && rows[cmd].fn ? &rows[cmd] : NULL;
}
