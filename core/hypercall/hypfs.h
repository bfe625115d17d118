/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside core: a place in the tree, and what is there. */
#ifndef CORE_HYPERCALL_HYPFS_H
#define CORE_HYPERCALL_HYPFS_H

#include "hv/hypfs.h"
#include "public.h"

extern const struct hypfs_node hypfs_root;
extern const struct hypfs_dir hypfs_params_dir, hypfs_pool_dir;

struct hypfs_at {
    const struct hypfs_node *node;
    struct domain *d; /* whose directory it is or lies in, referenced; NULL outside of such */
};

/** Goes to absolute @path: 0 or -ENOENT. hypfs_leave() on success. */
int hypfs_find(const char *path, struct hypfs_at *at);
void hypfs_leave(struct hypfs_at *at);

/** What a read gives: text with its NUL, one byte for a switch, or the entries of a directory. 0, -ENOMEM. */
int hypfs_content(const struct hypfs_at *at, struct hypfs_out *out);

/** What the ABI says about a node whose content has @len bytes. */
xen_hypfs_direntry_t hypfs_entry(const struct hypfs_node *n, size_t len);

#endif
