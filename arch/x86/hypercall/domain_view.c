/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the hypervisor lies in a domain's address space, and what the domain is shown of it. */
#include "hv/domain.h"
#include "hv/options.h"
#include "hv/version.h"
#include "x86/guest/ranges.h"

#include <arch/layout.h>

_Static_assert(GUEST_PV64_START == HV_VIRT_START && GUEST_PV64_LAST == HV_VIRT_END - 1, "what is told is what is kept");
_Static_assert(GUEST_M2P_START == M2P_VIRT && GUEST_M2P_LAST == M2P_VIRT_END - 1, "what is told is what is kept");

void arch_domain_view(const struct domain *d, struct xenolith_domctl_view *view)
{
    enum guest_abi abi = d->type == DOMAIN_HVM ? GUEST_HVM64 : GUEST_PV64;
    struct guest_range range;

    guest_hypervisor_range(abi, 0, &range);
    view->type = abi == GUEST_PV64 ? XENOLITH_GUEST_PV64 : XENOLITH_GUEST_PVH;
    view->virt_start = guest_virt_start(abi, 0, hv_options.platform_params == OPTION_PLATFORM_PARAMS_LEGACY);
    view->hv_start = range.start;
    view->hv_last = range.last;
}
