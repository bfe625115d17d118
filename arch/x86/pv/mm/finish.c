/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes are frame numbers plus one, by level: L2, L3, L4 (level 1 is never partial), two of each, because a table
 * may have to wait for another one of its level (linear.c). A note proves nothing: the frame may have been finished by
 * another vCPU, freed, and given to another domain since. So a reference is taken for whoever owns it now, and
 * frame_type_undo() looks at the frame's own state; at worst it makes somebody begin again.
 */
#include "pv/mm/finish.h"

#include "hv/domain.h"
#include "hv/percpu.h"
#include "pv/mm/types.h"

#define LOWEST_PARTIAL  FT_L2
#define NOTES_PER_LEVEL (PV_MM_UNFINISHED / 3)

void pv_mm_unfinished(struct frame *f)
{
    uint64_t *note = current_vcpu()->arch.pv.mm_unfinished;
    enum frame_type type = ftw_type(ftw_load(f));

    if (type < LOWEST_PARTIAL || type > FT_L4)
        return;
    note += (type - LOWEST_PARTIAL) * NOTES_PER_LEVEL;
    for (unsigned int i = 0; i < NOTES_PER_LEVEL; i++)
        if (!note[i]) {
            note[i] = frame_to_mfn(f).nr + 1;
            return;
        }
}

long pv_mm_enter(void)
{
    struct vcpu *v = current_vcpu();

    return likely(v->domain->type == DOMAIN_PV) ? pv_mm_finish(v) : -ENOSYS;
}

bool pv_mm_has_unfinished(const struct vcpu *v)
{
    const uint64_t *note = v->arch.pv.mm_unfinished;

    for (unsigned int i = 0; i < PV_MM_UNFINISHED; i++)
        if (note[i])
            return true;
    return false;
}

static int finish_one(uint64_t nr)
{
    struct frame *f = mfn_to_frame(mfn(nr));
    unsigned int owner = frame_owner_id(f);
    int rc;

    if (owner >= DOMID_FIRST_RESERVED || !frame_get_of(f, owner)) /* it is no guest's any more */
        return 0;
    rc = frame_type_undo(f);
    frame_put(f);
    return rc;
}

/** Lowest level first: undoing a table may leave one of the levels below, whose place must be free. */
int pv_mm_finish_slow(struct vcpu *v)
{
    uint64_t *note = v->arch.pv.mm_unfinished;

    for (unsigned int i = 0; i < PV_MM_UNFINISHED; i++) {
        uint64_t nr = note[i];

        if (!nr)
            continue;
        note[i] = 0;
        if (finish_one(nr - 1))
            return -ERESTART;
    }
    return 0;
}
