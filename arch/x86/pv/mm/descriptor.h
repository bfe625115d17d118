/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables of a vCPU: the parts that pv/mm keeps to itself. */
#ifndef PV_MM_DESCRIPTOR_H
#define PV_MM_DESCRIPTOR_H

#include "hv/domain.h"

/** Gives up @v's GDT frames; the window shows null descriptors. */
void gdt_release(struct vcpu *v);
/** Gives up the LDT pages that came in on demand; they come in again when used. @v is current or does not run. */
void ldt_forget_pages(struct vcpu *v);

#endif
