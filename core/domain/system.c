/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains that are no guests: owners of frames that are nobody's RAM, and the home of idle vCPUs. */
#include "core/domain/domain.h"
#include "hv/frame.h"

struct domain *domain_idle;

int domain_init_system(void)
{
    frame_put_later_init();
    if (!domain_idle)
        domain_idle = domain_alloc(DOMID_IDLE, DOMAIN_IDLE, CPU_MAX);
    if (!domain_io)
        domain_io = domain_alloc(DOMID_IO, DOMAIN_SYSTEM, 0);
    if (!domain_xen)
        domain_xen = domain_alloc(DOMID_XEN, DOMAIN_SYSTEM, 0);
    return domain_idle && domain_io && domain_xen ? 0 : -ENOMEM;
}
