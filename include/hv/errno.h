/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error numbers under their plain names, with the values of the ABI (xen/errno.h). Functions return them negated. */
#ifndef HV_ERRNO_H
#define HV_ERRNO_H

#ifndef __ASSEMBLER__
#define XEN_ERRNO(name, value) name = (value),
enum hv_errno {
#include <xen/errno.h>
    ERESTART = 85, /* never reaches a guest: "to be continued", see hv/hypercall.h */
};

#endif

#endif
