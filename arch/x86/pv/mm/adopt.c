/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dom0's first page tables, written by its builder, come under the law. */
#include "hv/log.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"

int pv_mm_adopt_root(struct vcpu *v, mfn_t l4)
{
    int rc;

    do {
        rc = frame_get_typed(l4, v->domain, FT_L4);
    } while (rc == -ERESTART);
    if (rc)
        return rc;
    if (!frame_pin(mfn_to_frame(l4))) {
        frame_put_typed(mfn_to_frame(l4));
        return -EINVAL;
    }
    return pv_set_kernel_root(v, l4); /* valid now: cannot be interrupted, and there is no former root */
}
