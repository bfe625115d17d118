/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This CPU's interrupt flag, and waiting politely. */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/native/flags.h"

#endif
