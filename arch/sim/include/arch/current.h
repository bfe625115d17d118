/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU that runs is a variable. */
#ifndef ARCH_CURRENT_H
#define ARCH_CURRENT_H

#include <stdbool.h>

#include "public.h"

struct vcpu;

struct sim_cpu {
    struct cpu_user_regs guest_regs;
    struct vcpu *current;
    uint32_t id;
    bool irqs_on;
    bool kicked;
    bool inside;        /* its soft interrupts are being run */
    uint64_t deadline;  /* what arch_timer_program() set */
    uint64_t switches;
};
extern struct sim_cpu *sim_this;

static inline unsigned int this_cpu_id(void) { return sim_this->id; }
static inline struct vcpu *current_vcpu(void) { return sim_this->current; }
static inline struct cpu_user_regs *guest_regs(void) { return &sim_this->guest_regs; }

#endif
