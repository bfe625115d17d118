/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops.h"
#include "world.h"

static domid_t other_of_mine(void) { return current_vcpu()->domain == guest ? PEER : GUEST; }
static uint64_t own_page(void) { return current_vcpu()->domain == guest ? page[0].nr : peer_page.nr; }

void op_grant_map(void)
{
    ACT_GRANT(map_grant_ref, map_grant_ref, .host_addr = SLOT_BASE + 9 * PAGE_SIZE, .flags = GNTMAP_host_map,
              .ref = REF, .dom = other_of_mine());
}
void op_grant_unmap(void)
{
    ACT_GRANT(unmap_grant_ref, unmap_grant_ref, .host_addr = SLOT_BASE + 9 * PAGE_SIZE, .handle = 0);
}
void op_grant_copy_from(void)
{
    ACT_GRANT(copy, copy, .source = { .u.ref = REF, .domid = other_of_mine() },
              .dest = { .u.gmfn = own_page(), .domid = DOMID_SELF }, .len = 64, .flags = GNTCOPY_source_gref);
}
void op_grant_copy_to(void)
{
    ACT_GRANT(copy, copy, .source = { .u.gmfn = own_page(), .domid = DOMID_SELF },
              .dest = { .u.ref = REF, .domid = other_of_mine() }, .len = 64, .flags = GNTCOPY_dest_gref);
}
void op_grant_swap(void) { ACT_GRANT(swap_grant_ref, swap_grant_ref, .ref_a = REF, .ref_b = REF + 1); }
void op_grant_version_1(void) { ACT_GRANT(set_version, set_version, .version = 1); }
void op_grant_version_2(void) { ACT_GRANT(set_version, set_version, .version = 2); }

static void setup(domid_t of)
{
    ACT_GRANT(setup_table, setup_table, .nr_frames = 3, .dom = of, .frame_list.p = (void *)act_list());
}
void op_grant_setup(void) { setup(DOMID_SELF); }
void op_control_setup(void) { setup(GUEST); }
void op_grant_status_frames(void)
{
    ACT_GRANT(get_status_frames, get_status_frames, .nr_frames = 1, .dom = DOMID_SELF, .frame_list.p = act_list());
}
void op_grant_cache_flush(void)
{
    ACT_GRANT(cache_flush, cache_flush, .a.dev_bus_addr = page[0].nr * PAGE_SIZE, .length = 64,
              .op = GNTTAB_CACHE_CLEAN);
}
