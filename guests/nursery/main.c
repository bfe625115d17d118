/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of each child. What differs from one to the next is its seed. A child that neither ends nor uses time is one
 * that sleeps for ever; one that runs too long is stopped; both is its right. Memory that is missing when it is gone
 * isn't.
 */
#include "nursery/nursery.h"

#include "base/format.h"

#define MS         1000000ul
#define STEP       (2 * MS)
#define ASLEEP     50u         /* looks without any time used */
#define GONE_LOOKS 2000u
#define FRAMES_MAX 8192u

/* The hypervisor's allocator keeps a page of a size class while one object lives in it. */
#define SLACK 0u

static uint64_t free_at_first;
static uint64_t mfn_list[FRAMES_MAX];
static struct {
    uint64_t from, to, vcpus, frames, steps, only, trace, console, channel, desert;
    uint64_t seconds; /* of system time that a child may take */
} want = { .from = 1, .to = 1, .vcpus = 1, .frames = 1664, .steps = 2000, .seconds = 3 };
static unsigned int ended, crashed, slept, stopped;

static uint64_t now(void)
{
    const volatile struct vcpu_time_info *t = &shared_info->vcpu_info[0].time;
    uint32_t lo, hi;

    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi));
    uint64_t ticks = ((uint64_t)hi << 32 | lo) - t->tsc_timestamp;
    ticks = t->tsc_shift < 0 ? ticks >> -t->tsc_shift : ticks << t->tsc_shift;
    return t->system_time + (ticks >> 32) * t->tsc_to_system_mul + ((ticks & 0xffffffff) * t->tsc_to_system_mul >> 32);
}

static void sleep(uint64_t ns)
{
    struct sched_poll poll = { .nr_ports = 0, .timeout = now() + ns };

    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, PTR(&poll));
}

static uint64_t memory_free(void)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_physinfo, .interface_version = XEN_SYSCTL_INTERFACE_VERSION };

    hypercall1(__HYPERVISOR_sysctl, PTR(&op));
    return op.u.physinfo.free_pages;
}

/** 0 and its state, or an error when it is no more. */
static long look(uint32_t domid, struct xen_domctl *op)
{
    long rc = domctl(XEN_DOMCTL_getdomaininfo, domid, op);

    return rc ? rc : op->domain == domid ? 0 : -ESRCH;
}

static void where_it_is(const struct child *c)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    for (uint32_t i = 0; i < c->vcpus; i++) {
        op.u.vcpucontext.vcpu = i;
        op.u.vcpucontext.ctxt.p = (void *)&context;
        if (!domctl(XEN_DOMCTL_getvcpucontext, c->domid, &op))
            printk("nursery: vCPU %u: rip %#lx, rsp %#lx, flags %#lx", i, context.user_regs.rip, context.user_regs.rsp,
                   context.flags);
    }
}

/** Until it ends, sleeps, or is too long about it. */
static void watch(const struct child *c)
{
    uint64_t start = now(), used = ~0ul;
    unsigned int same = 0;
    struct xen_domctl op;

    for (;;) {
        sleep(STEP);
        child_listen(c);
        if (look(c->domid, &op) || op.u.getdomaininfo.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown))
            break;
        same = op.u.getdomaininfo.cpu_time == used ? same + 1 : 0;
        used = op.u.getdomaininfo.cpu_time;
        if (same == ASLEEP) {
            slept++;
            return;
        }
        if (now() - start > want.seconds * 1000 * MS) {
            stopped++;
            printk("nursery: stopped after %lu ms", (now() - start) / MS);
            where_it_is(c);
            return;
        }
    }
    ended++;
    child_listen(c);
    crashed += (op.u.getdomaininfo.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) == SHUTDOWN_crash;
}

static bool destroy(const struct child *c)
{
    struct xen_domctl op = { 0 };
    long rc = domctl(XEN_DOMCTL_destroydomain, c->domid, &op);

    if (rc && rc != -ESRCH)
        printk("nursery: destroy: error %ld", rc);
    for (unsigned int i = 0; i < GONE_LOOKS; i++) {
        if (look(c->domid, &op))
            return true;
        sleep(STEP);
    }
    return false;
}

/** One seed; whether all is as it was before. */
static bool raise(uint64_t seed)
{
    struct child c = { .vcpus = (uint32_t)want.vcpus, .frames = want.frames, .mfn = mfn_list,
                       .console = want.console };
    uint64_t before = memory_free(), after = 0;

    format(c.line, sizeof(c.line), "seed=%lu steps=%lu vcpus=%lu only=%lu trace=%lu foreign=%lu desert=%lu", seed,
           want.steps, want.vcpus, want.only, want.trace, va_to_mfn(page_a), want.desert);
    printk("nursery: seed %lu", seed);
    if (child_build(&c, (const void *)start_info->mod_start, start_info->mod_len))
        return false;
    if (want.channel && !child_channel_open(&c)) {
        printk("nursery: FAIL seed %lu: no channel", seed);
        return false;
    }
    struct xen_domctl op = { 0 };
    domctl(XEN_DOMCTL_unpausedomain, c.domid, &op);
    watch(&c);
    if (!destroy(&c)) {
        printk("nursery: FAIL seed %lu: domain %u is dead and does not go", seed, c.domid);
        return false;
    }
    if (want.channel && !child_channel_closed()) {
        printk("nursery: FAIL seed %lu: its channel is not closed", seed);
        return false;
    }
    for (unsigned int i = 0; i < 100 && after + SLACK < free_at_first; i++, sleep(STEP))
        after = memory_free();
    if (after + SLACK >= free_at_first)
        return true;
    printk("nursery: FAIL seed %lu: %lu pages were free at first, %lu before it, %lu after", seed, free_at_first,
           before, after);
    free_at_first = after;
    return false;
}

void guest_main(void)
{
    unsigned int bad = 0;

    free_at_first = memory_free();
    want.from = guest_option("from", 1);
    want.to = guest_option("to", want.from);
    want.vcpus = guest_option("vcpus", want.vcpus);
    want.frames = MIN(guest_option("frames", want.frames), FRAMES_MAX);
    want.steps = guest_option("steps", want.steps);
    want.seconds = guest_option("seconds", want.seconds);
    want.only = guest_option("only", 0);
    want.trace = guest_option("trace", 0);
    want.console = guest_option("console", 0);
    want.channel = guest_option("channel", 0);
    want.desert = guest_option("desert", 1);
    for (uint64_t seed = want.from; seed <= want.to; seed++)
        bad += !raise(seed);
    printk("nursery: %u ended (%u crashed), %u slept, %u stopped, %u bad", ended, crashed, slept, stopped, bad);
}
