/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a domain's grant table is in use, for the debug key. */
#include "core/grant/grant.h"

#include "hv/log.h"

#define SHOWN_MAX 32u /* entries of a domain */

static void show_entry(uint32_t ref, const struct grant_active *a)
{
    if (a->transitive)
        log_error("    entry %u: for domain %u by way of domain %u, entry %u: %u uses", ref, a->domid, a->via,
                  a->via_ref, a->readers + a->writers);
    else
        log_error("    entry %u: frame %#lx for domain %u, %u readers and %u writers", ref, (unsigned long)a->gfn,
                  a->domid, a->readers, a->writers);
}

/* Copies of at most SHOWN_MAX entries that are in use; how many there are. */
static uint32_t entries_in_use(struct grant_table *gt, uint32_t *refs, struct grant_active *copies)
{
    uint32_t found = 0;

    for (uint32_t ref = 0; ref < grant_entries(gt); ref++) {
        const struct grant_active *a = grant_active_of(gt, ref);
        if (!a->readers && !a->writers)
            continue;
        if (found < SHOWN_MAX) {
            refs[found] = ref;
            copies[found] = *a;
        }
        found++;
    }
    return found;
}

void grant_table_report(struct domain *d)
{
    struct grant_table *gt = d->grants;
    uint32_t refs[SHOWN_MAX];
    struct grant_active entries[SHOWN_MAX];

    if (!gt || !spin_trylock(&gt->lock)) {
        log_error("  domain %u: grant table is %s", d->id, gt ? "being changed" : "missing");
        return;
    }
    uint32_t used = entries_in_use(gt, refs, entries), frames = gt->nr_frames, version = gt->version;
    spin_unlock(&gt->lock);
    log_error("  domain %u: version %u, %u frames of %u, %u entries in use; has mapped %u of others in %u frames of %u",
              d->id, version, frames, gt->max_frames, used, gt->maptrack_used, gt->maptrack_frames, gt->maptrack_max);
    for (uint32_t i = 0; i < MIN(used, SHOWN_MAX); i++)
        show_entry(refs[i], &entries[i]);
    if (used > SHOWN_MAX)
        log_error("    and %u more", used - SHOWN_MAX);
}
