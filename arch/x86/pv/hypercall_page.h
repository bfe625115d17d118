/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of call stubs that kernels with a HYPERCALL_PAGE note want to find filled. */
#ifndef PV_HYPERCALL_PAGE_H
#define PV_HYPERCALL_PAGE_H

/** Fills one page with 128 stubs of 32 bytes: stub n makes hypercall n and keeps all registers but RAX. */
void pv_hypercall_page_fill(void *page);

#endif
