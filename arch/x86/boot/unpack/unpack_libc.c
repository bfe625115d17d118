/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the libraries ask of a C library beyond mem- and str-functions. They are always called with an allocator or with
 * work memory of ours, so their own paths to malloc() are never taken; if one were, it would find that there is
 * none.
 *
 * libbz2 has its functions for files in the same object as those for memory, so their needs are here as well: nothing
 * calls them. exit() would be its answer to a state that its own checks exclude.
 * These names are local to the object that mk/unpack.mk links.
 */
#include <stddef.h>

/* What stands for a FILE * is never looked into. */
#define NO_FILE(name, ...)    \
    void *name(__VA_ARGS__);  \
    void *name(__VA_ARGS__)   \
    {                         \
        return NULL;          \
    }
#define NO_COUNT(type, name, ...) \
    type name(__VA_ARGS__);       \
    type name(__VA_ARGS__)        \
    {                             \
        return 0;                 \
    }

void *stdin, *stdout, *stderr;
NO_FILE(fopen64, const char *path, const char *mode)
NO_FILE(fdopen, int fd, const char *mode)
NO_FILE(__ctype_b_loc, void)
NO_COUNT(int, fclose, void *file)
NO_COUNT(int, ferror, void *file)
NO_COUNT(int, fflush, void *file)
NO_COUNT(int, fgetc, void *file)
NO_COUNT(int, fputc, int c, void *file)
NO_COUNT(int, ungetc, int c, void *file)
NO_COUNT(int, __fprintf_chk, void *file, int flag, const char *fmt, ...)
NO_COUNT(size_t, fread, void *to, size_t size, size_t count, void *file)
NO_COUNT(size_t, fwrite, const void *from, size_t size, size_t count, void *file)
void exit(int status) __attribute__((noreturn));

void exit(int status)
{
    __builtin_trap();
}

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
