/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl_rows[] and sysctl_rows[], made from gen/privileges.tbl. */
#include <toolstack_rows.h>
