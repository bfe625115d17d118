/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events into a container. */
#include "hvm/hvm.h"

bool hvm_event_deliverable(const struct vcpu *v) { return READ_ONCE(v->info->evtchn_upcall_pending); }
