/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another domain's view of the hypervisor: see xenolith.h. */
#include "hv/toolstack.h"
#include "hv/version.h"

#include <toolstack_handlers.h>

long domctl_xenolith_view(struct domctl_call *c)
{
    struct xenolith_domctl_view view;

    version_view(c->d, &view);
    memset(&c->op.u, 0, sizeof(c->op.u));
    memcpy(&c->op.u, &view, sizeof(view));
    c->copy_back = true;
    return 0;
}
