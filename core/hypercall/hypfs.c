/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypfs_op(cmd, ...): a small tree of facts and switches, read and written by path (xen/hypfs.h). An answer is made
 * whole before any of it is copied out, so that its length, its entries and its text agree whatever changes meanwhile.
 */
#include "core/hypercall/hypfs.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/log.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

#define PATH_MAX 1024u
#define TRIES    4 /* for an answer that grew while it was made */

/* *out is the content, for hv_free(). */
static int answer_make(const struct hypfs_at *at, size_t size, struct hypfs_out *out)
{
    for (unsigned int i = 0; i < TRIES; i++) {
        *out = (struct hypfs_out){ .buf = hv_zalloc(size), .room = size };
        int rc = out->buf ? hypfs_content(at, out) : -ENOMEM;
        if (!rc && out->len <= size)
            return 0;
        hv_free(out->buf);
        if (rc)
            return rc;
        size = out->len;
    }
    return -EAGAIN;
}

static int answer_give(const struct hypfs_at *at, const struct hypfs_out *answer, uint64_t to, uint64_t room)
{
    const xen_hypfs_direntry_t e = hypfs_entry(at->node, answer->len);

    if (copy_to_guest_va(to, &e))
        return -EFAULT;
    if (room - sizeof(e) < answer->len)
        return -ENOBUFS;
    return answer->buf ? arch_copy_to_guest(to + sizeof(e), answer->buf, answer->len) : 0;
}

static long node_read(const struct hypfs_at *at, uint64_t to, uint64_t room)
{
    struct hypfs_out answer = { NULL, 0, 0 };

    if (room < sizeof(xen_hypfs_direntry_t))
        return -ENOBUFS;
    int rc = hypfs_content(at, &answer);
    if (!rc && room - sizeof(xen_hypfs_direntry_t) >= answer.len)
        rc = answer_make(at, answer.len, &answer);
    if (rc)
        return rc;
    rc = answer_give(at, &answer, to, room);
    hv_free(answer.buf);
    return rc;
}

static long text_write(const struct hypfs_node *n, uint64_t from, uint64_t size)
{
    char text[HYPFS_SET_MAX];

    if (size > sizeof(text))
        return -ENOSPC;
    if (!size || arch_copy_from_guest(text, from, size))
        return size ? -EFAULT : -EINVAL;
    if (strnlen(text, size) != size - 1)
        return -EINVAL;
    int rc = n->set(text);
    if (!rc)
        log_info("d%u: hypfs: %s is %s", current_vcpu()->domain->id, n->name, text);
    return rc;
}

static long node_write(const struct hypfs_at *at, uint64_t from, uint64_t size)
{
    uint8_t on;

    if (at->node->set)
        return text_write(at->node, from, size);
    if (!at->node->flag)
        return -EACCES;
    if (size != sizeof(on))
        return size > sizeof(on) ? -ENOSPC : -EDOM;
    if (copy_from_guest_va(&on, from))
        return -EFAULT;
    if (on > 1)
        return -EINVAL;
    WRITE_ONCE(*at->node->flag, on);
    log_info("d%u: hypfs: %s is %s", current_vcpu()->domain->id, at->node->name, on ? "on" : "off");
    return 0;
}

static long path_find(uint64_t va, uint64_t len, struct hypfs_at *at)
{
    char path[PATH_MAX];

    if (!len || len > sizeof(path))
        return -EINVAL;
    if (arch_copy_from_guest(path, va, len))
        return -EFAULT;
    if (path[0] != '/' || strnlen(path, len) != len - 1)
        return -EINVAL;
    return hypfs_find(path, at);
}

static long path_op(const uint64_t *arg, long (*fn)(const struct hypfs_at *at, uint64_t va, uint64_t size))
{
    struct hypfs_at at;
    long rc = path_find(arg[1], arg[2], &at);

    if (rc)
        return rc;
    rc = fn(&at, arg[3], arg[4]);
    hypfs_leave(&at);
    return rc;
}

long hypercall_hypfs_op(struct hypercall *call)
{
    const uint64_t *arg = call->arg;

    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    switch ((uint32_t)arg[0]) {
    case XEN_HYPFS_OP_get_version:
        return arg[1] || arg[2] || arg[3] || arg[4] ? -EINVAL : XEN_HYPFS_VERSION;
    case XEN_HYPFS_OP_read:
        return path_op(arg, node_read);
    case XEN_HYPFS_OP_write_contents:
        return path_op(arg, node_write);
    }
    return -EOPNOTSUPP;
}
