/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_PVMM_SNAPSHOT_H
#define TEST_PVMM_SNAPSHOT_H

/** Notes what there is now. */
void snapshot_take(void);
/** Panics if anything has changed since then. */
void snapshot_compare(void);

#endif
