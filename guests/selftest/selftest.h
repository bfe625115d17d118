/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that asks the hypervisor for what it must do and for what it must refuse. One file for each subject; every
 * line of output is one expectation.
 */
#ifndef SELFTEST_H
#define SELFTEST_H

#include "common/guest.h"

/** PASS or FAIL @name: both values are printed when they differ. */
void check(const char *name, uint64_t expected, uint64_t got);
void check_in(const char *name, uint64_t low, uint64_t high, uint64_t got);
#define check_true(name, condition) check(name, 1, !!(condition))
/** The result of a hypercall: 0 or a negative error number. */
void check_rc(const char *name, long expected, long got);
/** The exception that TRY() caught. @error is compared only for vectors that have an error code. */
void check_trap(const char *name, uint64_t vector, uint64_t error);
#define check_no_trap(name) check(name, NO_TRAP, trap_seen.vector)

/** The domain's own number, which it is told by what a port waits for. */
domid_t own_id(void);

void test_exceptions(void);
void test_page_tables(void);
void test_pointers(void);
void test_descriptors(void);
void test_debug_registers(void);
void test_io(void);
void test_user_mode(void);
void test_fpu(void);
void test_xcr0(void);
void test_fpu_vcpus(void);
void test_failsafe(void);
void test_events(void);
void test_cpuid_msr(void);
void test_time(void);
void test_advisories_mm(void);
void test_advisories_cpu(void);
void test_advisories_user(void);
void test_advisories_grants(void);
void test_advisories_versions(void);
void test_advisories_mappings(void);
void test_advisories_devices(void);
void test_refusals(void);
void test_newer(void);
void test_advisories_code(void);
void test_advisories_compat(void);
void test_advisories_ports(void);
void test_advisories_answers(void);
void test_advisories_events(void);
void test_advisories_calls(void);
void test_errors(void);
void test_privileges(void);
void test_second_vcpu(void);
void test_races(void);
void test_version(void);
void test_resources(void);

/** Of test_races(), with the second vCPU running. */
void test_changing_code(void);
void test_races_for_locks(void);

/* The second vCPU (second.c): runs functions, one at a time. */

/** Starts it; false if there is none. */
bool second_start(void);
void second_run(void (*fn)(void));
/** Waits until it has returned. */
void second_wait(void);
/** In a function that runs there: executes one store or load that may fault; true if it did. */
bool second_store_faults(volatile uint64_t *p, uint64_t value);
bool second_load_faults(volatile uint64_t *p);
extern volatile uint64_t second_nmis;

/** A stack for user mode. */
extern uint8_t user_stack[8192];
#define USER_STACK_TOP (user_stack + sizeof(user_stack))

#endif
