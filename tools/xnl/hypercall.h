/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls from a process in dom0, and the one thing that xnl reads of xenstore. */
#ifndef TOOLS_XNL_HYPERCALL_H
#define TOOLS_XNL_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>

/**
 * A page that the hypervisor may read and write while a call runs: zeroed, locked, the same for all.
 * NULL: none to be had.
 */
void *hypercall_page(void);

/** Returns the hypercall's result, or -ENODEV if there is no hypervisor to be asked, or that this process may ask. */
long hypercall(unsigned int nr, uint64_t a, uint64_t b);

/** The domain's name as xl gave it, into the @size bytes at @buf; "" if it has none or xenstored does not answer. */
void xenstore_domain_name(unsigned int id, char *buf, size_t size);

#endif
