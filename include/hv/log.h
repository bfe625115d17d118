/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people. Each call is one line, without a newline; the log adds the prefix, the ring buffer keeps it and
 * the consoles show it if the level allows (loglvl=, guest_loglvl=). Safe in any context, interrupts off and locks
 * held included.
 */
#ifndef HV_LOG_H
#define HV_LOG_H

#include "hv/types.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/** What is longer than a line of the log is cut. */
void hv_log(enum log_level level, const char *fmt, ...) __printf_like(2, 3);

/**
 * About what guest @v did: prefixed dIvJ, at the guest level, and limited in rate per domain so that no guest can
 * flood it.
 */
void guest_log(const struct vcpu *v, enum log_level level, const char *fmt, ...) __printf_like(3, 4);

#define log_error(...)   hv_log(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) hv_log(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    hv_log(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   hv_log(LOG_DEBUG, __VA_ARGS__)

/** The lib/ log sink that ends in hv_log(). */
extern const struct lib_log hv_lib_log;

/** Stops the machine: message, our call trace, the other CPUs halted. The last rung of the error ladder. */
void panic(const char *fmt, ...) __printf_like(1, 2) __attribute__((noreturn));

/**
 * Arch duty: print the call trace of the panicking CPU and what to try, stop the other CPUs, reboot or halt as
 * configured.
 */
void arch_panic_report(void);
/** Arch duty: stop this CPU for ever. */
void arch_panic_halt(void) __attribute__((noreturn));

/** Arch duty: the name of the function of ours at @address, "?" if there is none. */
const char *arch_code_name(uintptr_t address);

/** Things that only a defect of ours can bring about. Never error handling for what a guest or firmware gives. */
#define BUG_ON(cond)                                                      \
    do {                                                                  \
        if (__builtin_expect(!!(cond), 0))                                \
            panic("BUG at %s:%d: %s", __FILE__, __LINE__, #cond);         \
    } while (0)
#ifdef NDEBUG
#define ASSERT(cond) ((void)sizeof(cond))
#else
#define ASSERT(cond) BUG_ON(!(cond))
#endif

#endif
