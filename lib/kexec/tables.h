/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of x86-64 (APM vol. 2, 5.3) that map given ranges at their own addresses, writable and executable for the
 * supervisor, and nothing else. Pages of 2 MiB are used where a range holds all of one.
 */
#ifndef LIB_KEXEC_TABLES_H
#define LIB_KEXEC_TABLES_H

#include "kexec/program.h"

#define KEXEC_TABLES_TOP (1ULL << 47) /* the lower half of the address space */

struct kexec_tables {
    const struct kexec_pages *pages;
    uint64_t root; /* address of the top table */
};

/** Begins with an empty top table. 0 or -ENOMEM. */
int kexec_tables_begin(struct kexec_tables *t, const struct kexec_pages *pages);
/** Maps @r, whole pages; what is mapped already stays. 0, -ENOMEM, or -EADDRNOTAVAIL beyond KEXEC_TABLES_TOP. */
int kexec_tables_map(struct kexec_tables *t, struct range r);
/** Where @va leads, or UINT64_MAX if nowhere. */
uint64_t kexec_tables_lookup(const struct kexec_tables *t, uint64_t va);

#endif
