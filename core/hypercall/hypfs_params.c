/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /params: options of the command line that can be read, and most of them changed, while the hypervisor runs.
 * `xl set-parameters NAME=VALUE` writes here. A value that cannot be read changes nothing.
 */
#include "core/hypercall/hypfs.h"
#include "hv/console.h"
#include "hv/lock.h"
#include "hv/options.h"
#include "hv/version.h"

#define VALUE_MAX 64u

static spinlock_t options_lock = SPINLOCK_INIT(LOCK_LEAF); /* hv_options, of what changes */

static int option_show(struct hypfs_out *out, const char *name)
{
    char text[VALUE_MAX];

    spin_lock(&options_lock);
    int rc = options_get(&hv_options, name, text, sizeof(text));
    spin_unlock(&options_lock);
    if (!rc)
        hypfs_add(out, "%s", text);
    return rc;
}

static int option_change(const char *name, const char *value)
{
    spin_lock(&options_lock);
    int rc = options_set(&hv_options, name, value);
    spin_unlock(&options_lock);
    return rc;
}

static int make_cmdline(struct hypfs_out *out, const struct domain *d)
{
    hypfs_add(out, "%s", hv_cmdline);
    return 0;
}

#define OPTION(name, check)                                                 \
    static int make_##name(struct hypfs_out *out, const struct domain *d)   \
    {                                                                       \
        return option_show(out, #name);                                     \
    }                                                                       \
    static int set_##name(const char *value)                                \
    {                                                                       \
        return (check) ? -EINVAL : option_change(#name, value);             \
    }
#define OPTION_NODE(n) { .name = #n, .make = make_##n, .set = set_##n }

OPTION(loglvl, console_set_level(value, false))
OPTION(guest_loglvl, console_set_level(value, true))
OPTION(gnttab_max_frames, false) /* of domains that are created from now on */
OPTION(gnttab_max_maptrack_frames, false)

static const struct hypfs_node nodes[] = {
    { .name = "cmdline", .make = make_cmdline },
    { .name = "cpuid-strict", .flag = &hv_options.cpuid_strict },
    OPTION_NODE(gnttab_max_frames),
    OPTION_NODE(gnttab_max_maptrack_frames),
    OPTION_NODE(guest_loglvl),
    OPTION_NODE(loglvl),
};
const struct hypfs_dir hypfs_params_dir = HYPFS_DIR(nodes);
