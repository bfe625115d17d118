/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PVH guest has one port: what it writes to 0xe9 goes to the log, as lines of its own. There is no other device. */
#include "hvm/port.h"

#include "hv/console.h"

#define PORT_CONSOLE 0xe9u

uint32_t hvm_port_in(struct vcpu *v, uint16_t port, unsigned int bytes) { return ~0u >> (32 - bytes * 8); }

void hvm_port_out(struct vcpu *v, uint16_t port, unsigned int bytes, uint32_t value)
{
    const char c = (char)value;

    if (port == PORT_CONSOLE && bytes == 1)
        console_guest_write(v->domain, &c, 1);
}
