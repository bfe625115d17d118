/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I/O ports of containers. */
#ifndef HVM_PORT_H
#define HVM_PORT_H

#include "hv/domain.h"

/** @bytes: 1, 2, 4. Who has no device there reads all ones. @v is current. */
uint32_t hvm_port_in(struct vcpu *v, uint16_t port, unsigned int bytes);
void hvm_port_out(struct vcpu *v, uint16_t port, unsigned int bytes, uint32_t value);

#endif
