/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypfs_op(cmd, ...): a small tree of facts, read by path (xen/hypfs.h). Everything is text, nothing can be written. The tree is
 * constant data; only the text of a leaf may be made when it is read.
 */
#include "base/format.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/domain.h"
#include "hv/version.h"

#include <arch/current.h>
#include <hypercall_handlers.h>
#include <version.h>

#define PATH_MAX 1024u
#define TEXT_MAX 1024u

struct hypfs_node {
    const char *name;
    const char *text;                            /* a leaf's text, or */
    void (*make)(char *buf, size_t size);        /* what makes it; */
    const struct hypfs_node *child;              /* or a directory, in the order of names */
    unsigned int children;
};

#define LEAF(n, t)     { .name = (n), .text = (t) }
#define MADE(n, f)     { .name = (n), .make = (f) }
#define DIRECTORY(n, c) { .name = (n), .child = (c), .children = ARRAY_SIZE(c) }

static void make_cmdline(char *buf, size_t size) { format(buf, size, "%s", hv_cmdline); }
static void make_major(char *buf, size_t size) { format(buf, size, "%u", HV_VERSION_MAJOR); }
static void make_minor(char *buf, size_t size) { format(buf, size, "%u", HV_VERSION_MINOR); }


/* Of the domain that reads: addresses that are not its own (first and last), and the features it is told. */
static void make_hypervisor_range(char *buf, size_t size)
{
    struct xenolith_domctl_view view;

    version_view(current_vcpu()->domain, &view);
    if (view.hv_last)
        format(buf, size, "%#llx %#llx", (unsigned long long)view.hv_start, (unsigned long long)view.hv_last);
    else
        format(buf, size, "none");
}

static void make_features(char *buf, size_t size)
{
    format(buf, size, "%#x", version_features(current_vcpu()->domain));
}

static const struct hypfs_node version_dir[] = { MADE("major", make_major), MADE("minor", make_minor) };
static const struct hypfs_node buildinfo_dir[] = {
    LEAF("changeset", HV_CHANGESET),
    LEAF("compile_by", HV_COMPILE_BY),
    LEAF("compile_date", HV_COMPILE_DATE),
    LEAF("compile_domain", HV_COMPILE_DOMAIN),
    LEAF("compiler", HV_COMPILER),
    DIRECTORY("version", version_dir),
};
static const struct hypfs_node pool0_dir[] = { LEAF("sched-gran", "cpu") };
static const struct hypfs_node cpupool_dir[] = { DIRECTORY("0", pool0_dir) };
static const struct hypfs_node params_dir[] = { MADE("cmdline", make_cmdline) };
static const struct hypfs_node self_dir[] = {
    MADE("features", make_features),
    MADE("hypervisor-range", make_hypervisor_range),
};
static const struct hypfs_node root_dir[] = {
    DIRECTORY("buildinfo", buildinfo_dir),
    DIRECTORY("cpupool", cpupool_dir),
    DIRECTORY("params", params_dir),
    DIRECTORY("self", self_dir),
};
static const struct hypfs_node root = DIRECTORY("", root_dir);

static const char *node_text(const struct hypfs_node *n, char *buf)
{
    if (n->make)
        n->make(buf, TEXT_MAX);
    return n->make ? buf : n->text;
}

/* The child of @dir whose name is the @len bytes at @name. */
static const struct hypfs_node *node_child(const struct hypfs_node *dir, const char *name, size_t len)
{
    for (unsigned int i = 0; i < dir->children; i++)
        if (strlen(dir->child[i].name) == len && !memcmp(dir->child[i].name, name, len))
            return &dir->child[i];
    return NULL;
}

static const struct hypfs_node *node_by_path(const char *path)
{
    const struct hypfs_node *n = &root;

    while (n && *++path) {
        const char *slash = strchr(path, '/');
        size_t len = slash ? (size_t)(slash - path) : strlen(path);
        n = node_child(n, path, len);
        path += len - (slash ? 0 : 1);
    }
    return n;
}

static uint32_t entry_size(const struct hypfs_node *n)
{
    return (uint32_t)ROUND_UP(offsetof(struct xen_hypfs_dirlistentry, name) + strlen(n->name) + 1,
                              _Alignof(struct xen_hypfs_dirlistentry));
}

static xen_hypfs_direntry_t node_entry(const struct hypfs_node *n)
{
    char buf[TEXT_MAX];
    xen_hypfs_direntry_t e = { .type = n->child ? XEN_HYPFS_TYPE_DIR : XEN_HYPFS_TYPE_STRING, .encoding = XEN_HYPFS_ENC_PLAIN };

    if (!n->child)
        e.content_len = (uint32_t)strlen(node_text(n, buf)) + 1;
    for (unsigned int i = 0; i < n->children; i++)
        e.content_len += entry_size(&n->child[i]);
    return e;
}

static int list_child(const struct hypfs_node *dir, unsigned int i, uint64_t at)
{
    union { struct xen_hypfs_dirlistentry entry; char bytes[sizeof(struct xen_hypfs_dirlistentry) + 32]; } out = { .bytes = { 0 } };
    const struct hypfs_node *n = &dir->child[i];
    uint32_t size = entry_size(n);

    out.entry.e = node_entry(n);
    out.entry.off_next = i + 1 < dir->children ? (uint16_t)size : 0;
    memcpy(out.bytes + offsetof(struct xen_hypfs_dirlistentry, name), n->name, strlen(n->name) + 1);
    return arch_copy_to_guest(at, &out, size);
}

static long node_read(const struct hypfs_node *n, uint64_t to, uint64_t room)
{
    const xen_hypfs_direntry_t e = node_entry(n);
    char buf[TEXT_MAX];

    if (room < sizeof(e))
        return -ENOBUFS;
    if (copy_to_guest_va(to, &e))
        return -EFAULT;
    if (room < sizeof(e) + e.content_len)
        return -ENOBUFS;
    to += sizeof(e);
    if (!n->child)
        return arch_copy_to_guest(to, node_text(n, buf), e.content_len);
    for (unsigned int i = 0; i < n->children; i++) {
        if (list_child(n, i, to))
            return -EFAULT;
        to += entry_size(&n->child[i]);
    }
    return 0;
}

static long path_find(uint64_t va, uint64_t len, const struct hypfs_node **out)
{
    char path[PATH_MAX];

    if (!len || len > sizeof(path))
        return -EINVAL;
    if (arch_copy_from_guest(path, va, len))
        return -EFAULT;
    if (path[0] != '/' || strnlen(path, len) != len - 1)
        return -EINVAL;
    *out = node_by_path(path);
    return *out ? 0 : -ENOENT;
}

long hypercall_hypfs_op(struct hypercall *call)
{
    const uint64_t *arg = call->arg;
    const struct hypfs_node *n;
    long rc;

    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    switch ((uint32_t)arg[0]) {
    case XEN_HYPFS_OP_get_version:
        return arg[1] || arg[2] || arg[3] || arg[4] ? -EINVAL : XEN_HYPFS_VERSION;
    case XEN_HYPFS_OP_read:
        rc = path_find(arg[1], arg[2], &n);
        return rc ? rc : node_read(n, arg[3], arg[4]);
    case XEN_HYPFS_OP_write_contents:
        rc = path_find(arg[1], arg[2], &n);
        return rc ? rc : -EACCES;
    }
    return -EOPNOTSUPP;
}
