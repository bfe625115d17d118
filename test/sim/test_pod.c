/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Population on demand: what one call or one touch may cost, whoever asks for how much. */
#include "sim_test.h"

#include "guest.h"
#include "hv/heap.h"
#include "hv/physmap.h"
#include "hvm/p2m.h"

enum { BASE = 0x200, STEP_FRAMES = 600 };

static struct domain *d0, *d;

static void start(void)
{
    const struct domain_config config = { .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap, .max_vcpus = 1,
                                          .max_evtchn_port = 1023, .max_grant_frames = 4, .max_maptrack_frames = 4 };

    sim_start(&(struct sim_config){ .frames = 32768, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    d0 = sim_domain(1, 1);
    d0->is_privileged = d0->is_hardware = true;
    assert_int_equal(domain_create(3, &config, &d), 0);
    d->max_pages = 6000;
    vcpu_set_initialised(vcpu_create(d, 0), true);
    vcpu_up(d->vcpu[0]);
    d->controller_pauses = 0;
    domain_unpause(d);
    while (hvm_pool_set(d, 64 * PAGE_SIZE) == -ERESTART)
        ;
    sim_settle();
}

/* Somebody waits for the CPU of dom0 all the time. */
static void hurry(bool on)
{
    static struct vcpu *before;

    d0->vcpu[0]->info->evtchn_upcall_mask = 0;
    d0->vcpu[0]->info->evtchn_upcall_pending = on;
    if (on)
        before = sim_this->current;
    sim_this->current = on ? d0->vcpu[0] : before;
}

static uint64_t cached(void)
{
    struct hvm_pod pod;

    assert_int_equal(hvm_pod_target(d, NULL, &pod), 0);
    return pod.cache;
}

static void target(uint64_t frames)
{
    struct xen_pod_target op = { .domid = d->id, .target_pages = frames };

    assert_int_equal(guest_op(d0->vcpu[0], hypercall_memory_op, XENMEM_set_pod_target, &op), 0);
}

static enum hvm_p2m_answer touch(uint64_t g) { return hvm_p2m_fault(d->vcpu[0], g << PAGE_SHIFT, 0); }

static uint64_t *word_at(uint64_t g)
{
    enum p2m_type kind;
    mfn_t m = hvm_p2m_lookup(d, gfn(g), &kind);

    return p2m_type_is_ram(kind) ? mfn_to_virt(m) : NULL;
}

/*
 * A guest that has used up its memory is searched once, not at each touch: even a frame that is all zeroes now is not
 * found. As soon as a frame comes, by whatever way, touches are served again.
 */
static void test_search_is_spent(void **state)
{
    xen_pfn_t list[1] = { BASE };
    struct xen_memory_reservation r = { .extent_start.p = (void *)(box + 4096), .nr_extents = 1, .domid = DOMID_SELF };

    start();
    target(4);
    for (uint64_t g = BASE; g < BASE + 8; g++)
        assert_int_equal(hvm_pod_populate(d, gfn(g), 0), 0);
    for (uint64_t g = BASE; g < BASE + 4; g++) {
        assert_int_equal(touch(g), HVM_P2M_RETRY);
        *word_at(g) = 1;
    }
    assert_int_equal(touch(BASE + 4), HVM_P2M_REFUSED);
    *word_at(BASE + 1) = 0;
    assert_int_equal(touch(BASE + 4), HVM_P2M_REFUSED);
    assert_int_equal(touch(BASE + 7), HVM_P2M_REFUSED);
    assert_true(word_at(BASE + 1));
    memcpy(box + 4096, list, sizeof(list));
    assert_int_equal(guest_op(d->vcpu[0], hypercall_memory_op, XENMEM_decrease_reservation, &r), 1);
    assert_int_equal(touch(BASE + 4), HVM_P2M_RETRY);
}

/* However large the cache: its growing and its end give way, and each part of them is short. */
static void test_cache_in_steps(void **state)
{
    uint64_t frames = 5000, before;
    struct hvm_pod pod;
    unsigned int parts = 0;
    int rc;

    start();
    do {
        before = cached();
        hurry(true);
        rc = hvm_pod_target(d, &frames, &pod);
        hurry(false);
        assert_true(pod.cache - before <= STEP_FRAMES);
        parts++;
    } while (rc == -ERESTART);
    assert_int_equal(rc, 0);
    assert_int_equal(pod.cache, frames);
    assert_true(parts >= frames / STEP_FRAMES);

    domain_pause(d); /* it has left its CPU, where dom0 acts now */
    sim_settle();
    uint64_t free = heap_free_frames();
    for (parts = 0, rc = -ERESTART; rc == -ERESTART; parts++) {
        hurry(true);
        rc = domain_kill(d);
        hurry(false);
        assert_true(heap_free_frames() - free <= STEP_FRAMES);
        sim_settle();
        free = heap_free_frames();
    }
    assert_int_equal(rc, 0);
    assert_true(parts >= frames / STEP_FRAMES);
}

SIM_TESTS(cmocka_unit_test(test_search_is_spent), cmocka_unit_test(test_cache_in_steps))
