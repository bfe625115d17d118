/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may do what with a page whose rights are known: APM volume 2, 5.6. */
#ifndef LIB_X86_GUEST_WALK_RIGHTS_H
#define LIB_X86_GUEST_WALK_RIGHTS_H

#include "x86/guest_walk/format.h"

/** The bits of the error code that follow from the access alone: W, U and I/D. */
uint32_t access_error(const struct guest_paging *p, enum paging_kind kind, unsigned int access);
/** 0, or the bits to add to the error code of an access to a present page with the rights of @w. */
uint32_t access_denied(const struct guest_paging *p, enum paging_kind kind, const struct guest_walk *w,
                       unsigned int access);

#endif
