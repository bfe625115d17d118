/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which check belongs to which type. Only tables hold references; a descriptor page is checked and holds none. */
#include "pv/mm/validate.h"

static struct domain *frame_owner(const struct frame *f)
{
    return domain_by_owner_id(frame_owner_id(f));
}

int frame_validate(struct frame *f, enum frame_type type, unsigned int *progress)
{
    struct domain *d = frame_owner(f);
    int rc;

    switch (type) {
    case FT_WRITABLE:
    case FT_SHARED:
        return 0;
    case FT_SEG_DESC:
        return seg_desc_validate(f);
    case FT_L1:
        return d ? l1_validate(f, d, progress) : -EINVAL;
    case FT_L2:
    case FT_L3:
    case FT_L4:
        if (!d)
            return -EINVAL;
        rc = table_validate(f, d, type, progress);
        if (!rc && type == FT_L4)
            l4_finish(f);
        return rc;
    default:
        return -EINVAL;
    }
}

int frame_invalidate(struct frame *f, enum frame_type type, unsigned int *progress)
{
    if (type == FT_L1) {
        l1_invalidate(f, frame_owner(f), progress);
        return 0;
    }
    if (type == FT_L4 && *progress == PTE_ENTRIES)
        l4_clear(f);
    return table_invalidate(f, type, progress);
}
