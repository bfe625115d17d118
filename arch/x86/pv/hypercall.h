/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way in of a PV guest's hypercalls. */
#ifndef PV_HYPERCALL_H
#define PV_HYPERCALL_H

#include "hv/types.h"

#define SYSCALL_LENGTH 2

/** Performs the call that @regs, a PV guest's, ask for. May return with a changed register frame. Interrupts on. */
void pv_hypercall(struct cpu_user_regs *regs);

#endif
