/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the libraries ask of a C library beyond mem- and str-functions. They are always called with an allocator or with
 * work memory of ours, so their own paths to malloc() are never taken; if one were, it would be told that there is none.
 * These names are local to the object that mk/unpack.mk links.
 */
#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *memory);
unsigned long long ZSTD_trace_decompress_begin(const void *context);
void ZSTD_trace_decompress_end(unsigned long long context, const void *trace);

void *malloc(size_t size)
{
    return NULL;
}

void *calloc(size_t count, size_t size)
{
    return NULL;
}

void free(void *memory)
{
}

/* libzstd looks whether anybody wants a trace: 0 is "no". */
unsigned long long ZSTD_trace_decompress_begin(const void *context)
{
    return 0;
}

void ZSTD_trace_decompress_end(unsigned long long context, const void *trace)
{
}
