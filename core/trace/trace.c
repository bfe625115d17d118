/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which records are wanted, and their way into the buffer of the CPU that they are about. */
#include "core/trace/trace.h"

#include "hv/domain.h"
#include "hv/log.h"
#include "hv/softirq.h"

bool trace_enabled;
static uint32_t event_mask = TRC_ALL;
static cpumask_t cpus_wanted;
static uint32_t session; /* counts what trace_enable() began: losses of an earlier one are none of this */

DEFINE_PER_CPU(struct trace_ring *, trace_ring);
static DEFINE_PER_CPU(bool, bogus_told);

/* A class and one of its subclasses must be wanted (xen/trace.h: bits 16 to 27 and 12 to 15). */
static bool event_wanted(uint32_t event)
{
    uint32_t both = READ_ONCE(event_mask) & event;

    return both >> TRC_CLS_SHIFT & 0xfff && both >> TRC_SUBCLS_SHIFT & 0xf;
}

static void write_here(struct trace_ring *r, uint32_t event, const uint32_t *word, unsigned int nr)
{
    const struct vcpu *v = current_vcpu();
    struct trace_record record = { .event = event, .nr = nr, .word = word, .stamp = arch_cycles() };

    if (v) {
        record.domain = v->domain->id;
        record.vcpu = (uint16_t)v->id;
    }
    if (r->session != READ_ONCE(session)) {
        r->session = session;
        r->lost = 0;
    }
    enum trace_written done = trace_ring_write(r, &record);
    if (done == TRACE_HALF_FULL || (r->bogus && !this_cpu(bogus_told)))
        softirq_raise(SOFTIRQ_TRACE);
}

void trace_add(uint32_t event, const uint32_t *word, unsigned int nr)
{
    if (!event_wanted(event) || !cpumask_test(&cpus_wanted, this_cpu_id()))
        return;
    irqflags_t irq = irq_save();
    struct trace_ring *r = __atomic_load_n(&this_cpu(trace_ring), __ATOMIC_ACQUIRE);
    if (r)
        write_here(r, event, word, nr);
    irq_restore(irq);
}

TRACE_COLD void trace_words(uint32_t event, unsigned int nr, uint64_t first, uint64_t second, uint64_t third)
{
    const uint64_t pair[] = { first, second, third };

    trace_add(event, (const uint32_t *)pair, nr);
}

TRACE_COLD void trace_vcpu(uint32_t event, const struct vcpu *v)
{
    const uint32_t word[] = { TRACE_VCPU(v) };

    trace_add(event, word, ARRAY_SIZE(word));
}

/* Where no lock is held: the reader is notified that half is full, and a bogus one is logged. */
static void notify_reader(void)
{
    const struct trace_ring *r = this_cpu(trace_ring);

    if (r->bogus && !this_cpu(bogus_told)) {
        this_cpu(bogus_told) = true;
        log_warning("trace: CPU %u's buffer says that it was read up to %#x, which is no place in it: records are lost "
                    "until its reader writes a multiple of 4 below %#x there, behind which at most %#x bytes are "
                    "unread", this_cpu_id(), ((const struct t_buf *)r->page[0])->cons, 2 * r->size, r->size);
    }
    virq_raise_global(VIRQ_TBUF);
}

void trace_init(void)
{
    memset(&cpus_wanted, 0xff, sizeof(cpus_wanted));
    softirq_register(SOFTIRQ_TRACE, notify_reader);
}

int trace_enable(void)
{
    if (!trace_buffers_exist())
        return -EINVAL;
    if (!trace_enabled)
        WRITE_ONCE(session, session + 1);
    __atomic_store_n(&trace_enabled, true, __ATOMIC_RELEASE);
    return 0;
}

/* Another CPU may be writing its last record: the buffers stay for ever. */
void trace_disable(void) { WRITE_ONCE(trace_enabled, false); }

void trace_set_events(uint32_t mask) { WRITE_ONCE(event_mask, mask); }
uint32_t trace_events(void) { return READ_ONCE(event_mask); }

void trace_set_cpus(const cpumask_t *cpus)
{
    for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
        WRITE_ONCE(cpus_wanted.bits[i], cpus->bits[i]);
}

void trace_boot(uint32_t pages, uint32_t mask)
{
    if (mask)
        trace_set_events(mask);
    if (!pages)
        return;
    int rc = trace_set_size(pages);
    if (rc)
        log_error("trace: no buffers of tbuf_size=%u pages for each CPU (error %d), not tracing", pages, rc);
    else
        trace_enable();
}
