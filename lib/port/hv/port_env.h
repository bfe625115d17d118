/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/ inside the hypervisor. */
#ifndef PORT_ENV_H
#define PORT_ENV_H

#include <hv/errno.h>
#include <hv/string.h>

#ifdef NDEBUG
#define port_assert(expr) ((void)sizeof(expr))
#else
void port_assert_failed(const char *expr, const char *file, int line) __attribute__((noreturn));
#define port_assert(expr) ((expr) ? (void)0 : port_assert_failed(#expr, __FILE__, __LINE__))
#endif

#endif
