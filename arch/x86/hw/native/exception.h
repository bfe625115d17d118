/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processor's exceptions, with their names. */
#ifndef HW_NATIVE_EXCEPTION_H
#define HW_NATIVE_EXCEPTION_H

#include "hv/types.h"
#include "x86/cpu/exception.h"

/** What exception @vector is called, in words; NULL for a reserved one. */
const char *trap_name(unsigned int vector);

#endif
