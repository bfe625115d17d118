/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processor demands of a VMCB before it runs it (APM volume 2, 15.5.1, "canonicalization and consistency
 * checks", and 15.20 for events), as sentences. A real processor only says that it is invalid.
 */
#ifndef LIB_X86_SVM_CHECK_H
#define LIB_X86_SVM_CHECK_H

#include "x86/svm/vmcb.h"

/** What the machine allows: widths and masks of what is not reserved. */
struct vmcb_limits {
    uint8_t phys_bits;
    uint32_t asids;             /* ASIDs 1 to @asids - 1 exist */
    uint64_t cr4, efer;         /* bits that may be set */
};

#define VMCB_CHECK_TEXT 120u

/** True: VMRUN takes it. Else @text, of VMCB_CHECK_TEXT bytes, names the field, the value and the rule. */
bool vmcb_check(const struct vmcb *v, const struct vmcb_limits *limits, char *text);

#endif
