/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain holds, part by part. */
#ifndef CORE_DOMAIN_PARTS_H
#define CORE_DOMAIN_PARTS_H

#include "hv/domain.h"

/** Makes all parts of a new domain. On error none of them is left. */
int domain_parts_create(struct domain *d, const struct domain_config *config);
/** The dying domain gives them up, the last made first. 0 or -ERESTART; d->teardown has the progress. */
int domain_parts_release(struct domain *d);
/** The dead domain takes back what others may still map; false while somebody does. Again is no error. */
bool domain_parts_unshare(struct domain *d);
/** What it still holds at its end, because others name it, or it them; NULL: nothing. */
const char *domain_parts_held(struct domain *d);
/** Frees them. Nobody finds the domain any more. */
void domain_parts_destroy(struct domain *d);

#endif
