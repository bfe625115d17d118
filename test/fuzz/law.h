/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzzer demands: an input that breaks it stops the fuzzer, which keeps the input. */
#ifndef FUZZ_LAW_H
#define FUZZ_LAW_H

#include <stdbool.h>
#include <stdlib.h>

static inline void require(bool law)
{
    if (!law)
        abort();
}

#endif
