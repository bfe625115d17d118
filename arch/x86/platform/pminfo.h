/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLATFORM_PMINFO_H
#define PLATFORM_PMINFO_H

#include "public.h"

/** XENPF_set_processor_pminfo. 0, -ENOSYS (C-, P- and T-states), -EINVAL, -EFAULT. */
long pminfo_set(const struct xenpf_set_processor_pminfo *info);

#endif
