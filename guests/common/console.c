/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console ring that a toolstack gives a domU: what is printed is seen by `xl console`. A reader that doesn't keep
 * up is waited for a while; then the rest is lost. A guest that has closed its event channels has no console any more;
 * one that was given no event channel has a reader that looks by itself.
 */
#include "guest.h"

#define PATIENCE 100000u

static struct xencons_interface *ring(void)
{
    return mfn_to_va(start_info->console.domU.mfn);
}

static bool connected(void)
{
    if (!start_info->console.domU.evtchn)
        return true;
    struct evtchn_status status = { .dom = DOMID_SELF, .port = start_info->console.domU.evtchn };

    return !hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, PTR(&status)) &&
           status.status == EVTCHNSTAT_interdomain;
}

static void notify(void)
{
    struct evtchn_send send = { .port = start_info->console.domU.evtchn };

    if (send.port)
        hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, PTR(&send));
}

static bool wait_for_room(const struct xencons_interface *c)
{
    for (unsigned int i = 0; i < PATIENCE; i++) {
        if (c->out_prod - __atomic_load_n(&c->out_cons, __ATOMIC_ACQUIRE) < sizeof(c->out))
            return true;
        if (!i)
            notify();
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
    return false;
}

static bool put(struct xencons_interface *c, char ch)
{
    if (!wait_for_room(c))
        return false;
    c->out[MASK_XENCONS_IDX(c->out_prod, c->out)] = ch;
    __atomic_store_n(&c->out_prod, c->out_prod + 1, __ATOMIC_RELEASE);
    return true;
}

void console_write(const char *text, size_t len)
{
    if (is_dom0() || !start_info->console.domU.mfn || !connected())
        return;
    for (size_t i = 0; i < len; i++)
        if ((text[i] == '\n' && !put(ring(), '\r')) || !put(ring(), text[i]))
            return;
    notify();
}
