/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/ as part of an ordinary process: the C library serves. */
#ifndef PORT_ENV_H
#define PORT_ENV_H

#include <assert.h>
#include <errno.h>
#include <string.h>

#define port_assert(expr) assert(expr)

#endif
