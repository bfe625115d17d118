/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a simulated domain is shown: of PV, a range that no machine has. */
#include "hv/domain.h"
#include "hv/options.h"
#include "hv/version.h"

void arch_domain_view(const struct domain *d, struct xenolith_domctl_view *view)
{
    bool pv = d->type == DOMAIN_PV;

    view->type = pv ? XENOLITH_GUEST_PV64 : XENOLITH_GUEST_PVH;
    view->virt_start = hv_options.platform_params == OPTION_PLATFORM_PARAMS_LEGACY ? 0x1234000 : 0;
    view->hv_start = pv ? 0x1234000 : 0;
    view->hv_last = pv ? 0x5678fff : 0;
}
