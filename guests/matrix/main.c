/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options: only=N runs part N alone; NAME=0 leaves the call of that name out, as physdev_op.prepare_msix=0.
 */
#include "matrix/matrix.h"

static const struct {
    const char *name;
    const struct op *ops;
} part[] = {
    {"control of domains", domctl_ops  },
    {"the host",           sysctl_ops  },
    {"the platform",       platform_ops},
    {"memory",             memory_ops  },
    {"events",             event_ops   },
    {"grants",             grant_ops   },
    {"devices",            physdev_ops },
    {"page tables",        mmu_ops     },
    {"the processor",      cpu_ops     },
    {"the rest",           other_ops   },
    {"vCPUs",              vcpu_ops    },
    {"FIFO events",        fifo_ops    },
    {"since Xen 4.18",     newer_ops   },
};

void guest_main(void)
{
    uint64_t only = guest_option("only", 0);

    world_make();
    if (!only)
        run_numbers();
    for (unsigned int i = 0; i < ARRAY_SIZE(part); i++) {
        if (only && only != i + 1)
            continue;
        printk("---- %s", part[i].name);
        world_renew();
        run_table(part[i].ops);
    }
    printk("matrix: done");
}
