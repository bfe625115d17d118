/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose frames an operation is about. */
#ifndef PV_MM_FOREIGN_H
#define PV_MM_FOREIGN_H

#include "hv/domain.h"
#include "hv/percpu.h"
#include "hv/physmap.h"

/**
 * The domain that @id means as an owner of frames, for the current domain: DOMID_SELF for itself; DOMID_IO; for control
 * domains DOMID_XEN and every other domain. 0, -ESRCH, -EPERM, -EOPNOTSUPP. Undone by foreign_put().
 */
int foreign_get(domid_t id, struct domain **out);
/** The owner of page tables as mmu_update has it: 0 for the current domain, else a domain's number plus one. */
int foreign_get_tables(uint32_t id_plus_1, struct domain **out);
void foreign_put(struct domain *d);

/**
 * Before entry *@e is to map a frame of @pg_owner, and without locks: if @pg_owner has guest frame numbers of its own,
 * the number in *@e is one, and becomes that of the frame, which is held until foreign_frame_put() with the same entry.
 * 0; -EINVAL: there is no such frame, or none that may be written.
 */
int foreign_frame(struct domain *pg_owner, uint64_t *e, struct frame **held);
void foreign_frame_put(struct frame *held, uint64_t e);
/** Frame @m of @pg_owner, which has guest frame numbers of its own, was mapped for writing. */
void foreign_frame_written(struct domain *pg_owner, mfn_t m);

#endif
