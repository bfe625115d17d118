/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pin is a reference that a guest holds by name. Whoever clears the bit owes the references, so they are dropped
 * once. A domain that dies meanwhile: either we see that it dies after the pin is set, or the walk over its frames,
 * which begins after `life` has changed, sees the pin.
 */
#include "pv/mm/pin.h"

#include "pv/mm/update.h"

static int pin_drop(struct frame *f)
{
    if (!frame_unpin(f))
        return -EINVAL;
    return frame_put_typed(f) ? UPDATE_LEFTOVER : 0;
}

int table_pin(mfn_t m, struct domain *d, enum frame_type type)
{
    int rc = frame_get_typed(m, d, type);
    struct frame *f;

    if (rc)
        return rc;
    f = mfn_to_frame(m);
    if (!frame_pin(f)) {
        frame_put_typed(f); /* not the last: the pin has one */
        return -EINVAL;
    }
    if (likely(__atomic_load_n(&d->life, __ATOMIC_SEQ_CST) < DOMAIN_DYING))
        return 0;
    pin_drop(f); /* what is left over, the end of the domain finds */
    return -EINVAL;
}

int table_unpin(mfn_t m, struct domain *d)
{
    struct frame *f;
    int rc;

    f = frame_get_mfn(m, d);
    if (!f)
        return -EINVAL;
    rc = pin_drop(f);
    frame_put(f);
    return rc;
}
