/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests that call anything with anything. Numbers are random with a liking for small and for nearly right ones;
 * pointers point into a scratch area full of such numbers, or nowhere. Whatever they do, no sanitizer speaks, no
 * continuation leaks, and when the guests are killed every frame comes back.
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/softirq.h"
#include "support/guest_tables.h"

enum { DOMAINS = 3, ROUNDS = 60, STEPS = 8000, TABLES_BASE = 0x200000 };

static struct domain *dom[DOMAINS];
static uint64_t r = 2024;

static const hypercall_fn calls[] = {
    hypercall_memory_op, hypercall_multicall, hypercall_set_timer_op, hypercall_xen_version, hypercall_console_io,
    hypercall_grant_table_op, hypercall_vm_assist, hypercall_vcpu_op, hypercall_sched_op, hypercall_event_channel_op,
    hypercall_update_va_mapping_otherdomain,
};

static uint64_t number(void)
{
    const struct domain *d = dom[sim_random(&r) % DOMAINS];
    switch (sim_random(&r) % 10) {
    case 0: case 1: case 2: case 3: return sim_random(&r) % 4;
    case 4: return sim_random(&r) % 33;
    case 5: return DOMID_SELF + sim_random(&r) % 3;
    case 6: return sim_random(&r) % 2 ? BOX + sim_random(&r) % 4096 : TABLES_BASE + sim_random(&r) % 32 * PAGE_SIZE;
    case 7: { /* a frame of somebody's */
        const struct frame *f = d ? frame_list_first(&d->frames) : NULL;
        for (unsigned int i = sim_random(&r) % 8; f && i && frame_list_next(f); i--)
            f = frame_list_next(f);
        return f ? frame_to_mfn(f).nr : 0;
    }
    case 8: return sim_random(&r);
    default: return (1ULL << sim_random(&r) % 64) - sim_random(&r) % 2;
    }
}

/* Structures have fields of 2, 4 and 8 bytes: numbers are put everywhere. */
static void fill_box(void)
{
    for (unsigned int i = 0; i < 512; i += sizeof(uint64_t)) {
        uint64_t n = number();
        if (sim_random(&r) % 2)
            n = (n & 0xffffffff) | number() << 32;
        if (sim_random(&r) % 4 == 0)
            n = (n & ~0xffffULL) | (number() & 0xffff);
        memcpy(box + i, &n, sizeof(n));
    }
}

/* Guests write to their grant tables and event words, too. */
static void scribble(const struct domain *d)
{
    uint64_t *page = (uint64_t *)d->shared_info, mfns[1];
    if (sim_random(&r) % 2 && !grant_table_acquire((struct domain *)d, 0, 0, 1, mfns)) {
        page = mfn_to_virt(mfn(mfns[0]));
        page[sim_random(&r) % 40] = (uint64_t)(GTF_permit_access | (sim_random(&r) % DOMAINS + 1) << 16) | number()
                                                                                                               << 32;
        return;
    }
    page[sim_random(&r) % 512] = number();
}

static void one_call(void)
{
    sim_on_cpu((unsigned int)(sim_random(&r) % 2));
    struct vcpu *v = current_vcpu();
    if (vcpu_is_idle(v))
        return;
    fill_box();
    scribble(v->domain);
    if (sim_random(&r) % 4 == 0)
        softirq_raise(SOFTIRQ_RCU);
    /* The first argument is mostly a command; lists are short, but their lengths lie. */
    struct hypercall call = { .arg = { sim_random(&r) % 8 ? sim_random(&r) % 16 : number(), number(), number() } };
    if (sim_random(&r) % 4)
        call.arg[1 + sim_random(&r) % 2] = BOX;
    hypercall_fn fn = calls[sim_random(&r) % ARRAY_SIZE(calls)];
    for (unsigned int parts = 0; parts < 16 && fn(&call) == -ERESTART; parts++)
        ; /* a guest need not go on with a call that would be continued */
}

static struct domain *birth(unsigned int i)
{
    struct domain *d = sim_domain((domid_t)(i + 1), 2);
    d->max_pages = 200;
    d->is_privileged = i == 2;
    assert_true(guest_tables_make(d, TABLES_BASE));
    for (unsigned int n = 0; n < 8; n++)
        domain_alloc_frames(d, 0, HEAP_ZERO);
    return d;
}

static uint64_t round_of_calls(void)
{
    for (unsigned int i = 0; i < DOMAINS; i++)
        dom[i] = birth(i);
    sim_settle();
    for (unsigned int step = 0; step < STEPS; step++) {
        one_call();
        sim_on_cpu(0);
        sim_run_until(now_ns() + sim_random(&r) % NS_PER_MS);
        for (unsigned int i = 0; i < DOMAINS; i++) {
            if (!dom[i]->is_shut_down)
                continue;
            domain_pause(dom[i]);
            domain_resume(dom[i]);
            domain_unpause(dom[i]);
        }
        for (unsigned int i = 0; i < DOMAINS; i++)
            if (sim_random(&r) % 16 == 0)
                vcpu_up(dom[i]->vcpu[sim_random(&r) % 2]);
    }
    for (unsigned int i = 0; i < DOMAINS; i++)
        guest_kill_stages(dom[i]);
    for (unsigned int i = 0; i < DOMAINS; i++)
        domain_put(dom[i]);
    sim_run_until(now_ns() + NS_PER_SEC);
    for (unsigned int i = 0; i < DOMAINS; i++)
        assert_null(domain_get_by_id((domid_t)(i + 1)));
    return heap_free_frames();
}

static void anything(void **state)
{
    sim_start(&(struct sim_config){ .frames = 32768, .cpus = 2 });
    sim_guest_window(box, 8192);
    uint64_t first = round_of_calls();
    for (unsigned int i = 1; i < ROUNDS; i++) {
        uint64_t now = round_of_calls();
        /*
         * The allocator of small objects may keep a page or two more than after the first round, but not more and more.
         */
        if (now + 32 < first)
            fail_msg("round %u: %lu frames free, %lu after the first", i, (unsigned long)now, (unsigned long)first);
    }
}

SIM_TESTS(cmocka_unit_test(anything))
