/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps, by file, and what one file of them has for the others and the test. */
#ifndef TEST_LAW_STEPS_H
#define TEST_LAW_STEPS_H

#include "calls.h"

/* --- steps_memory.c --- */

void step_populate(void);
void step_decrease(void);
void step_exchange(void);
void step_limit(void);
void step_claim(void);

/** The control domain maps a guest's frame, or one of the hypervisor's that the guest has. */
void step_foreign(void);

void step_foreign_drop(void);

/* --- steps_grant.c --- */

/** Entry @ref of @b's grant table, in the version that it has. */
void *entry_at(struct being *b, uint32_t ref);

/** A guest writes an entry; rewriting one in use changes nothing for those who use it. */
void step_entry(void);

void step_map(void);

/** @b unmaps what @n is about; a mapping that is gone is forgotten. */
void unmap_note(struct being *b, struct note *n);

/** Lets go of @handle, whatever became of it. */
void unmap_by_force(struct being *b, uint32_t handle);

void step_unmap(void);

/** A list of mappings: each element that was done is there, whatever became of the call. */
void step_map_list(void);

void step_unmap_list(void);

/** So many that the end, which takes them back in parts, gives way among them; a device needs no address for them. */
void step_many_maps(void);

/** Any handle, any address, half of a mapping, or a replacement. */
void step_unmap_badly(void);

void step_copy(void);
void step_transfer(void);
void step_version(void);
void step_table(void);
void step_swap(void);

/* --- steps_event.c --- */

/** The port of @b is closed: the other end becomes unbound. */
void port_unset(struct being *b, uint32_t port);

void step_unbound(void);
void step_interdomain(void);
void step_bind(void);
void step_close(void);

/** What is sent arrives at the other end. */
void step_send(void);

void step_unmask(void);

/** A guest serves its events, or writes nonsense where they are. */
void step_serve(void);

void step_fifo(void);

/** Which ports are closed when others act between its parts is not predicted. */
void step_reset(void);

/** So many that a reset, or the end, takes more than one part. */
void step_many_ports(void);

void step_pirq(void);
void step_vcpu_info(void);

/* --- steps_life.c --- */

void step_birth(void);

extern uint32_t virq_handled_by[NR_VIRQS]; /* serial of the being; 0: nobody */

/** One part of a death; true if it was the last. */
bool death_part(struct being *b);

/** In the middle of a call of its own, to some stage or to the end. */
void die_there(struct being *b);

/** Others act before the next part. */
void step_death(void);

/** The dead that nobody holds any more go. */
void bury(void);

/** Those who map the dead let go of them. */
void step_let_go(void);

void step_time(void);

void step_timers(void);

/** Whoever runs on a CPU now polls. */
void step_poll(void);

void step_subscribe(void);
void step_handler(void);
void step_list(void);
void step_scrub(void);

/* --- steps.c --- */

/** One of them, by weight. */
void random_step(void);

#endif
