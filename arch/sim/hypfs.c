/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a simulated machine says in hypfs: a text as long as a test wants, and a domain's id. */
#include "arch/sim/sim.h"
#include "hv/domain.h"
#include "hv/hypfs.h"

size_t sim_hypfs_lines;
int sim_hypfs_error;

static int make_lines(struct hypfs_out *out, const struct domain *d)
{
    for (size_t i = 0; i < sim_hypfs_lines; i++)
        hypfs_add(out, "line %zu\n", i);
    return sim_hypfs_error;
}

static int make_id(struct hypfs_out *out, const struct domain *d)
{
    hypfs_add(out, "d%u", d->id);
    return 0;
}

static const struct hypfs_node machine[] = { { .name = "lines", .make = make_lines } };
static const struct hypfs_node domain[] = {
    { .name = "id", .make = make_id },
    { .name = "lines", .make = make_lines },
};
const struct hypfs_dir arch_hypfs_machine = HYPFS_DIR(machine), arch_hypfs_domain = HYPFS_DIR(domain);
