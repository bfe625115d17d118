/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims: memory that is promised to a domain while it is being built, without saying which frames. What is claimed and
 * not taken yet, nobody else's domain gets; taking frames uses the claim up.
 */
#ifndef HV_CLAIM_H
#define HV_CLAIM_H

#include "hv/types.h"

/**
 * XENMEM_claim_pages: @d shall be able to have @pages in all. 0 gives up what is left of a claim. 0; -EINVAL: it has a
 * claim, has as many already, or may not have as many; -ENOMEM: there are not so many.
 */
int domain_claim(struct domain *d, uint64_t pages);
/** True if @d may take @nr free frames without touching what others claim. */
bool claim_admits(const struct domain *d, uint64_t nr);
/** @d took @nr frames. frames_lock held. */
void claim_consume(struct domain *d, uint64_t nr);
/** Frames claimed by all domains and not taken yet. */
uint64_t claim_outstanding(void);

#endif
