/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables: a domain lets another map or copy a frame of its, by an entry of a table that both the domain and we
 * read. struct grant_table is private to core/grant.
 */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include "hv/types.h"

/**
 * Limits in frames of the table (1..) and of the maptrack (0: the domain can map nothing), at most what the options
 * gnttab_max_frames and gnttab_max_maptrack_frames say; @opts as XEN_DOMCTL_GRANT_*: the highest version. 0, -EINVAL,
 * -ENOMEM.
 */
int grant_table_init(struct domain *d, uint32_t max_frames, uint32_t max_maptrack_frames, uint32_t opts);
/** The dying domain gives up what it has mapped of others. 0 or -ERESTART. */
int grant_table_release_mappings(struct domain *d);
/** How many grants of others the domain has mapped. */
uint32_t grant_table_maps(const struct domain *d);
/**
 * Ends the sharing of the table's pages with the dead domain; false while somebody still maps one. Again is no error.
 */
bool grant_table_unshare(struct domain *d);
void grant_table_free(struct domain *d);

/**
 * XENMEM_acquire_resource: the MFNs of @nr frames from @frame of the shared or the status table
 * (XENMEM_resource_grant_table_id_*); the table grows as needed, to its limit. 0 or -EINVAL, -ENOMEM.
 */
int grant_table_acquire(struct domain *d, uint32_t id, uint64_t frame, uint32_t nr, uint64_t *mfns);
/** The most frames that grant_table_acquire() can give; 0 for an unknown @id. */
uint32_t grant_table_max_frames(struct domain *d, uint32_t id);

/*
 * Arch duties: a grant is mapped where the caller (the current vCPU) says, by an entry of its page tables. The caller
 * of these functions has a reference on the frame (arch_guest_frame_get(), as writable unless GNTMAP_readonly). Mapping
 * hands that reference over to the entry, which is then like any other entry: overwriting it drops the reference.
 * Unmapping returns it. GNTST_*.
 */
/** @flags GNTMAP_*: @host_addr is an address, or with GNTMAP_contains_pte the machine address of the entry. */
int arch_grant_map(uint64_t host_addr, mfn_t m, uint32_t flags);
/**
 * Clears the entry, which must map @m as @flags say. @new_addr not 0: moves the entry that maps @new_addr here
 * (unmap_and_replace). What it removes may still be in a TLB until arch_grant_flush(), so the reference is to be
 * dropped after that.
 */
int arch_grant_unmap(uint64_t host_addr, mfn_t m, uint32_t flags, uint64_t new_addr);
/** Writes the cache lines of frame @m back, on every CPU. */
void arch_grant_cache_flush(mfn_t m);
/** The calling domain's translations that arch_grant_unmap() removed are gone from every TLB. */
void arch_grant_flush(void);

/** To the log: size, limits and entries in use, at most 32. For people; skips a table that is locked. */
void grant_table_report(struct domain *d);

#endif
