/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every fuzzer has: the entry point that libFuzzer calls, and how it says that a law is broken. */
#ifndef FUZZ_LAW_H
#define FUZZ_LAW_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(expr) ((expr) ? (void)0 : abort())

#endif
