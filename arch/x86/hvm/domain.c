/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's birth and end: its memory, and what it was created with. */
#include "hvm/hvm.h"
#include "hvm/p2m.h"

int hvm_domain_create(struct domain *d, const struct domain_config *config)
{
    d->arch.hvm.emulation_flags = config->arch.emulation_flags;
    return hvm_p2m_create(d);
}

int hvm_domain_relinquish(struct domain *d) { return hvm_p2m_relinquish(d); }

void hvm_domain_destroy(struct domain *d) { hvm_p2m_destroy(d); }
