/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child's console: a ring that is looked at now and then, so that no event channel of the child is taken. */
#include "nursery/nursery.h"

#define LINE 240u

static char line[LINE + 1];
static unsigned int len;

static void put(char ch)
{
    if (ch == '\r')
        return;
    if (ch != '\n')
        line[len++] = ch;
    if (ch != '\n' && len < LINE)
        return;
    line[len] = 0;
    printk("child: %s", line);
    len = 0;
}

void child_listen(const struct child *c)
{
    struct xencons_interface *ring = c->console ? child_window(c, c->console_pfn) : NULL;

    if (!ring)
        return;
    XENCONS_RING_IDX cons = ring->out_cons, prod = __atomic_load_n(&ring->out_prod, __ATOMIC_ACQUIRE);
    if (prod - cons > sizeof(ring->out))
        cons = prod;
    for (; cons != prod; cons++)
        put(ring->out[MASK_XENCONS_IDX(cons, ring->out)]);
    __atomic_store_n(&ring->out_cons, cons, __ATOMIC_RELEASE);
    child_window_close();
}
