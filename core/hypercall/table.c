/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hypercall_table[], made from gen/hypercalls.tbl. */
#include <hypercall_rows.h>
