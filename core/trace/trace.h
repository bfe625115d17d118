/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of core/trace share. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "core/trace/ring.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/trace.h"

/** NULL until the CPU has a buffer, and then the same for ever. */
DECLARE_PER_CPU(struct trace_ring *, trace_ring);

bool trace_buffers_exist(void);

#endif
