/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said about an L1 entry that a guest may not have: the line that its author looks for first. */
#include "pv/mm/refused.h"

#include "base/format.h"
#include "hv/frame.h"
#include "hv/log.h"
#include "pv/mm/entry.h"

#include <arch/current.h>

/* The guest learns its own frames' numbers anyway; whose another one is goes to the log alone. */
static void owner_text(mfn_t m, char *text, size_t size)
{
    if (!mfn_valid(m) || frame_owner_id(mfn_to_frame(m)) == DOMID_IO)
        format(text, size, "not of RAM");
    else if (!frame_refs(mfn_to_frame(m)) || frame_owner_id(mfn_to_frame(m)) == FRAME_OWNER_NONE)
        format(text, size, "of no domain"); /* free, or the hypervisor's own */
    else
        format(text, size, "of d%u", frame_owner_id(mfn_to_frame(m)));
}

int l1e_refused(const struct domain *d, uint64_t e, int rc)
{
    char owner[20];

    if (rc == -ERESTART)
        return rc; /* not refused: asked for again after what is under way */
    if (e & l1e_refused_flags(d)) {
        guest_log(current_vcpu(), LOG_INFO, "L1 entry %#lx has bits %#lx, which must be 0: refused, error %d",
                  (unsigned long)e, (unsigned long)(e & l1e_refused_flags(d)), rc);
        return rc;
    }
    owner_text(pte_mfn(e), owner, sizeof(owner));
    guest_log(current_vcpu(), LOG_INFO, "L1 entry %#lx names frame %#lx, %s: refused, error %d", (unsigned long)e,
              (unsigned long)pte_mfn(e).nr, owner, rc);
    return rc;
}
