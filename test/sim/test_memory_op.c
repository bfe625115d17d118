/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op is decoded once: whatever another vCPU writes into the structure after it was read changes nothing. And
 * what the spaces of a physical map name.
 */
#include "sim_test.h"

#include "core/hypercall/memory.h"
#include "guest.h"
#include "hv/grant.h"
#include "hv/heap.h"
#include "hv/softirq.h"

static struct domain *d0, *d1, *d2;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    d0 = sim_domain(1, 1);
    d1 = sim_domain(2, 1);
    d2 = sim_domain(3, 1);
    d0->is_privileged = d0->is_hardware = true;
    sim_settle();
}

/* --- The structure is read once --- */

static unsigned int reads;

/* The guest's other vCPU: as soon as the structure was read, something else is there, and means another domain. */
static void rewrite(vaddr_t va, size_t len)
{
    if (va >= BOX + sizeof(((struct memory_call *)0)->op) || va + len <= BOX)
        return;
    reads++;
    for (size_t i = 0; i < sizeof(((struct memory_call *)0)->op) / 2; i++)
        ((uint16_t *)box)[i] = d2->id;
}

/* What each structure with a target has of its first 2 KiB after it: lists with one of the caller's frames. */
static void arguments(uint32_t cmd, struct memory_call *m, domid_t target)
{
    void *list = box + 4096;

    memset(m, 0, sizeof(*m));
    switch (cmd) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
    case XENMEM_claim_pages:
        m->op.reservation = (struct xen_memory_reservation){ .extent_start.p = list, .nr_extents = 1, .domid = target };
        break;
    case XENMEM_exchange:
        m->op.exchange.in = m->op.exchange.out =
            (struct xen_memory_reservation){ .extent_start.p = list, .nr_extents = 1, .domid = target };
        break;
    case XENMEM_add_to_physmap:
        m->op.add.domid = target;
        break;
    case XENMEM_get_pod_target:
    case XENMEM_set_pod_target:
        m->op.pod.domid = target;
        break;
    default: /* where it stands first */
        memcpy(&m->op, &target, sizeof(target));
        break;
    }
    memcpy(box, &m->op, sizeof(m->op));
}

static void decoded_once(void **state)
{
    struct memory_call m;

    start();
    for (uint32_t cmd = 0; cmd < 64; cmd++) {
        mfn_t mine = domain_alloc_frames(d1, 0, 0), others = domain_alloc_frames(d2, 0, 0);
        uint64_t pages = d2->tot_pages;

        assert_false(mfn_eq(mine, MFN_NONE) || mfn_eq(others, MFN_NONE));
        *(uint64_t *)(box + 4096) = mine.nr;
        arguments(cmd, &m, DOMID_SELF);
        reads = 0;
        sim_on_guest_read = rewrite;
        (void)guest_call(d1->vcpu[0], hypercall_memory_op, cmd, BOX, 0);
        sim_on_guest_read = NULL;
        if (reads > 1)
            fail_msg("command %u read its structure %u times", cmd, reads);
        if (d2->tot_pages != pages)
            fail_msg("command %u changed the memory of a domain that was not named when it was allowed", cmd);
    }
}

/* --- What the spaces name --- */

static void spaces(void **state)
{
    start();
    mfn_t own = domain_alloc_frames(d1, 0, 0), foreign = domain_alloc_frames(d2, 0, 0);
    mfn_t grants = mfn(0), info = virt_to_mfn(d1->shared_info);

    assert_int_equal(grant_table_acquire(d1, XENMEM_resource_grant_table_id_shared, 0, 1, &grants.nr), 0);
    const struct { const char *name; struct domain *foreign; unsigned int space; uint64_t idx, nr; } t[] = {
        { "shared_info", NULL, XENMAPSPACE_shared_info, 0, info.nr },
        { "shared_info has one page", NULL, XENMAPSPACE_shared_info, 1, 0 },
        { "the grant table", NULL, XENMAPSPACE_grant_table, 0, grants.nr },
        { "past its limit", NULL, XENMAPSPACE_grant_table, 4, 0 },
        { "status frames of version 1", NULL, XENMAPSPACE_grant_table, XENMAPIDX_grant_table_status, 0 },
        { "an index of any size", NULL, XENMAPSPACE_grant_table, ~0ULL, 0 },
        { "an own frame", NULL, XENMAPSPACE_gmfn, own.nr, own.nr },
        { "one of a range", NULL, XENMAPSPACE_gmfn_range, own.nr, own.nr },
        { "a frame of somebody else's", NULL, XENMAPSPACE_gmfn, foreign.nr, 0 },
        { "no frame", NULL, XENMAPSPACE_gmfn, ~0ULL, 0 },
        { "a foreign frame", d2, XENMAPSPACE_gmfn_foreign, foreign.nr, foreign.nr },
        { "a foreign frame that is not", d2, XENMAPSPACE_gmfn_foreign, own.nr, 0 },
        { "a foreign frame of nobody", NULL, XENMAPSPACE_gmfn_foreign, foreign.nr, 0 },
        { "device memory", NULL, XENMAPSPACE_dev_mmio, 0, 0 },
        { "no space", NULL, 77, 0, 0 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        uint32_t before = t[i].nr ? frame_refs(mfn_to_frame(mfn(t[i].nr))) : 0;
        struct frame *f = physmap_source_get(d1, t[i].foreign, t[i].space, t[i].idx);

        if (!t[i].nr != !f || (f && frame_to_mfn(f).nr != t[i].nr))
            fail_msg("%s: frame %#lx", t[i].name, f ? (unsigned long)frame_to_mfn(f).nr : 0);
        if (!f)
            continue;
        assert_int_equal(frame_refs(f), before + 1);
        arch_guest_frame_put(f, physmap_source_written(d1, t[i].foreign, t[i].space));
        assert_int_equal(frame_refs(f), before);
    }
    /* A table grows as far as is named. */
    struct frame *f = physmap_source_get(d1, NULL, XENMAPSPACE_grant_table, 3);
    assert_non_null(f);
    arch_guest_frame_put(f, false);
}

SIM_TESTS(cmocka_unit_test(decoded_once), cmocka_unit_test(spaces))
