/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A question is a number that the first CPU writes, an answer the same number after the other's counter. Numbers only
 * grow: they hold the CPU, which come one after the other, and a place in the talk: ROUNDS questions, what they gave,
 * and if the counters are apart the same again after the other CPU has tried to set its own right.
 */
#include "time/sync.h"

#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "time/tsc.h"
#include "x86/msr/index.h"
#include "x86/tsc/offset.h"

#include <arch/irqflags.h>

#define ROUNDS   8u
#define PATIENCE NS_PER_SEC

bool tsc_same_everywhere = true;

static struct {
    uint32_t question, answer;
    uint64_t counter; /* belongs to the answer */
    int64_t offset;   /* of the other CPU from the first, when the number after the questions is asked */
} talk;

/* The numbers of one CPU's talk begin with this one. */
static uint32_t first_number(unsigned int cpu) { return cpu << 8; }

/*
 * Until @word has come to @value, or beyond, where its writer needed no answer; false: in vain. The CPU's own counter
 * is clock enough for that, whatever it says.
 */
static bool wait_for(const uint32_t *word, uint32_t value)
{
    uint64_t start = rdtsc(), limit = tsc_from_ns(PATIENCE);

    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) < value) {
        if (rdtsc() - start > limit)
            return false;
        cpu_relax();
    }
    return true;
}

/* The other CPU's part, from number @n on. What it is told in the end is in talk.offset. */
static bool answer_from(uint32_t n)
{
    for (uint32_t end = n + ROUNDS; n < end; n++) {
        if (!wait_for(&talk.question, n))
            return false;
        talk.counter = rdtsc_ordered();
        __atomic_store_n(&talk.answer, n, __ATOMIC_RELEASE);
    }
    return wait_for(&talk.question, n);
}

/* The first CPU's, which tells in the end. */
static __init bool ask_from(uint32_t n)
{
    struct tsc_offset o = TSC_OFFSET_UNKNOWN;

    for (uint32_t end = n + ROUNDS; n < end; n++) {
        uint64_t before = rdtsc_ordered();

        __atomic_store_n(&talk.question, n, __ATOMIC_RELEASE);
        if (!wait_for(&talk.answer, n))
            return false;
        tsc_offset_narrow(&o, before, talk.counter, rdtsc_ordered());
    }
    talk.offset = tsc_offset_value(&o);
    __atomic_store_n(&talk.question, n, __ATOMIC_RELEASE);
    return true;
}

/* A processor without that register is left as it is. */
static void set_right(int64_t offset)
{
    uint64_t adjust;

    if (rdmsr_safe(MSR_TSC_ADJUST, &adjust))
        wrmsr_safe(MSR_TSC_ADJUST, adjust - (uint64_t)offset);
}

void tsc_sync_answer(unsigned int cpu)
{
    uint32_t n = first_number(cpu);

    this_cpu(tsc_epoch) = per_cpu(tsc_epoch, 0);
    if (!answer_from(n) || !talk.offset)
        return;
    set_right(talk.offset);
    if (answer_from(n + ROUNDS + 1))
        this_cpu(tsc_epoch) += (uint64_t)talk.offset;
}

static __init void log_silent(unsigned int cpu)
{
    log_warning("CPU %u: it did not say in a second what its TSC is: taken to be the first CPU's", cpu);
}

static __init void log_apart(unsigned int cpu, int64_t before, int64_t after)
{
    unsigned long ticks = (unsigned long)(before < 0 ? -(uint64_t)before : (uint64_t)before);

    if (!after)
        log_info("CPU %u: its TSC was %lu ticks %s the first CPU's: set right", cpu, ticks,
                 before < 0 ? "behind" : "ahead of");
    else
        log_warning("CPU %u: its TSC is %lu ticks %s the first CPU's and cannot be set: reckoned with, and guests are "
                    "not told that it is the same on all CPUs", cpu, ticks, before < 0 ? "behind" : "ahead of");
}

__init void tsc_sync_ask(unsigned int cpu)
{
    uint32_t n = first_number(cpu);

    if (!ask_from(n)) {
        log_silent(cpu);
        return;
    }
    int64_t before = talk.offset;

    if (!before)
        return;
    if (!ask_from(n + ROUNDS + 1)) {
        log_silent(cpu);
        return;
    }
    log_apart(cpu, before, talk.offset);
    if (talk.offset)
        tsc_same_everywhere = false;
}
