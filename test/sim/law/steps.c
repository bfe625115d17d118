/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The choice among all steps. */
#include "steps.h"

static const struct { void (*fn)(void); unsigned int weight; } steps[] = {
    { step_populate, 8 }, { step_decrease, 8 }, { step_exchange, 8 }, { step_limit, 1 }, { step_claim, 2 },
    { step_foreign, 3 }, { step_foreign_drop, 4 }, { step_entry, 14 }, { step_map, 20 }, { step_unmap, 12 },
    { step_unmap_badly, 3 }, { step_copy, 10 }, { step_transfer, 1 }, { step_version, 1 }, { step_table, 2 },
    { step_swap, 2 }, { step_unbound, 4 }, { step_interdomain, 5 }, { step_bind, 4 }, { step_close, 5 },
    { step_send, 4 }, { step_unmask, 2 }, { step_serve, 3 }, { step_fifo, 1 }, { step_reset, 1 }, { step_vcpu_info, 1 },
    { step_map_list, 4 }, { step_unmap_list, 3 }, { step_many_ports, 2 }, { step_many_maps, 2 }, { step_pirq, 2 },
    { step_timers, 2 },
    { step_poll, 2 }, { step_subscribe, 1 }, { step_handler, 1 }, { step_list, 1 },
    { step_birth, 3 }, { step_death, 6 }, { step_let_go, 1 }, { step_time, 1 }, { step_scrub, 2 },
};

void random_step(void)
{
    static unsigned int total;
    if (!total)
        for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++)
            total += steps[i].weight;
    unsigned int n = pick(total), i = 0;
    for (; n >= steps[i].weight; i++)
        n -= steps[i].weight;
    steps[i].fn();
    if (relearn)
        world_relearn();
}
