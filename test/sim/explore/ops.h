/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What scenarios are composed of: each is a few hypercalls of whoever runs it. What they answer is not looked at. */
#ifndef TEST_EXPLORE_OPS_H
#define TEST_EXPLORE_OPS_H

/* Memory and page tables of the guest: page[0] to page[7]. Tables are page[4], page[5]; data is below. */
void op_populate(void);
void op_decrease_0(void);
void op_exchange_0(void);
void op_map_0(void);
void op_map_0_readonly(void);
void op_unmap_0(void);
void op_pin_l1_0(void);
void op_unpin_0(void);
void op_pin_l2_4(void);
void op_unpin_4(void);
void op_pin_l2_5(void);
void op_unpin_5(void);
void op_link_4_to_5(void);
void op_unlink_4(void);
void op_link_5_to_4(void);
void op_unlink_5(void);
void op_ldt_on(void);
void op_ldt_fault(void);
void op_ldt_fault_open(void); /* with interrupts on */
void op_ldt_off(void);
void op_ldt_drop(void);
void op_control_maps_0(void);
void op_control_unmaps(void);
void op_control_populate(void);
void op_control_decrease(void);

/* Events. */
void op_unbound(void);
void op_bind(void);
void op_bind_ipi(void);
void op_bind_many(void);
void op_bind_virq(void);
void op_close_1(void);
void op_close_2(void);
void op_send_1(void);
void op_send_2(void);
void op_unmask_2(void);
void op_status_1(void);
void op_reset(void);
void op_fifo(void);
void op_fifo_other(void);
void op_expand(void);
void op_notify_other(void);
void op_control_reset(void);
void op_control_unbound(void);

/* Grants: each has granted REF to the other. */
void op_grant_map(void);
void op_grant_unmap(void);
void op_grant_copy_from(void);
void op_grant_copy_to(void);
void op_grant_swap(void);
void op_grant_version_1(void);
void op_grant_version_2(void);
void op_grant_setup(void);
void op_grant_status_frames(void);
void op_grant_cache_flush(void);
void op_control_setup(void);

/* vCPUs and lives. */
void op_down_1(void);
void op_up_1(void);
void op_runstate_area(void);
void op_runstate_moves(void);
void op_info_moves(void);
void op_yield(void);
void op_periodic(void);
void op_timer(void);
void op_timer_off(void);
void op_pause_guest(void);
void op_crash_self(void);
void op_kill_guest(void);
void op_kill_peer(void);
void op_affinity(void);

#endif
