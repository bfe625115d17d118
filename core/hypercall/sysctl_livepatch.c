/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live patches: there are none and none can be loaded, so the list is empty, and that much a tool may ask. */
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define LIST_MAX 1024u /* entries that a caller may ask for at once: xen/sysctl.h leaves it open, Xen has this */

static long livepatch_list(struct sysctl_call *c)
{
    struct xen_sysctl_livepatch_list *list = &c->op.u.livepatch.u.list;

    if (list->nr > LIST_MAX)
        return -E2BIG;
    if (list->pad)
        return -EINVAL;
    list->nr = list->version = list->name_total_size = list->metadata_total_size = 0;
    c->copy_back = true;
    return 0;
}

long sysctl_livepatch_op(struct sysctl_call *c)
{
    struct layout_livepatch_head head;

    livepatch_head_decode(&c->op.u.livepatch, &head);
    if (head.flags)
        return -EINVAL;
    return head.cmd == XEN_SYSCTL_LIVEPATCH_LIST ? livepatch_list(c) : -EOPNOTSUPP;
}
