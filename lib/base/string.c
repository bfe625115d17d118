/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C library functions that a freestanding compiler may call, for the hypervisor only (host builds have libc).
 *
 * Long copies and fills go eight bytes at a time through the string instructions: real CPUs do these in microcode at
 * full width, and under an emulator, where each step of a repeat costs as much as an instruction, words are eight
 * times cheaper than bytes. Up to 16 bytes, two overlapping word moves cover every length without a loop.
 */
#include <stdint.h>

#include <hv/string.h>

/* An unaligned word that may alias anything. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word64;
typedef uint32_t __attribute__((may_alias, aligned(1))) word32;

static inline void copy_forward(unsigned char *d, const unsigned char *s, size_t n)
{
    size_t words = n / 8, bytes = n % 8;

    asm volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
    asm volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(bytes) : : "memory");
}

/* Both ends are read before anything is written, so overlap does no harm. n <= 16. */
static inline void copy_short(unsigned char *d, const unsigned char *s, size_t n)
{
    if (n >= 8) {
        uint64_t head = *(const word64 *)s, tail = *(const word64 *)(s + n - 8);

        *(word64 *)d = head;
        *(word64 *)(d + n - 8) = tail;
    } else if (n >= 4) {
        uint32_t head = *(const word32 *)s, tail = *(const word32 *)(s + n - 4);

        *(word32 *)d = head;
        *(word32 *)(d + n - 4) = tail;
    } else if (n) {
        unsigned char first = s[0], middle = s[n / 2], last = s[n - 1];

        d[0] = first;
        d[n / 2] = middle;
        d[n - 1] = last;
    }
}

void *memcpy(void *dst, const void *src, size_t n)
{
    if (n <= 16)
        copy_short(dst, src, n);
    else
        copy_forward(dst, src, n);
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    unsigned char *d = dst;
    const unsigned char *s = src;

    if (n <= 16) {
        copy_short(d, s, n);
        return dst;
    }
    /* Forward is safe unless the destination starts inside the source; the unsigned difference says both at once. */
    if ((uintptr_t)d - (uintptr_t)s >= n) {
        copy_forward(d, s, n);
        return dst;
    }
    while (n >= 8) {
        n -= 8;
        *(word64 *)(d + n) = *(const word64 *)(s + n);
    }
    while (n--) {
        d[n] = s[n];
        asm volatile("" ::: "memory"); /* or the compiler makes this loop a call to ourselves */
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    unsigned char *d = dst;
    uint64_t pattern = (unsigned char)c * 0x0101010101010101ULL;
    size_t words = n / 8, bytes = n % 8;

    asm volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
    asm volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(pattern) : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;

    for (; n >= 8 && *(const word64 *)x == *(const word64 *)y; n -= 8) {
        x += 8;
        y += 8;
    }
    for (; n; n--, x++, y++) {
        if (*x != *y)
            return *x < *y ? -1 : 1;
    }
    return 0;
}

void *memchr(const void *s, int c, size_t n)
{
    for (const unsigned char *p = s; n; n--, p++) {
        if (*p == (unsigned char)c)
            return (void *)p;
    }
    return NULL;
}

size_t strnlen(const char *s, size_t max)
{
    const char *nul = memchr(s, 0, max);

    return nul ? (size_t)(nul - s) : max;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n]) {
        n++;
        asm volatile("" : "+r"(n)); /* keeps the loop from being recognised as strlen */
    }
    return n;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b)
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        if (!*a)
            break;
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)s;
        if (!*s)
            return NULL;
    }
}
