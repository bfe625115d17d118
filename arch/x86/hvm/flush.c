/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forgetting what CPUs cached of a container's memory. */
#include "hv/smp.h"
#include "hvm/hvm.h"

void hvm_flush_tlb(struct domain *d) { arch_tlb_flush_mask(&d->arch.dirty_cpus, false); }
