/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share. */
#ifndef CORE_DOMAIN_DOMAIN_H
#define CORE_DOMAIN_DOMAIN_H

#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/log.h"

#include <arch/current.h>

/** Makes @d findable. 0, -EEXIST, -ENOMEM. */
int domain_table_add(struct domain *d);
void domain_table_remove(struct domain *d);
/** Which of the ids 64 * @word to 64 * @word + 63 have a domain in the table. */
uint64_t domain_table_present(unsigned int word);

/** A zeroed domain with its locks and counters ready, one reference; NULL: no memory. */
struct domain *domain_alloc(domid_t id, enum domain_type type, uint32_t max_vcpus);
/** Its opposite: the memory of the structure itself. */
void domain_free(struct domain *d);
/** The tasklet that runs when no reference is left. */
void domain_gone(void *domain);

/** The lock of its shutdown, and the tasklet that notifies of it. */
void domain_shutdown_init(struct domain *d);
void domain_watchdogs_init(struct domain *d);
void domain_watchdogs_stop(struct domain *d);

#endif
