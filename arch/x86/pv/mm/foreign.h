/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose frames an operation is about. */
#ifndef PV_MM_FOREIGN_H
#define PV_MM_FOREIGN_H

#include "hv/domain.h"
#include "hv/percpu.h"

/**
 * The domain that @id means as an owner of frames, for the current domain: DOMID_SELF and its own id for itself;
 * DOMID_IO; for control domains DOMID_XEN and every other domain. 0, -ESRCH, -EPERM. Undone by foreign_put().
 */
int foreign_get(domid_t id, struct domain **out);
/**
 * The same for what is changed or written, not mapped: device memory and the hypervisor's pages (-EPERM) are not that.
 */
int foreign_get_guest(domid_t id, struct domain **out);
void foreign_put(struct domain *d);

#endif
