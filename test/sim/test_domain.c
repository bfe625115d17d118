/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's life: found by id, referenced, shut down and resumed, ended in stages, and everything given back. */
#include "sim_test.h"

#include "core/domain/domain.h"
#include "guest.h"
#include "hv/heap.h"
#include "pv/mm/types.h"

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    sim_settle();
}

static void finding(void **state)
{
    start();
    struct domain *d5 = sim_domain(5, 1), *d700 = sim_domain(700, 1), *d;
    struct domain_config c = { .max_vcpus = 1, .max_grant_frames = 1 };
    assert_int_equal(domain_create(5, &c, &d), -EEXIST);
    assert_int_equal(domain_create(DOMID_FIRST_RESERVED, &c, &d), -EINVAL);
    c.max_vcpus = 0;
    assert_int_equal(domain_create(6, &c, &d), -EINVAL);

    assert_null(domain_get_by_id(6));
    assert_null(domain_get_by_id(DOMID_SELF));
    assert_ptr_equal(domain_get_by_id(5), d5);
    assert_ptr_equal(domain_get_next(0), d5);
    assert_ptr_equal(domain_get_next(6), d700);
    assert_null(domain_get_next(701));
    domain_put(d5);
    domain_put(d5);
    domain_put(d700);
    assert_ptr_equal(domain_by_owner_id(700), d700);
    assert_ptr_equal(domain_by_owner_id(DOMID_IO), domain_io);
    assert_ptr_equal(domain_by_owner_id(DOMID_XEN), domain_xen);
    assert_null(domain_by_owner_id(FRAME_OWNER_NONE));
    guest_kill(d5);
    assert_null(domain_get_by_id(5));
    assert_ptr_equal(domain_get_next(0), d700);
}

/* Whoever holds a reference keeps the structure, but not what the domain had. */
static void references(void **state)
{
    start();
    struct domain *d = sim_domain(5, 2);
    uint64_t free0 = heap_free_frames();
    for (unsigned int i = 0; i < 100; i++)
        assert_false(mfn_eq(domain_alloc_frames(d, 0, 0), MFN_NONE));
    assert_true(domain_get(d));
    guest_kill(d);
    assert_int_equal(d->life, DOMAIN_DEAD);
    assert_int_equal(d->tot_pages, 0);
    assert_true(heap_free_frames() >= free0);
    assert_ptr_equal(domain_get_by_id(5), d);
    domain_put(d);
    assert_int_equal(evtchn_alloc_unbound(d, 1), -EINVAL);
    assert_true(mfn_eq(domain_alloc_frames(d, 0, 0), MFN_NONE));
    domain_put(d);
    sim_settle();
    assert_null(domain_get_by_id(5));
}

/* A page of ours that somebody still maps keeps the dead domain; the reaper finds out when it ends. */
static void zombie(void **state)
{
    start();
    struct domain *d = sim_domain(5, 1);
    struct frame *f = mfn_to_frame(virt_to_mfn(d->shared_info));
    assert_true(frame_get(f, d));
    guest_kill(d);
    assert_ptr_equal(domain_get_by_id(5), d);
    domain_put(d);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_ptr_equal(domain_get_by_id(5), d);
    domain_put(d);
    frame_put(f);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_null(domain_get_by_id(5));
}

static void no_leak(void **state)
{
    start();
    uint64_t before = 0;
    for (unsigned int i = 0; i < 200; i++) {
        struct domain *d = sim_domain((domid_t)(1 + i % 3), 1 + i % 40);
        for (unsigned int n = 0; n < i % 10; n++)
            domain_alloc_frames(d, n % 3, 0);
        evtchn_bind_virq(d, VIRQ_TIMER, 0);
        guest_kill(d);
        if (i == 50)
            before = heap_free_frames();
    }
    assert_int_equal(heap_free_frames(), before);
}

/* Wherever the making of a domain ends for want of memory, what was made before is given back. */
static void unwound(void **state)
{
    start();
    const struct domain_config c = { .max_vcpus = 40, .max_evtchn_port = 5000, .max_grant_frames = 8,
                                     .max_maptrack_frames = 8 };
    struct domain *d;
    mfn_t taken;
    unsigned int failed = 0, made = 0;

    guest_kill(sim_domain(1, 1)); /* what is kept for the next time is there */
    while (!mfn_eq(taken = heap_alloc(0, 0), MFN_NONE))
        ;
    for (uint64_t left = 0; made < 3; left++) {
        uint64_t before = heap_free_frames();
        if (domain_create(7, &c, &d)) {
            failed++;
            assert_null(domain_get_by_id(7));
        } else {
            made++;
            guest_kill(d);
        }
        if (heap_free_frames() < before)
            fail_msg("%lu frames were left, %lu are not given back", left, before - heap_free_frames());
        assert_true(left < 2000);
        heap_free(mfn(1000 + left), 0, false); /* one more for the next try */
    }
    assert_true(failed > 5);
}

static void shutdown_and_resume(void **state)
{
    start();
    struct domain *toolstack = sim_domain(1, 1), *d = sim_domain(2, 2);
    hardware_domain = toolstack;
    int port = evtchn_bind_virq(toolstack, VIRQ_DOM_EXC, 0);
    struct sched_shutdown op = { .reason = SHUTDOWN_reboot };
    assert_int_equal(guest_op(d->vcpu[0], hypercall_sched_op, SCHEDOP_shutdown, &op), 0);
    assert_true(d->is_shut_down);
    assert_int_equal(d->shutdown_code, SHUTDOWN_reboot);
    assert_false(vcpu_runnable(d->vcpu[0]) || vcpu_runnable(d->vcpu[1]));
    sim_settle();
    assert_true(evtchn_port_pending(toolstack, port));
    domain_shutdown(d, SHUTDOWN_crash); /* too late to change the reason */
    assert_int_equal(d->shutdown_code, SHUTDOWN_reboot);
    domain_pause(d);
    domain_resume(d);
    domain_unpause(d);
    assert_false(d->is_shut_down);
    assert_true(vcpu_runnable(d->vcpu[0]) && vcpu_runnable(d->vcpu[1]));

    op.reason = SHUTDOWN_crash;
    assert_int_equal(guest_op(d->vcpu[0], hypercall_sched_op, SCHEDOP_shutdown_code, &op), 0);
    op.reason = SHUTDOWN_poweroff;
    assert_int_equal(guest_op(d->vcpu[0], hypercall_sched_op, SCHEDOP_shutdown, &op), 0);
    assert_int_equal(d->shutdown_code, SHUTDOWN_crash);
    hardware_domain = NULL;
}

/* The form of Xen 3.0: the argument is the reason, of which the lowest byte counts. */
static void shutdown_of_old(void **state)
{
    start();
    struct domain *d = sim_domain(2, 1);
    assert_int_equal(guest_call(d->vcpu[0], hypercall_sched_op_compat, 3, 0, 0), -ENOSYS);
    assert_int_equal(guest_call(d->vcpu[0], hypercall_sched_op_compat, SCHEDOP_yield, 0, 0), 0);
    assert_false(d->is_shut_down);
    struct vcpu *v = d->vcpu[0];
    assert_int_equal(guest_call(v, hypercall_sched_op_compat, SCHEDOP_shutdown, 0x1000 + SHUTDOWN_suspend, 0), 0);
    assert_true(d->is_shut_down);
    assert_int_equal(d->shutdown_code, SHUTDOWN_suspend);
}

static void watchdogs(void **state)
{
    start();
    struct domain *d = sim_domain(2, 1);
    assert_int_equal(domain_watchdog(d, 0, 0), -EINVAL);
    assert_int_equal(domain_watchdog(d, 3, 1), -EINVAL);
    assert_int_equal(domain_watchdog(d, 2, 1), -EINVAL);
    assert_int_equal(domain_watchdog(d, 0, 1), 1);
    assert_int_equal(domain_watchdog(d, 0, 30), 2);
    assert_int_equal(domain_watchdog(d, 0, 30), -ENOSPC);
    sim_run_until(now_ns() + NS_PER_SEC / 2);
    assert_int_equal(domain_watchdog(d, 1, 1), 0);
    sim_run_until(now_ns() + NS_PER_SEC / 2 + NS_PER_MS);
    assert_false(d->is_shut_down);
    assert_int_equal(domain_watchdog(d, 1, 0), 0);
    sim_run_until(now_ns() + 10 * NS_PER_SEC);
    assert_false(d->is_shut_down);
    sim_run_until(now_ns() + 20 * NS_PER_SEC);
    assert_true(d->is_shut_down);
    assert_int_equal(d->shutdown_code, SHUTDOWN_watchdog);
}

static void vcpu_info(void **state)
{
    start();
    struct domain *d = sim_domain(2, 40), *other = sim_domain(3, 1);
    struct vcpu *v = d->vcpu[0], *late = d->vcpu[39];
    mfn_t m = domain_alloc_frames(d, 0, HEAP_ZERO), foreign = domain_alloc_frames(other, 0, HEAP_ZERO);
    assert_ptr_equal(v->info, &d->shared_info->vcpu_info[0]);
    assert_ptr_equal(late->info, late->info_fallback);
    vcpu_down(late);
    sim_settle();
    static const struct { const char *name; unsigned int frame; uint32_t offset; long rc; } t[] = {
        { "crosses the page", 0, 4096 - 63, -ENXIO },
        { "not aligned", 0, 4, -ENXIO },
        { "far off", 0, 0xffffffff, -ENXIO },
        { "another domain's", 1, 0, -EINVAL },
        { "no frame", 2, 0, -EINVAL },
        { "good", 0, 4096 - 64, 0 },
        { "again", 0, 0, -EINVAL },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        struct vcpu_register_vcpu_info op = { .offset = t[i].offset };
        op.mfn = t[i].frame == 0 ? m.nr : t[i].frame == 1 ? foreign.nr : 1ULL << 50;
        memcpy(box, &op, sizeof(op));
        long rc = guest_call(v, hypercall_vcpu_op, VCPUOP_register_vcpu_info, 39, BOX);
        if (rc != t[i].rc)
            fail_msg("%s: %ld instead of %ld", t[i].name, rc, t[i].rc);
    }
    vcpu_info_t *info = (void *)((char *)mfn_to_virt(m) + 4096 - 64);
    assert_ptr_equal(late->info, info);
    assert_int_equal(info->evtchn_upcall_mask, 1);
    assert_int_equal(info->evtchn_upcall_pending, 1);
    assert_true(info->evtchn_pending_sel == ~0UL);
    assert_int_equal(frame_refs(mfn_to_frame(m)), 2);
    vcpu_unmap_info(late);
    assert_int_equal(frame_refs(mfn_to_frame(m)), 1);
    guest_kill(d);
}

static long register_area(struct vcpu *v, uint32_t cmd, uint32_t id, uint64_t gaddr)
{
    memcpy(box, &gaddr, sizeof(gaddr));
    return guest_call(v, hypercall_vcpu_op, cmd, id, BOX);
}

/* Run state and time by guest frame address: what is refused takes no reference, what is replaced gives its back. */
static void areas(void **state)
{
    start();
    struct domain *d = sim_domain(2, 2), *other = sim_domain(3, 1);
    struct vcpu *v = d->vcpu[0];
    mfn_t m = domain_alloc_frames(d, 0, HEAP_ZERO), n = domain_alloc_frames(d, 0, HEAP_ZERO);
    mfn_t foreign = domain_alloc_frames(other, 0, HEAP_ZERO);
    static const struct { uint32_t cmd; uint64_t size; } kinds[] = {
        { VCPUOP_register_runstate_phys_area, sizeof(struct vcpu_runstate_info) },
        { VCPUOP_register_vcpu_time_phys_area, sizeof(vcpu_time_info_t) },
    };

    for (unsigned int i = 0; i < 2 * ARRAY_SIZE(kinds); i++) {
        uint32_t cmd = kinds[i / 2].cmd, id = i % 2;
        uint64_t at = m.nr * PAGE_SIZE, last = at + PAGE_SIZE - kinds[i / 2].size;

        assert_int_equal(register_area(v, cmd, id, last + 8), -ENXIO); /* crosses the page */
        assert_int_equal(register_area(v, cmd, id, at + 4), -ENXIO);
        assert_int_equal(register_area(v, cmd, id, foreign.nr * PAGE_SIZE), -EINVAL);
        assert_int_equal(register_area(v, cmd, id, 1ULL << 60), -EINVAL);
        assert_int_equal(register_area(v, cmd, id, ~0ULL - 8), -ENXIO);
        assert_int_equal(register_area(v, cmd, 2, at), -ENOENT);
        assert_int_equal(guest_call(v, hypercall_vcpu_op, cmd, id, 0x1000), -EFAULT);
        assert_int_equal(frame_refs(mfn_to_frame(m)), 1);
        assert_int_equal(register_area(v, cmd, id, ~0ULL), 0); /* none yet */
        assert_int_equal(register_area(v, cmd, id, last), 0);
        assert_int_equal(frame_refs(mfn_to_frame(m)), 2);
        assert_int_equal(register_area(v, cmd, id, last), 0);
        assert_int_equal(frame_refs(mfn_to_frame(m)), 2);
        assert_int_equal(register_area(v, cmd, id, n.nr * PAGE_SIZE), 0);
        assert_int_equal(frame_refs(mfn_to_frame(m)), 1);
        assert_int_equal(frame_refs(mfn_to_frame(n)), 2);
        assert_int_equal(register_area(v, cmd, id, ~0ULL), 0);
        assert_int_equal(frame_refs(mfn_to_frame(n)), 1);
    }
    for (unsigned int i = 0; i < 2 * ARRAY_SIZE(kinds); i++)
        assert_int_equal(register_area(v, kinds[i / 2].cmd, i % 2, m.nr * PAGE_SIZE + 512 * i), 0);
    assert_int_equal(frame_refs(mfn_to_frame(m)), 5);
    guest_kill(d); /* takes them all back, or the domain would not go */
    assert_null(domain_get_by_id(2));
    guest_kill(other);
}

/* While there is one by frame address, that alone is written, with the update flag down again. */
static void area_served(void **state)
{
    start();
    struct domain *d = sim_domain(2, 1);
    struct vcpu *v = d->vcpu[0];
    mfn_t m = domain_alloc_frames(d, 0, HEAP_ZERO);
    struct vcpu_runstate_info *by_frame = mfn_to_virt(m), *by_address = (void *)(box + 512);

    v->runstate_area = (uint64_t)(uintptr_t)by_address;
    memset(by_address, 0, sizeof(*by_address));
    assert_int_equal(register_area(v, VCPUOP_register_runstate_phys_area, 0, m.nr * PAGE_SIZE), 0);
    v->runstate_info.state = RUNSTATE_running;
    v->runstate_info.time[RUNSTATE_running] = 12345;
    v->runstate_info.state_entry_time = 678;
    vcpu_update_runstate_area(v);
    assert_int_equal(by_frame->time[RUNSTATE_running], 12345);
    assert_int_equal(by_frame->state_entry_time, 678);
    assert_int_equal(by_address->state_entry_time, 0);
    assert_int_equal(register_area(v, VCPUOP_register_runstate_phys_area, 0, ~0ULL), 0);
    sim_this->current = v;
    vcpu_update_runstate_area(v);
    assert_int_equal(by_address->state_entry_time, 678);
    guest_kill(d);
}

static struct vcpu *whose;

static void taken_away(unsigned int cpu)
{
    sim_on_tlb_flush = NULL;
    assert_int_equal(vcpu_map_area(whose, VCPU_AREA_RUNSTATE, ~0ULL), 0);
}

/* Two have the vCPU stopped: while the first gives up the old place, the second takes the new one away. */
static void area_raced(void **state)
{
    start();
    struct domain *d = sim_domain(2, 2);
    mfn_t old = domain_alloc_frames(d, 0, HEAP_ZERO), new = domain_alloc_frames(d, 0, HEAP_ZERO);
    struct frame *f = mfn_to_frame(old);

    whose = d->vcpu[1];
    assert_int_equal(register_area(d->vcpu[0], VCPUOP_register_runstate_phys_area, 1, old.nr * PAGE_SIZE), 0);
    frame_stamp_unmapped(f); /* so the last reference makes CPU 0 flush */
    cpumask_set(&d->arch.dirty_cpus, 0);
    assert_true(frame_clear_allocated(f));
    frame_put(f);
    sim_on_tlb_flush = taken_away;
    assert_int_equal(register_area(d->vcpu[0], VCPUOP_register_runstate_phys_area, 1, new.nr * PAGE_SIZE), 0);
    assert_null(sim_on_tlb_flush);
    assert_null(whose->area[VCPU_AREA_RUNSTATE]);
    assert_int_equal(frame_refs(mfn_to_frame(new)), 1);
    guest_kill(d);
}

static void crash(void **state)
{
    start();
    struct domain *d = sim_domain(2, 1);
    domain_crash(d, "for a test: %d", 1);
    assert_true(d->is_shut_down);
    assert_int_equal(d->shutdown_code, SHUTDOWN_crash);
    domain_crash(d, "again");
    guest_kill(d);
}

/* One kind of thing is left over in @d, which is at its end: planted, or (@on false) taken out again. */
static void left_over(struct domain *d, unsigned int kind, bool on)
{
    static struct frame *f;

    switch (kind) {
    case 0:
        d->hv_pages += on ? 1 : -1;
        break;
    case 1:
        d->tot_pages += on ? 1 : -1;
        break;
    case 2:
        if (on) {
            f = mfn_to_frame(heap_alloc(0, 0));
            frame_list_add_tail(&d->frames, f);
        } else {
            frame_list_del(&d->frames, f);
            heap_free(frame_to_mfn(f), 0, false);
        }
        break;
    case 3:
        d->vcpu[0]->info_mfn = on ? mfn(5) : MFN_NONE;
        break;
    case 4:
        d->events.active += on ? 1 : -1;
        break;
    case 5:
        d->refs += on ? 1 : -1;
        break;
    default:
        d->life = on ? DOMAIN_DYING : DOMAIN_DEAD;
    }
}

static bool end_panics(struct domain *d) { return sim_panics(domain_gone(d)); }

/* At the end each kind of thing is asked for by itself: whoever still has one is not freed. */
static void each_part_is_asked(void **state)
{
    start();
    struct domain *d = sim_domain(5, 1);
    assert_true(domain_get(d));
    guest_kill(d);
    assert_int_equal(d->refs, 1);
    d->refs = 0;
    for (unsigned int kind = 0; kind < 7; kind++) {
        left_over(d, kind, true);
        assert_true(end_panics(d));
        assert_ptr_equal(domain_by_owner_id(5), d);
        left_over(d, kind, false);
    }
    d->refs = 1;
    domain_put(d);
    sim_settle();
    assert_null(domain_by_owner_id(5));
}

SIM_TESTS(cmocka_unit_test(finding), cmocka_unit_test(references), cmocka_unit_test(zombie),
          cmocka_unit_test(no_leak), cmocka_unit_test(unwound),
          cmocka_unit_test(shutdown_and_resume), cmocka_unit_test(shutdown_of_old), cmocka_unit_test(watchdogs),
          cmocka_unit_test(vcpu_info), cmocka_unit_test(areas), cmocka_unit_test(area_served),
          cmocka_unit_test(area_raced),
          cmocka_unit_test(crash), cmocka_unit_test(each_part_is_asked))
