/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A toolstack on the simulated machine: dom0 makes domctls and sysctls, as libxc would, about itself and about a domain
 * with two vCPUs.
 */
#ifndef TEST_TOOLSTACK_WORLD_H
#define TEST_TOOLSTACK_WORLD_H

#include "sim_test.h"

#include "guest.h"
#include "hv/toolstack.h"

static struct domain *dom0, *domu;
static struct vcpu *caller;

static inline void start(void)
{
    sim_start(&(struct sim_config){ .frames = 32768, .cpus = 4 });
    sim_guest_window(box, sizeof(box));
    dom0 = sim_domain(0, 1);
    dom0->is_privileged = true;
    domu = sim_domain(1, 2);
    sim_settle();
    caller = dom0->vcpu[0];
}

/* The numbers of the tools that call: of the headers that this was built with, unless a test says otherwise. */
static uint32_t domctl_number = XEN_DOMCTL_INTERFACE_VERSION, sysctl_number = XEN_SYSCTL_INTERFACE_VERSION;

static inline long domctl(uint32_t cmd, domid_t id, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = cmd == XEN_DOMCTL_get_domain_state ? 0 : domctl_number;
    op->domain = id;
    memcpy(box, op, sizeof(*op));
    long rc = guest_call(caller, hypercall_domctl, BOX, 0, 0);
    memcpy(op, box, sizeof(*op));
    return rc;
}

static inline long sysctl_op(uint32_t cmd, struct xen_sysctl *op)
{
    op->cmd = cmd;
    op->interface_version = sysctl_number;
    memcpy(box, op, sizeof(*op));
    long rc = guest_call(caller, hypercall_sysctl, BOX, 0, 0);
    memcpy(op, box, sizeof(*op));
    return rc;
}

/* Room for what handles point to, behind the operation. */
#define AREA (box + 4096)

static const struct xen_domctl_createdomain good = { .max_vcpus = 2, .max_evtchn_port = 1023, .max_grant_frames = -1,
                                                     .max_maptrack_frames = -1, .grant_opts = 1 };

#endif
