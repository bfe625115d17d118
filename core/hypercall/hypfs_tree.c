/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree's nodes, but for those of the architecture. */
#include "core/hypercall/hypfs.h"
#include "hv/domain.h"
#include "hv/version.h"

#include <arch/current.h>
#include <version.h>

static int make_major(struct hypfs_out *out, const struct domain *d)
{
    hypfs_add(out, "%u", HV_VERSION_MAJOR);
    return 0;
}

static int make_minor(struct hypfs_out *out, const struct domain *d)
{
    hypfs_add(out, "%u", hv_version_minor());
    return 0;
}

/* Of the domain that reads: addresses that are not its own (first and last), and the features it is shown. */
static int make_hypervisor_range(struct hypfs_out *out, const struct domain *d)
{
    struct xenolith_domctl_view view;

    version_view(current_vcpu()->domain, &view);
    if (view.hv_last)
        hypfs_add(out, "%#llx %#llx", (unsigned long long)view.hv_start, (unsigned long long)view.hv_last);
    else
        hypfs_add(out, "none");
    return 0;
}

static int make_features(struct hypfs_out *out, const struct domain *d)
{
    hypfs_add(out, "%#x", version_features(current_vcpu()->domain));
    return 0;
}

#define NODES(n, ...)                                        \
    static const struct hypfs_node n##_nodes[] = { __VA_ARGS__ }; \
    static const struct hypfs_dir n##_dir = HYPFS_DIR(n##_nodes)

NODES(version,
    { .name = "extra", .text = HV_EXTRA_VERSION },
    { .name = "major", .make = make_major },
    { .name = "minor", .make = make_minor });
NODES(compileinfo,
    { .name = "compile_by", .text = HV_COMPILE_BY },
    { .name = "compile_date", .text = HV_COMPILE_DATE },
    { .name = "compile_domain", .text = HV_COMPILE_DOMAIN },
    { .name = "compiler", .text = HV_COMPILER });
NODES(buildinfo,
    { .name = "changeset", .text = HV_CHANGESET },
    { .name = "compileinfo", .dir = &compileinfo_dir },
    { .name = "version", .dir = &version_dir });
static const struct hypfs_node pool_nodes[] = { { .name = "sched-gran", .text = "cpu" } };
const struct hypfs_dir hypfs_pool_dir = HYPFS_DIR(pool_nodes);
NODES(self,
    { .name = "features", .make = make_features },
    { .name = "hypervisor-range", .make = make_hypervisor_range });
NODES(root,
    { .name = "arch", .dir = &arch_hypfs_machine },
    { .name = "buildinfo", .dir = &buildinfo_dir },
    { .name = "cpupool", .dir = &hypfs_pool_dir, .each = HYPFS_EACH_POOL },
    { .name = "domain", .dir = &arch_hypfs_domain, .each = HYPFS_EACH_DOMAIN },
    { .name = "params", .dir = &hypfs_params_dir },
    { .name = "self", .dir = &self_dir });
const struct hypfs_node hypfs_root = { .name = "", .dir = &root_dir };
