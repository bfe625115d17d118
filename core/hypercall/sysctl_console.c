/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message ring, and debug keys from a tool. */
#include "hv/console.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define KEYS_MAX 256u

#define TEXT_ON_STACK 256u /* what a console daemon asks for is in one of our pages */

long sysctl_readconsole(struct sysctl_call *c)
{
    struct xen_sysctl_readconsole *op = &c->op.u.readconsole;
    size_t room = MIN((size_t)op->count, console_ring_size());

    char few[TEXT_ON_STACK], *many = room > sizeof(few) ? hv_zalloc(room) : NULL, *text = many ? many : few;
    if (room > sizeof(few) && !many)
        return -ENOMEM;
    uint32_t index = op->index;
    size_t len = console_read_ring(text, room, false, op->incremental, &index);
    long rc = copy_array_to_guest(guest_handle_va(op->buffer), text, len);
    if (!rc && op->clear)
        console_read_ring(text, 0, true, false, &(uint32_t){ 0 }); /* only what the caller has got */
    if (many)
        hv_free(many);
    op->index = index;
    op->count = (uint32_t)len;
    c->copy_back = !rc;
    return rc;
}

long sysctl_debug_keys(struct sysctl_call *c)
{
    const struct xen_sysctl_debug_keys *op = &c->op.u.debug_keys;
    char keys[KEYS_MAX];

    if (op->nr_keys > KEYS_MAX)
        return -E2BIG;
    if (copy_array_from_guest(keys, guest_handle_va(op->keys), op->nr_keys))
        return -EFAULT;
    for (uint32_t i = 0; i < op->nr_keys; i++)
        debug_key_handle(keys[i]);
    return 0;
}
