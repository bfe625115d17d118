/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that an operation of the current vCPU left partial (rule 5 of types.c), to be finished by its next one. */
#ifndef PV_MM_FINISH_H
#define PV_MM_FINISH_H

#include "hv/types.h"

/**
 * Notes that @f waits. One note per level; a note that finds no room is forgotten, which costs tidiness but no safety.
 */
void pv_mm_unfinished(struct frame *f);
/**
 * Releases what is noted. 0, or -ERESTART. Called first in every operation on page tables, and before one returns
 * -ERESTART.
 */
int pv_mm_finish_slow(struct vcpu *v);
bool pv_mm_has_unfinished(const struct vcpu *v);
static inline int pv_mm_finish(struct vcpu *v) { return pv_mm_has_unfinished(v) ? pv_mm_finish_slow(v) : 0; }

/**
 * How a hypercall on page tables or descriptors begins: only PV guests have them (-ENOSYS), and nothing is left undone
 * (-ERESTART).
 */
long pv_mm_enter(void);

#endif
