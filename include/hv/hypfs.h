/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes of the tree that the hypercall hypfs_op shows (xen/hypfs.h). Nodes are constant; what they say may be made when
 * it is read. The tree is core's; the directories named arch_hypfs_* below are what an architecture has to say, and
 * core does not look into them.
 */
#ifndef HV_HYPFS_H
#define HV_HYPFS_H

#include "hv/compiler.h"
#include "hv/types.h"

struct domain;

/**
 * Where content goes. Made twice, first with no room, to learn its length: everything is counted,
 * what has room is kept.
 */
struct hypfs_out {
    char *buf;
    size_t room, len;
};
/** Adds text, as far as there is room, and its whole length without the NUL. */
void hypfs_add(struct hypfs_out *out, const char *fmt, ...) __printf_like(2, 3);

struct hypfs_node;
struct hypfs_dir {
    const struct hypfs_node *child; /* in the order of names */
    unsigned int children;          /* at least 1 */
};

/** A directory may have one directory, all alike, for each thing of a kind that exists, named by its number. */
enum hypfs_each { HYPFS_ONE, HYPFS_EACH_DOMAIN, HYPFS_EACH_POOL };

#define HYPFS_SET_MAX 64u /* bytes that `set` takes, the NUL included */

/** One of text, make, flag and dir is set. */
struct hypfs_node {
    const char *name;
    const char *text;            /* a constant text */
    /* Makes a text about @d, the domain whose directory the node is in (NULL elsewhere). 0, -ENOMEM. */
    int (*make)(struct hypfs_out *out, const struct domain *d);
    int (*set)(const char *text); /* beside make: control domains may write it. 0, -EINVAL */
    bool *flag;                  /* a switch that control domains may set */
    const struct hypfs_dir *dir;
    uint8_t each;                /* enum hypfs_each: `dir` is what each of them has */
};

#define HYPFS_DIR(c) { .child = (c), .children = ARRAY_SIZE(c) }

/**
 * Arch duties: /arch, about the machine, and /domain/ID, about a domain.
 * Control domains read them at any time, on any CPU.
 */
extern const struct hypfs_dir arch_hypfs_machine, arch_hypfs_domain;

#endif
