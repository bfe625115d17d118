/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random steps in the lives of a few domains: memory, grants, events, birth and death, calls interrupted in the middle,
 * abandoned there, continued as something else, or their domain ended there, and memory short. The law of law/check.c
 * is checked after each few steps, and after each that left a call or a domain in the middle; now and then all guests
 * end, and then every frame must be back. `make law` does it by the hundred million.
 *
 *     LAW_SEED=n    another life (0: the clock decides)
 *     LAW_STEPS=n   how long
 *     LAW_EVERY=n   check after each n steps
 *     LAW_FROM=n    from step n on check after each, and keep the diary; before, keep none
 *
 * A failure prints the seed, the step and what happened last. The same seed does the same again, however often it is
 * checked: so a long life is lived in haste, and what broke the law is found by living it again.
 */
#include "law/check.h"
#include "law/steps.h"

#include "core/event/layout.h"
#include "core/grant/grant.h"
#include "hv/heap.h"
#include "hv/log.h"

#include <hypercall_handlers.h>
#include <signal.h>
#include <time.h>

enum { STEPS = 600000, EVERY = 16, EPOCH = 5000, ENOUGH = 100 };

/*
 * What the hypervisor uses itself. Small objects are counted, not their pages: how full those are is chance
 * (core/mm/slab.c says what a page's frame->type means).
 */
enum { KINDS = 16, KIND_LARGE = 0xff };
struct own_use { uint64_t objects[KINDS], large_pages, pages; };
static struct own_use at_first; /* when there is only the control domain and it has nothing */

/* Only a build with sanitizers has it: `make law` goes without. */
void __sanitizer_set_death_callback(void (*fn)(void)) __attribute__((weak));

static unsigned long setting(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 0) : otherwise;
}

static void aborted(int signal_nr)
{
    diary_print();
    signal(signal_nr, SIG_DFL);
    raise(signal_nr);
}

/* The linker's --wrap: whenever somebody takes a guest's frame in order to write to it, the world hears of it. */
struct frame *__real_arch_guest_frame_get(struct domain *d, gfn_t g, bool write);
struct frame *__wrap_arch_guest_frame_get(struct domain *d, gfn_t g, bool write);
struct frame *__wrap_arch_guest_frame_get(struct domain *d, gfn_t g, bool write)
{
    struct frame *f = __real_arch_guest_frame_get(d, g, write);
    if (f && write)
        world_write_hold(d, f);
    return f;
}

static void start(uint64_t with_seed)
{
    seed = with_seed ? with_seed : (uint64_t)time(NULL);
    chance_state = seed * 0x9e3779b97f4a7c15 + 1;
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(diary_print);
    signal(SIGABRT, aborted);
    if (!__sanitizer_set_death_callback)
        signal(SIGSEGV, aborted);
    sim_start(&(struct sim_config){ .frames = RAM, .cpus = 2 });
    sim_guest_window(args, sizeof(args));
    meanwhile = random_step;
    kill_there = die_there;
    being[0].d = sim_domain(0, 1);
    being[0].serial = ~0u; /* guests count from 1 */
    being[0].d->is_privileged = true;
    being[0].d->max_pages = OWN_MAX - 8;
    being[0].d->events.max_port = PORTS - 1;
    if (!guest_tables_make(being[0].d, SLOT_BASE))
        panic("no memory for the control domain's page tables");
    sim_settle();
    /* What grows and stays is there at first. */
    while (evtchn_bind_ipi(being[0].d, 0) > 0)
        ;
    while (evtchn_reset(being[0].d))
        ;
    evtchn_close(being[0].d, (uint32_t)evtchn_bind_pirq(being[0].d, PIRQS - 1, 0));
}

/* By every handle, and what is left of its mappings. */
static void unmap_everything(struct being *b)
{
    struct grant_table *gt = b->d->grants;
    for (unsigned int i = 0; i < SLOTS / 2; i++)
        if (slot_entry(b, i) && guest_tables_map(b->d->vcpu[0], slot_va(i), MFN_NONE, false, DOMID_SELF))
            panic("d%u cannot unmap slot %u", b->d->id, i);
    for (uint32_t h = 0; h < gt->maptrack_frames * MAPTRACK_PER_PAGE; h++) {
        const struct maptrack_entry *e = &gt->maptrack[h / MAPTRACK_PER_PAGE][h % MAPTRACK_PER_PAGE];
        for (unsigned int tries = 0; e->flags; tries++) {
            if (tries == 4)
                panic("d%u cannot unmap handle %u of d%u entry %u", b->d->id, h, e->domid, e->ref);
            unmap_by_force(b, h);
        }
    }
    for (unsigned int i = 0; i < SLOTS; i++)
        if (slot_entry(b, i) && guest_tables_map(b->d->vcpu[0], slot_va(i), MFN_NONE, false, DOMID_SELF))
            panic("d%u cannot unmap slot %u", b->d->id, i);
    memset(b->note, 0, sizeof(b->note));
}

/* The control domain gives up all that it can. */
static void control_lets_go(void)
{
    struct being *b = &being[0];
    unmap_everything(b);
    for (uint32_t port = 1; port < PORTS; port++) {
        if (!b->port[port].state)
            continue;
        struct evtchn_close *op = args_op(sizeof(*op));
        op->port = port;
        call_op(b, hypercall_event_channel_op, EVTCHNOP_close, op);
        port_unset(b, port);
    }
    while (b->owns) {
        struct frame *f = mfn_to_frame(b->own[--b->owns]);
        if (frame_clear_allocated(f))
            frame_put(f);
    }
}

static struct own_use count_own_use(void)
{
    const struct grant_table *gt = being[0].d->grants;
    uint64_t active = (ENTRIES_V1 * sizeof(struct grant_active) + PAGE_SIZE - 1) / PAGE_SIZE;
    struct own_use use = { 0 };
    for (uint64_t nr = 1; nr < RAM; nr++) {
        const struct frame *f = &frame_table[nr];
        uint64_t kind = f->type & 0xff;
        if (f->count & FRAME_FREE)
            nr += (1ULL << (f->type & 0xff)) - 1;
        else if (f->count & FRAME_HV)
            use.pages++;
        else if (frame_owner_id(f) == being[0].d->id && is_page_table(f))
            use.pages++;
        else if (frame_owner_id(f) != FRAME_OWNER_NONE)
            panic("frame %lu is still d%u's", nr, frame_owner_id(f));
        else if (kind == KIND_LARGE)
            use.large_pages += f->type >> 8, nr += (f->type >> 8) - 1;
        else if (kind && kind < KINDS)
            use.objects[kind] += f->type >> 8 & 0xffff;
        else
            use.pages++;
    }
    /* The control domain's tables have grown, and stay. */
    use.large_pages -= gt->nr_frames * active;
    use.pages -= GUEST_TABLES + gt->nr_frames + gt->nr_status + gt->maptrack_frames;
    return use;
}

static void compare_own_use(void)
{
    struct own_use now = count_own_use();
    if (!at_first.pages)
        at_first = now;
    for (unsigned int i = 0; i < KINDS; i++)
        if (now.objects[i] != at_first.objects[i])
            panic("%lu objects of class %u are in use, %lu at first", now.objects[i], i, at_first.objects[i]);
    if (now.large_pages != at_first.large_pages || now.pages != at_first.pages)
        panic("%lu large and %lu other pages are in use, %lu and %lu at first", now.large_pages, now.pages,
              at_first.large_pages, at_first.pages);
}

/* Everybody ends, the dead are let go: what is left is what there was at the beginning. */
static void epoch_end(void)
{
    depth = 1;
    steady = true;
    if (relearn)
        world_relearn();
    for (unsigned int i = 1; i < BEINGS; i++)
        while (being[i].d && !death_part(&being[i]))
            ;
    world_relearn();
    control_lets_go();
    steady = false;
    depth = 0;
    sim_run_until(now_ns() + NS_PER_SEC);
    bury();
    while (heap_scrub_some())
        ;
    for (unsigned int i = 0; i < ZOMBIES; i++)
        if (zombie[i].d)
            panic("d%u is dead and does not go: %u references, %lu frames, %u pages of ours", zombie[i].d->id,
                  zombie[i].d->refs, zombie[i].d->tot_pages, zombie[i].d->hv_pages);
    law_check();
    compare_own_use();
}

static unsigned long left_in_the_middle(void)
{
    return seen[SEEN_ABANDONED] + seen[SEEN_CHANGED] + seen[SEEN_KILLED_THERE];
}

static void live(unsigned long number, unsigned long every, unsigned long from)
{
    for (step_number = 0; step_number < number; step_number++) {
        unsigned long left = left_in_the_middle();
        diary_kept = step_number >= from;
        random_step();
        if (step_number % every == 0 || left_in_the_middle() != left || (from && step_number >= from))
            law_check();
        if ((step_number + 1) % EPOCH == 0)
            epoch_end();
    }
    epoch_end();
}

static void a_long_life(void **state)
{
    unsigned long number = setting("LAW_STEPS", STEPS);
    start(setting("LAW_SEED", 1));
    while (!seen[SEEN_BIRTH])
        step_birth();
    epoch_end(); /* what is allocated once and stays is there now */
    live(number, setting("LAW_EVERY", EVERY), setting("LAW_FROM", 0));
    printf("seed %lu: %lu steps, %lu calls", (unsigned long)seed, number, calls);
    for (unsigned int i = 0; i < SEEN_KINDS; i++)
        printf(", %lu %s", seen[i], seen_name[i]);
    printf("\n");
    for (unsigned int i = 0; i < SEEN_KINDS; i++)
        if (number >= STEPS && seen[i] < ENOUGH)
            fail_msg("only %lu %s", seen[i], seen_name[i]);
}

/* --- The law can be broken: each of these wrongs it must notice. --- */

static struct frame *some_frame(void) { return mfn_to_frame(being[1].own[0]); }
static struct grant_active *some_active(void) { return grant_active_of(being[1].d->grants, 5); }
static void flip(uint64_t *word, uint64_t bits) { *word ^= bits; }
static void wrong_ref(int by) { some_frame()->count += (uint64_t)(int64_t)by; }
static void wrong_owner(int by) { flip(&some_frame()->count, 1ULL << FRAME_OWNER_SHIFT); }
static void wrong_allocated(int by) { flip(&some_frame()->count, FRAME_ALLOCATED); }
static void wrong_total(int by) { being[1].d->tot_pages += (uint64_t)(int64_t)by; }
static void wrong_link(int by) { some_frame()->next ^= 1; }
static void wrong_data(int by) { flip(stamp_of(frame_to_mfn(some_frame())), 1); }
static void wrong_domain(int by) { being[1].d->refs += (uint32_t)by; }
static void wrong_pin(int by) { some_active()->readers += (uint32_t)by; }
static void wrong_promise(int by) { being[1].d->outstanding_pages += (uint64_t)(int64_t)by; }
static void wrong_ports(int by) { being[1].d->events.active += (uint32_t)by; }
static void wrong_peer(int by)
{
    struct evtchn *e = evtchn_find(being[0].d, PORTS - 1);
    static struct evtchn was;
    if (by > 0)
        was = *e;
    *e = was;
    if (by > 0)
        *e = (struct evtchn){ .state = EVTCHN_INTERDOMAIN, .port = PORTS - 1, .interdomain = { domain_xen, 1 } };
}
static void wrong_poll(int by) { being[1].d->poll_count += (uint32_t)by; }

/* The flags of an entry about which the law may say something. */
static void wrong_flags(int by)
{
    for (unsigned int i = 0; i < BEINGS; i++)
        for (uint32_t ref = 0; ref < REFS && being[i].d && !being[i].overwritten; ref++) {
            struct grant_table *gt = being[i].d->grants;
            if (gt->version == 2)
                gt->status[0][ref] ^= GTF_reading;
            else if (!being[i].scribbled[ref])
                ((struct grant_entry_v1 *)gt->shared[0])[ref].flags ^= GTF_reading;
            else
                continue;
            return;
        }
}

static void wrong_maptrack(int by) { being[1].d->grants->maptrack_used += (uint32_t)by; }

static void wrong_free(int by)
{
    for (uint64_t nr = 1; nr < RAM; nr++)
        if (frame_table[nr].count == FRAME_FREE) {
            flip(stamp_of(mfn(nr)), 1);
            return;
        }
}

static bool law_breaks(void) { return sim_panics(law_check()); }

static void the_law_can_be_broken(void **state)
{
    static const struct { const char *name; void (*fn)(int by); } wrong[] = {
        { "a reference too many", wrong_ref }, { "another owner", wrong_owner }, { "not allocated", wrong_allocated },
        { "count of pages", wrong_total }, { "torn list", wrong_link }, { "data overwritten", wrong_data },
        { "secret in free memory", wrong_free }, { "an entry called in use", wrong_flags },
        { "reference on a domain", wrong_domain }, { "pin", wrong_pin },
        { "claimed memory", wrong_promise }, { "port lost", wrong_ports }, { "handle lost", wrong_maptrack },
        { "a domain named that is gone", wrong_peer }, { "poll that nobody does", wrong_poll },
    };
    start(7);
    signal(SIGABRT, SIG_DFL);
    for (step_number = 0; step_number < 20000 || !being[1].d || being[1].dying || being[1].owns < 5; step_number++)
        random_step();
    while (heap_scrub_some())
        ;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        law_check();
        wrong[i].fn(1);
        if (!law_breaks())
            fail_msg("%s: not noticed", wrong[i].name);
        wrong[i].fn(-1);
    }
    law_check();
}

/* --- And it must not take a guest's own work for a wrong: here one copies zeros over an entry that is mapped. --- */

static void copy_over_entry(struct being *b, uint32_t ref, uint32_t by_ref)
{
    struct gnttab_copy *op = args_op(sizeof(*op));
    op->source = (struct gnttab_copy_ptr){ .u.gmfn = b->own[0].nr, .domid = DOMID_SELF };
    op->dest = (struct gnttab_copy_ptr){ .u.ref = by_ref, .domid = b->d->id, .offset = (uint16_t)(ref * 8) };
    op->flags = GNTCOPY_dest_gref;
    op->len = sizeof(struct grant_entry_v1);
    assert_int_equal(call_op(b, hypercall_grant_table_op, GNTTABOP_copy, op), 0);
    assert_int_equal(op->status, GNTST_okay);
}

static bool may_grant(const struct being *b)
{
    return b->d->grants->version == 1 && b->owns && !b->overwritten && !slot_entry(b, 0) &&
           !grant_active_of(b->d->grants, 5)->frame && !grant_active_of(b->d->grants, 6)->frame;
}

static void a_table_written_over_is_no_wrong(void **state)
{
    struct being *b = &being[1];
    start(7);
    for (step_number = 0; step_number < 1000 || !b->d || b->dying || !may_grant(b); step_number++)
        random_step();
    steady = true;
    const uint64_t frame[] = { b->own[0].nr, virt_to_mfn(b->d->grants->shared[0]).nr };
    for (unsigned int i = 0; i < ARRAY_SIZE(frame); i++) {
        *(struct grant_entry_v1 *)entry_at(b, 5 + i) =
            (struct grant_entry_v1){ GTF_permit_access, b->d->id, (uint32_t)frame[i] };
        b->scribbled[5 + i] = false;
    }
    struct gnttab_map_grant_ref *op = args_op(sizeof(*op));
    *op = (struct gnttab_map_grant_ref){ .host_addr = SLOT_BASE, .flags = GNTMAP_host_map, .ref = 5, .dom = b->d->id };
    assert_int_equal(call_op(b, hypercall_grant_table_op, GNTTABOP_map_grant_ref, op), 0);
    assert_int_equal(op->status, GNTST_okay);
    law_check();
    copy_over_entry(b, 5, 6);
    law_check();
}

SIM_TESTS(cmocka_unit_test(the_law_can_be_broken), cmocka_unit_test(a_table_written_over_is_no_wrong),
          cmocka_unit_test(a_long_life))
