/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walking the tree and making what a node says. A directory of domains or pools has no nodes of its own: each name is
 * looked up among those that exist, and what lies below is one constant directory, read together with the domain.
 */
#include "base/format.h"
#include "core/hypercall/hypfs.h"
#include "hv/cpupool.h"
#include "hv/domain.h"

void hypfs_add(struct hypfs_out *out, const char *fmt, ...)
{
    size_t left = out->len < out->room ? out->room - out->len : 0;
    va_list args;

    va_start(args, fmt);
    out->len += (size_t)vformat(left ? out->buf + out->len : NULL, left, fmt, args);
    va_end(args);
}

/** Adds @len bytes, all or (where there is not room for all) only their length. */
static void hypfs_add_bytes(struct hypfs_out *out, const void *bytes, size_t len)
{
    if (out->len <= out->room && len <= out->room - out->len)
        memcpy(out->buf + out->len, bytes, len);
    out->len += len;
}

/* What the children of a directory of domains or pools have. */
static const struct hypfs_node *each_node(uint8_t each)
{
    static const struct hypfs_node domain = { .name = "", .dir = &arch_hypfs_domain };
    static const struct hypfs_node pool = { .name = "", .dir = &hypfs_pool_dir };

    return each == HYPFS_EACH_DOMAIN ? &domain : &pool;
}

/* A name in such a directory is a number in the one way of writing it. */
static bool parse_name(const char *name, size_t len, uint32_t *id)
{
    *id = 0;
    if (!len || len > 9 || (len > 1 && name[0] == '0'))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
        *id = *id * 10 + (uint32_t)(name[i] - '0');
    }
    return true;
}

static bool step_each(struct hypfs_at *at, const char *name, size_t len)
{
    uint32_t id;
    uint8_t each = at->node->each;

    if (!parse_name(name, len, &id))
        return false;
    at->node = each_node(each);
    if (each == HYPFS_EACH_POOL)
        return cpupool_policy(id);
    at->d = id < DOMID_FIRST_RESERVED ? domain_get_by_id((domid_t)id) : NULL;
    return at->d;
}

/* To the child of @at whose name is the @len bytes at @name. */
static bool step(struct hypfs_at *at, const char *name, size_t len)
{
    const struct hypfs_node *n = at->node;

    if (n->each)
        return step_each(at, name, len);
    for (unsigned int i = 0; n->dir && i < n->dir->children; i++)
        if (strlen(n->dir->child[i].name) == len && !memcmp(n->dir->child[i].name, name, len)) {
            at->node = &n->dir->child[i];
            return true;
        }
    return false;
}

int hypfs_find(const char *path, struct hypfs_at *at)
{
    *at = (struct hypfs_at){ .node = &hypfs_root };
    while (*++path) {
        const char *slash = strchr(path, '/');
        size_t len = slash ? (size_t)(slash - path) : strlen(path);
        if (!step(at, path, len)) {
            hypfs_leave(at);
            return -ENOENT;
        }
        path += len - (slash ? 0 : 1);
    }
    return 0;
}

void hypfs_leave(struct hypfs_at *at)
{
    if (at->d)
        domain_put(at->d);
    at->d = NULL;
}

xen_hypfs_direntry_t hypfs_entry(const struct hypfs_node *n, size_t len)
{
    return (xen_hypfs_direntry_t){
        .type = n->dir ? XEN_HYPFS_TYPE_DIR : n->flag ? XEN_HYPFS_TYPE_BOOL : XEN_HYPFS_TYPE_STRING,
        .encoding = XEN_HYPFS_ENC_PLAIN,
        .content_len = (uint32_t)len,
        .max_write_len = n->flag ? 1 : n->set ? HYPFS_SET_MAX : 0,
    };
}

/* The entry of @at under @name; *last becomes where it lies. */
static int add_entry(struct hypfs_out *out, const struct hypfs_at *at, const char *name, size_t *last)
{
    static const char padding[_Alignof(struct xen_hypfs_dirlistentry)];
    const size_t head = offsetof(struct xen_hypfs_dirlistentry, name), used = head + strlen(name) + 1;
    const size_t size = ROUND_UP(used, _Alignof(struct xen_hypfs_dirlistentry));
    struct xen_hypfs_dirlistentry entry = { .off_next = (uint16_t)size };
    struct hypfs_out content = { NULL, 0, 0 };

    if (out->room) { /* the first time, only names count */
        int rc = hypfs_content(at, &content);
        if (rc)
            return rc;
    }
    entry.e = hypfs_entry(at->node, content.len);
    *last = out->len;
    hypfs_add_bytes(out, &entry, head);
    hypfs_add_bytes(out, name, used - head);
    hypfs_add_bytes(out, padding, size - used);
    return 0;
}

/* The first thing of a kind from *id on, with a reference in @at if it is a domain. */
static bool each_next(struct hypfs_at *at, uint8_t each, uint32_t *id)
{
    uint32_t domains;
    cpumask_t cpus;

    if (each == HYPFS_EACH_POOL)
        return !cpupool_info(id, &domains, &cpus, NULL);
    at->d = domain_get_next((domid_t)*id);
    if (at->d)
        *id = at->d->id;
    return at->d;
}

static int list_each(struct hypfs_out *out, uint8_t each, size_t *last)
{
    struct hypfs_at at = { .node = each_node(each) };
    int rc = 0;

    for (uint32_t id = 0; !rc && each_next(&at, each, &id); id++) {
        char name[12];
        format(name, sizeof(name), "%u", id);
        rc = add_entry(out, &at, name, last);
        hypfs_leave(&at);
    }
    return rc;
}

static int list_nodes(struct hypfs_out *out, const struct hypfs_at *at, size_t *last)
{
    int rc = 0;

    for (unsigned int i = 0; !rc && i < at->node->dir->children; i++) {
        const struct hypfs_at child = { .node = &at->node->dir->child[i], .d = at->d };
        rc = add_entry(out, &child, child.node->name, last);
    }
    return rc;
}

static int list(struct hypfs_out *out, const struct hypfs_at *at)
{
    size_t last = 0;
    int rc = at->node->each ? list_each(out, at->node->each, &last) : list_nodes(out, at, &last);

    if (!rc && out->len <= out->room)
        memset(out->buf + last + offsetof(struct xen_hypfs_dirlistentry, off_next), 0, sizeof(uint16_t));
    return rc;
}

int hypfs_content(const struct hypfs_at *at, struct hypfs_out *out)
{
    const struct hypfs_node *n = at->node;
    int rc = 0;

    if (n->dir)
        return list(out, at);
    if (n->flag) {
        uint8_t on = READ_ONCE(*n->flag);
        hypfs_add_bytes(out, &on, 1);
        return 0;
    }
    if (n->make)
        rc = n->make(out, at->d);
    else
        hypfs_add(out, "%s", n->text);
    hypfs_add_bytes(out, "", 1);
    return rc;
}
