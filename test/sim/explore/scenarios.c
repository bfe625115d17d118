/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios.h"

#include "ops.h"
#include "world.h"

#define G0(op) { ON_GUEST0, op_##op }
#define G1(op) { ON_GUEST1, op_##op }
#define P(op)  { ON_PEER, op_##op }
#define C(op)  { ON_CONTROL, op_##op }

const struct scenario scenarios[] = {
    /* Page types against each other: a page that is data is made a table, and the other way. */
    { "type-map-vs-pin", { }, { G0(map_0), G1(pin_l1_0) } },
    { "type-map-vs-pin-and-unpin", { }, { G0(map_0), G0(unmap_0), G1(pin_l1_0), G1(unpin_0) } },
    { "type-unmap-vs-pin", { G0(map_0) }, { G0(unmap_0), G1(pin_l1_0) } },
    { "type-unpin-vs-map", { G0(pin_l1_0) }, { G0(unpin_0), G1(map_0) } },
    { "type-unpin-twice", { G0(pin_l1_0) }, { G0(unpin_0), G1(unpin_0) } },
    { "type-pin-twice", { }, { G0(pin_l1_0), G1(pin_l1_0) } },
    { "type-unpin-vs-decrease", { G0(pin_l1_0) }, { G0(unpin_0), G1(decrease_0) } },
    { "type-map-vs-decrease", { }, { G0(map_0), G1(decrease_0) } },
    { "type-unmap-vs-decrease", { G0(map_0) }, { G0(unmap_0), G1(decrease_0) } },
    { "type-readonly-vs-pin", { G0(map_0) }, { G0(map_0_readonly), G1(pin_l1_0), G1(unpin_0) } },
    { "type-map-vs-end", { }, { G0(map_0), C(kill_guest) } },
    { "type-pin-vs-end", { }, { G0(pin_l2_4), C(kill_guest) } },
    { "type-unpin-vs-end", { G0(pin_l1_0) }, { G0(unpin_0), C(kill_guest) } },

    /* Linear tables: tables of one level that name each other. */
    { "linear-link-vs-link", { G0(pin_l2_4), G0(pin_l2_5) }, { G0(link_4_to_5), G1(link_5_to_4) } },
    { "linear-link-vs-unpin", { G0(pin_l2_4), G0(pin_l2_5) }, { G0(link_4_to_5), G1(unpin_5) } },
    { "linear-unlink-vs-unpin", { G0(pin_l2_4), G0(pin_l2_5), G0(link_4_to_5) }, { G0(unlink_4), G1(unpin_5) } },
    { "linear-ring", { G0(pin_l2_4), G0(pin_l2_5), G0(link_4_to_5) },
      { G0(unlink_4), G1(link_5_to_4), G1(unpin_4), G1(unlink_5) } },
    { "linear-ring-left", { G0(pin_l2_4), G0(pin_l2_5), G0(link_4_to_5) },
      { G0(unlink_4), G1(link_5_to_4), G1(unpin_4), G1(unpin_5) } },
    { "linear-unlink-last", { G0(pin_l2_4), G0(pin_l2_5), G0(link_4_to_5), G0(unpin_5) },
      { G0(unlink_4), G1(pin_l2_5) } },
    { "linear-vs-end", { G0(pin_l2_4), G0(pin_l2_5) }, { G0(link_4_to_5), C(kill_guest) } },

    /*
     * The LDT: its page is brought in with interrupts off. Its type must be given up before the page is unmapped: the
     * flush of that waits for who has interrupts off, so nothing of it comes in between.
     */
    { "ldt-fault-vs-last-reference", { G1(ldt_on), G1(ldt_fault_open), G0(ldt_on), G0(decrease_0) },
      { G0(ldt_fault), G1(ldt_drop), G1(ldt_off) } },
    { "ldt-fault-vs-decrease", { G0(ldt_on) }, { G0(ldt_fault), G1(decrease_0), G1(ldt_off) } },
    { "ldt-fault-vs-map", { G0(ldt_on) }, { G0(ldt_fault), G1(map_0) } },
    { "ldt-fault-vs-pin", { G0(ldt_on) }, { G0(ldt_fault), G1(ldt_off), G1(pin_l1_0) } },
    { "ldt-fault-twice", { G0(ldt_on) }, { G0(ldt_fault), G1(ldt_fault) } },
    { "ldt-fault-vs-end", { G0(ldt_on) }, { G0(ldt_fault), C(kill_guest) } },

    /* Foreign maps. */
    { "foreign-map-vs-decrease", { }, { C(control_maps_0), C(control_unmaps), G0(decrease_0) } },
    { "foreign-map-vs-pin", { }, { C(control_maps_0), C(control_unmaps), G0(pin_l1_0) } },
    { "foreign-unmap-vs-decrease", { C(control_maps_0) }, { C(control_unmaps), G0(decrease_0) } },
    { "foreign-unmap-vs-pin", { C(control_maps_0) }, { C(control_unmaps), G0(pin_l1_0) } },
    { "foreign-map-vs-exchange", { }, { C(control_maps_0), C(control_unmaps), G0(exchange_0) } },

    /* Reservations. */
    { "memory-populate-twice", { }, { G0(populate), G1(populate) } },
    { "memory-decrease-twice", { }, { G0(decrease_0), G1(decrease_0) } },
    { "memory-decrease-vs-control", { }, { G0(decrease_0), C(control_decrease) } },
    { "memory-populate-vs-control", { }, { G0(populate), C(control_populate) } },
    { "memory-populate-vs-end", { }, { G0(populate), C(kill_guest) } },
    { "memory-exchange-vs-decrease", { }, { G0(exchange_0), G1(decrease_0) } },
    { "memory-exchange-vs-map", { }, { G0(exchange_0), G1(map_0) } },
    { "memory-exchange-twice", { }, { G0(exchange_0), G1(exchange_0) } },
    { "memory-exchange-vs-end", { }, { G0(exchange_0), C(kill_guest) } },

    /* Grants. */
    { "grant-map-vs-end-of-owner", { }, { P(grant_map), C(kill_guest) } },
    { "grant-map-vs-decrease", { }, { P(grant_map), G0(decrease_0) } },
    { "grant-map-vs-map", { }, { P(grant_map), G0(grant_map) } },
    { "grant-map-vs-pin", { }, { P(grant_map), G0(pin_l1_0) } },
    { "grant-map-vs-version", { }, { P(grant_map), G0(grant_version_2) } },
    { "grant-map-vs-swap", { }, { P(grant_map), G0(grant_swap) } },
    { "grant-unmap-vs-version", { P(grant_map) }, { P(grant_unmap), G0(grant_version_2) } },
    { "grant-unmap-vs-decrease", { P(grant_map) }, { P(grant_unmap), G0(decrease_0) } },
    { "grant-unmap-vs-end-of-owner", { P(grant_map) }, { P(grant_unmap), C(kill_guest) } },
    { "grant-mapped-vs-end-of-mapper", { P(grant_map) }, { G0(decrease_0), C(kill_peer) } },
    { "grant-copy-vs-version", { }, { P(grant_copy_to), G0(grant_version_2) } },
    { "grant-copy-vs-decrease", { }, { P(grant_copy_to), G0(decrease_0) } },
    { "grant-copy-vs-swap", { }, { P(grant_copy_from), G0(grant_swap) } },
    { "grant-copy-vs-end-of-owner", { }, { P(grant_copy_to), C(kill_guest) } },
    { "grant-copy-vs-copy", { }, { P(grant_copy_to), G0(grant_copy_to) } },
    { "grant-version-vs-version", { }, { G0(grant_version_2), G1(grant_version_2), G1(grant_version_1) } },
    { "grant-version-vs-setup", { }, { G0(grant_version_2), G1(grant_setup) } },
    { "grant-version-vs-status", { G0(grant_version_2) }, { G0(grant_version_1), G1(grant_status_frames) } },
    { "grant-setup-vs-control", { }, { G0(grant_setup), C(control_setup) } },
    { "grant-setup-vs-end", { }, { G0(grant_setup), C(kill_guest) } },
    { "grant-cache-vs-decrease", { }, { P(grant_cache_flush), G0(decrease_0) } },
    { "grant-swap-vs-swap", { }, { G0(grant_swap), G1(grant_swap) } },

    /* Event channels. */
    { "event-reset-vs-end", { G0(bind_many) }, { G0(reset), C(kill_guest) } },
    { "event-reset-vs-bind", { P(bind) }, { G0(reset), G1(bind) } },
    { "event-reset-vs-bind-and-end", { G0(bind_many) }, { G0(reset), G1(bind), C(kill_guest) } },
    { "event-reset-vs-peers-bind", { }, { G0(reset), P(bind) } },
    { "event-reset-vs-peers-close", { G0(bind) }, { G0(reset), P(close_1) } },
    { "event-reset-vs-peers-reset", { G0(bind) }, { G0(reset), P(reset) } },
    { "event-reset-vs-reset", { G0(bind_many) }, { G0(reset), G1(reset) } },
    { "event-reset-vs-control", { G0(bind_many) }, { G0(reset), C(control_reset) } },
    { "event-close-vs-send", { G0(bind) }, { G0(close_2), P(send_1) } },
    { "event-close-vs-close", { G0(bind) }, { G0(close_2), P(close_1) } },
    { "event-close-vs-end-of-peer", { G0(bind) }, { G0(close_2), C(kill_peer) } },
    { "event-close-vs-bind-vcpu", { G0(bind) }, { G0(close_2), G1(notify_other) } },
    { "event-bind-vs-bind", { }, { G0(bind), P(bind) } },
    { "event-bind-vs-close", { }, { G0(bind), P(close_1) } },
    { "event-bind-vs-end-of-peer", { }, { G0(bind), C(kill_peer) } },
    { "event-send-vs-end-of-peer", { G0(bind) }, { G0(send_2), C(kill_peer) } },
    { "event-send-vs-reset", { G0(bind) }, { P(send_1), G0(reset) } },
    { "event-send-vs-fifo", { G0(bind) }, { P(send_1), G0(fifo), G0(expand) } },
    { "event-send-vs-unmask", { G0(bind) }, { P(send_1), G0(unmask_2) } },
    { "event-fifo-vs-fifo", { }, { G0(fifo), G1(fifo_other) } },
    { "event-fifo-vs-reset", { G0(fifo) }, { G0(reset), G1(fifo_other), G1(expand) } },
    { "event-fifo-vs-bind", { G0(fifo) }, { G0(expand), G1(bind_many) } },
    { "event-fifo-vs-end", { }, { G0(fifo), G0(expand), C(kill_guest) } },
    { "event-expand-vs-expand", { G0(fifo) }, { G0(expand), G1(expand) } },
    { "event-virq-vs-close", { G0(bind_virq) }, { G0(close_2), G1(bind_virq) } },
    { "event-virq-vs-timer", { G0(bind_virq) }, { G0(timer), G1(close_2) } },
    { "event-status-vs-reset", { G0(bind) }, { G1(status_1), G0(reset) } },
    { "event-unbound-vs-control", { }, { G0(unbound), C(control_unbound) } },

    /* vCPUs, timers, the scheduler, lives. */
    { "vcpu-down-vs-up", { }, { G0(down_1), C(pause_guest) } },
    { "vcpu-up-vs-end", { G0(down_1) }, { G0(up_1), C(kill_guest) } },
    { "vcpu-down-vs-end", { }, { G0(down_1), C(kill_guest) } },
    { "vcpu-periodic-vs-down", { }, { G1(periodic), G0(down_1) } },
    { "vcpu-periodic-vs-end", { }, { G0(periodic), C(kill_guest) } },
    { "vcpu-timer-vs-end", { }, { G0(timer), G1(timer), C(kill_guest) } },
    { "vcpu-area-vs-decrease", { }, { G0(runstate_area), G1(decrease_0) } },
    { "vcpu-area-vs-move", { G0(runstate_area) }, { G0(runstate_moves), G1(yield), G1(decrease_0) } },
    { "vcpu-area-vs-end", { G0(runstate_area) }, { G0(runstate_moves), C(kill_guest) } },
    { "vcpu-info-vs-send", { G0(bind) }, { G0(info_moves), P(send_1) } },
    { "vcpu-info-vs-virq", { G0(bind_virq) }, { G0(info_moves), G1(timer) } },
    { "vcpu-yield-vs-affinity", { }, { G1(yield), C(affinity) } },
    { "vcpu-affinity-vs-end", { }, { C(affinity), G0(crash_self) } },
    { "life-crash-vs-end", { }, { G0(crash_self), C(kill_guest) } },
    { "life-crash-vs-crash", { }, { G0(crash_self), G1(crash_self) } },
    { "life-crash-vs-pause", { }, { G0(crash_self), C(pause_guest) } },
    { "life-crash-vs-crash-of-peer", { }, { G0(crash_self), P(crash_self) } },
};
const size_t scenario_count = ARRAY_SIZE(scenarios);
