/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device memory as PV page tables see it. The platform, which knows permissions and ranges, has these duties. */
#ifndef MM_MMIO_H
#define MM_MMIO_H

#include "hv/types.h"

enum mmio_access { MMIO_NONE, MMIO_READ_ONLY, MMIO_READ_WRITE };

/**
 * How @d may map the frame @m, which is not RAM that the heap has or had. Frame numbers beyond the processor's physical
 * address width are MMIO_NONE. The answer does not change for a domain that runs.
 */
enum mmio_access arch_mmio_access(const struct domain *d, mfn_t m);
/**
 * The guest stores @len bytes (1, 2, 4 or 8, naturally aligned) to @addr, in a range that is MMIO_READ_ONLY to it
 * (MMCONFIG, MSI-X tables). True if the store is done with, performed or dropped; false: let the guest have its fault.
 */
bool arch_mmio_ro_store(struct vcpu *v, paddr_t addr, uint64_t value, unsigned int len);

#endif
