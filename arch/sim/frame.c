/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page types for a build without arch/x86/pv/mm, whose business they are: there are none. */
#include "hv/domain.h"

void arch_frame_freed(struct frame *f) { m2p_set(frame_to_mfn(f), M2P_INVALID); }
void arch_frame_shared(struct frame *f, bool readonly) { }
