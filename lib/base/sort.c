/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Heap sort. The array is seen as a binary tree (the children of i are 2i+1 and 2i+2) in which no child is greater than
 * its parent; its root is then the greatest element, is moved behind the end, and the heap property of the rest
 * restored.
 */
#include "base/sort.h"

struct heap {
    unsigned char *base;
    size_t size;
    int (*compare)(const void *a, const void *b);
};

static void *at(const struct heap *h, size_t i)
{
    return h->base + i * h->size;
}

static void swap(const struct heap *h, size_t i, size_t j)
{
    unsigned char *a = at(h, i), *b = at(h, j);

    for (size_t n = 0; n < h->size; n++) {
        unsigned char byte = a[n];

        a[n] = b[n];
        b[n] = byte;
    }
}

/* Let the element at @i sink until none of its children, among the first @count, is greater. */
static void sink(const struct heap *h, size_t i, size_t count)
{
    while (i < count / 2) {
        size_t child = 2 * i + 1;

        if (child + 1 < count && h->compare(at(h, child), at(h, child + 1)) < 0)
            child++;
        if (h->compare(at(h, i), at(h, child)) >= 0)
            return;
        swap(h, i, child);
        i = child;
    }
}

void sort(void *base, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
    struct heap h = { base, size, compare };

    for (size_t i = count / 2; i-- > 0;)
        sink(&h, i, count);
    for (size_t n = count; n-- > 1;) {
        swap(&h, 0, n);
        sink(&h, 0, n);
    }
}
