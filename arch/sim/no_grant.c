/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A core without core/grant: domains have no grant tables. */
#include "hv/grant.h"

int grant_table_init(struct domain *d, uint32_t max_frames, uint32_t max_maptrack_frames, uint32_t opts) { return 0; }
int grant_table_release_mappings(struct domain *d) { return 0; }
bool grant_table_unshare(struct domain *d) { return true; }
void grant_table_free(struct domain *d) { }
