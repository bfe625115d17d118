/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See hv/claim.h. A domain's part is under its frames_lock, the sum is changed and read atomically. */
#include "hv/claim.h"

#include "hv/domain.h"
#include "hv/errno.h"
#include "hv/heap.h"

static uint64_t outstanding;
static spinlock_t claim_lock = SPINLOCK_INIT(LOCK_LEAF); /* that two claims together don't promise too much */

uint64_t claim_outstanding(void) { return __atomic_load_n(&outstanding, __ATOMIC_RELAXED); }

bool claim_admits(const struct domain *d, uint64_t nr)
{
    uint64_t others = claim_outstanding() - READ_ONCE(d->outstanding_pages), free = heap_free_frames();

    return free >= others && free - others >= nr;
}

void claim_consume(struct domain *d, uint64_t nr)
{
    nr = MIN(nr, d->outstanding_pages);
    d->outstanding_pages -= nr;
    __atomic_fetch_sub(&outstanding, nr, __ATOMIC_RELAXED);
}

static int claim_reserve(struct domain *d, uint64_t want)
{
    uint64_t free = heap_free_frames();
    irqflags_t flags = spin_lock_irqsave(&claim_lock);
    int rc = outstanding > free || want > free - outstanding ? -ENOMEM : 0;

    if (!rc) {
        d->outstanding_pages = want;
        __atomic_fetch_add(&outstanding, want, __ATOMIC_RELAXED);
    }
    spin_unlock_irqrestore(&claim_lock, flags);
    return rc;
}

int domain_claim(struct domain *d, uint64_t pages)
{
    int rc = 0;

    spin_lock(&d->frames_lock);
    if (!pages)
        claim_consume(d, d->outstanding_pages);
    else if (d->outstanding_pages || pages <= d->tot_pages || pages > d->max_pages || d->life >= DOMAIN_DYING)
        rc = -EINVAL;
    else
        rc = claim_reserve(d, pages - d->tot_pages);
    spin_unlock(&d->frames_lock);
    return rc;
}
