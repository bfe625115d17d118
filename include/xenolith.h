/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Xenolith adds to the Xen ABI, for its own tools. Include it through public.h.
 *
 * XEN_DOMCTL_xenolith_view says what a domain is told of the hypervisor when it asks: the answers of its XENVER_*
 * calls, which depend on the domain that asks, and which a toolstack could otherwise not know of any domain but its
 * own. The number lies far above those of Xen; there it is an unknown operation (-ENOSYS).
 */
#ifndef XENOLITH_H
#define XENOLITH_H

#include <stdint.h>

#define XEN_DOMCTL_xenolith_view 0x786e

enum { XENOLITH_GUEST_PV64, XENOLITH_GUEST_PV32, XENOLITH_GUEST_PVH };

#define XENOLITH_VIEW_control  1u /* may use domctl and sysctl */
#define XENOLITH_VIEW_hardware 2u /* owns the machine's devices: dom0 */

#define XENOLITH_VIEW_CAPABILITIES 64

/** All fields are answers. */
struct xenolith_domctl_view {
    uint32_t type;       /* XENOLITH_GUEST_* */
    uint32_t flags;      /* XENOLITH_VIEW_* */
    uint32_t features;   /* XENVER_get_features, submap 0 */
    uint32_t pad;        /* 0 */
    uint64_t virt_start; /* XENVER_platform_parameters */
    uint64_t hv_start;   /* first and last address that are the hypervisor's in this domain; both 0: none */
    uint64_t hv_last;
    char capabilities[XENOLITH_VIEW_CAPABILITIES]; /* XENVER_capabilities, cut if need be, NUL-terminated */
};

_Static_assert(sizeof(struct xenolith_domctl_view) == 104, "the layout is part of the interface");

#endif
