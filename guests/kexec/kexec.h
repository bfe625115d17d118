/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this guest share. */
#ifndef KEXEC_GUEST_H
#define KEXEC_GUEST_H

#include "common/guest.h"

#define kexec_op(cmd, arg) hypercall2(__HYPERVISOR_kexec_op, cmd, PTR(arg))

/** Loads the payload as an image of @type, in its form for @bits. The hypercall's result. */
long payload_load(uint8_t type, unsigned int bits);

/** Calls that must be refused, and that those that are not give back what they took. */
void test_calls(void);
/** The same of a domain without privilege: every answer is -EPERM. */
void test_unprivileged(void);

#endif
