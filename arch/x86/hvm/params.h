/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HVM_PARAM_*: what a container's toolstack tells us and its guest, and the little that the guest may change of it. */
#ifndef HVM_PARAMS_H
#define HVM_PARAMS_H

#include "hv/domain.h"

#define HVM_PARAMS 39u /* HVM_PARAM_*: 0 to 38 */

/** 0 or -ENOMEM. */
int hvm_params_create(struct domain *d);
void hvm_params_destroy(struct domain *d);

/**
 * HVMOP_set_param on @d, by itself (@by_guest) or by its toolstack. 0; -EINVAL: no such parameter, or no such value;
 * -EPERM: not for a guest; -EEXIST: it is set once; -EOPNOTSUPP: the value is known and not served; -ENODEV.
 */
int hvm_param_set(struct domain *d, uint32_t index, uint64_t value, bool by_guest);
/** HVMOP_get_param. 0, -EINVAL, -EPERM. */
int hvm_param_get(const struct domain *d, uint32_t index, uint64_t *value, bool by_guest);
/** The value itself. @index is one of HVM_PARAM_*. */
uint64_t hvm_param(const struct domain *d, uint32_t index);

#endif
