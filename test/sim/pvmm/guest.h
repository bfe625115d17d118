/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_PVMM_GUEST_H
#define TEST_PVMM_GUEST_H

#include "law.h"
#include "world.h"

/** The references of @g, which is in no entry any more. */
void grant_drop(struct grant *g);
/** One operation of one of the two, with the law checked after it. */
void guest_step(void);

/** Both domains give everything up: nothing may be left over. */
void world_end(void);

#endif
