/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest-physical memory of containers: none yet. */
#include "hvm/p2m.h"

int hvm_p2m_create(struct domain *d) { return -EOPNOTSUPP; }

int hvm_p2m_relinquish(struct domain *d) { return 0; }

void hvm_p2m_destroy(struct domain *d) { }

mfn_t hvm_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *kind)
{
    *kind = P2M_ABSENT;
    return MFN_NONE;
}

struct frame *hvm_frame_get(struct domain *d, gfn_t g, bool write) { return NULL; }

paddr_t hvm_p2m_root(const struct domain *d) { return 0; }

enum hvm_p2m_answer hvm_p2m_fault(struct vcpu *v, uint64_t gpa, unsigned int access) { return HVM_P2M_REFUSED; }

int hvm_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order) { return -EOPNOTSUPP; }

bool hvm_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run) { return false; }

int hvm_physmap_add(struct domain *d, gfn_t g, struct frame *f) { return -EOPNOTSUPP; }

int hvm_physmap_remove(struct domain *d, gfn_t g) { return -EOPNOTSUPP; }

long hvm_physmap_maximum(const struct domain *d) { return -EOPNOTSUPP; }
