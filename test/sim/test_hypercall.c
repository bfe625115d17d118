/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dispatch, multicall, and the answers of the core's hypercalls: results, errors, and bytes that must stay untouched.
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/console.h"
#include "hv/heap.h"
#include "hv/softirq.h"
#include "hv/version.h"
#include "pv/hypercall.h"

#include <subops.h>

static struct domain *d0, *d1;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    d0 = sim_domain(1, 2);
    d1 = sim_domain(2, 2);
    d0->is_privileged = d0->is_hardware = true;
    sim_settle();
}

/* Some handlers must be in the build for the table to have them. */
__attribute__((used)) static const hypercall_fn linked[] = {
    hypercall_xen_version, hypercall_sched_op,   hypercall_vcpu_op,   hypercall_memory_op,   hypercall_event_channel_op,
    hypercall_multicall,   hypercall_console_io, hypercall_vm_assist, hypercall_set_timer_op,
    hypercall_mmu_update,  hypercall_mmuext_op,  hypercall_update_va_mapping, hypercall_sched_op_compat
};

static void dispatch(void **state)
{
    start();
    assert_non_null(linked[0]);
    sim_this->current = d1->vcpu[0];
    struct cpu_user_regs regs = { .rax = __HYPERVISOR_xen_version, .rdi = XENVER_version };
    pv_hypercall(&regs);
    assert_int_equal(regs.rax, 4 << 16 | 17);
    static const uint64_t none[] = { 11, 27, 31, 38, 39, 63, 64, 0xffffffff, 1ULL << 63,
                                     0xffffffff00000000 | __HYPERVISOR_xen_version };
    for (unsigned int i = 0; i < ARRAY_SIZE(none); i++) {
        regs.rax = none[i];
        pv_hypercall(&regs);
        assert_int_equal(regs.rax, -ENOSYS);
    }

    /* A continued call: arguments advanced, number kept, instruction pointer back. */
    mfn_t m[3];
    struct xen_memory_reservation r = { .extent_start = { (void *)(box + 256) }, .nr_extents = 3, .domid = DOMID_SELF };
    for (unsigned int i = 0; i < 3; i++) {
        m[i] = domain_alloc_frames(d1, 0, 0);
        ((uint64_t *)(box + 256))[i] = m[i].nr;
    }
    memcpy(box, &r, sizeof(r));
    regs = (struct cpu_user_regs){
        .rax = __HYPERVISOR_memory_op, .rdi = XENMEM_decrease_reservation, .rsi = BOX, .rip = 0x1000
    };
    softirq_raise(SOFTIRQ_RCU);
    pv_hypercall(&regs);
    assert_int_equal(regs.rax, __HYPERVISOR_memory_op);
    assert_true(regs.rip < 0x1000);
    assert_int_equal(regs.rdi, 1 << 6 | XENMEM_decrease_reservation);
    pv_hypercall(&regs);
    assert_int_equal(regs.rdi, 2 << 6 | XENMEM_decrease_reservation);
    pv_hypercall(&regs);
    assert_int_equal(regs.rax, 3);
    assert_int_equal(d1->tot_pages, 0);
}

/* A kind of guest has its own table, and what is not in it is not there, whatever the build contains. */
static void kinds(void **state)
{
    start();
    sim_this->current = d1->vcpu[0];
    unsigned int pv_only = 0;
    for (uint32_t nr = 0; nr < HYPERCALL_COUNT; nr++) {
        const struct hypercall_row *pv = &hypercall_table[HYPERCALLS_PV][nr];
        const struct hypercall_row *hvm = &hypercall_table[HYPERCALLS_HVM][nr];
        if (pv->fn && hvm->fn)
            assert_string_equal(pv->name, hvm->name);
        if (hvm->fn)
            continue;
        struct hypercall call = { .nr = nr };
        d1->type = DOMAIN_HVM;
        assert_int_equal(hypercall_invoke(&call), -ENOSYS);
        pv_only += pv->fn != NULL;
    }
    assert_true(pv_only > 3);
    struct hypercall call = { .nr = __HYPERVISOR_mmu_update };
    d1->type = DOMAIN_HVM;
    assert_int_equal(hypercall_invoke(&call), -ENOSYS);
    call = (struct hypercall){ .nr = __HYPERVISOR_xen_version, .arg = { XENVER_version } };
    assert_int_equal(hypercall_invoke(&call), 4 << 16 | 17);
}

static long call_as(enum domain_type type, unsigned int nr, unsigned int sub)
{
    struct hypercall call = { .nr = nr, .arg = { sub, 0x1000, 1 } }; /* an address that nobody has */
    d1->type = type;
    long rc = hypercall_invoke(&call);
    d1->type = DOMAIN_PV;
    return rc;
}

/* And so of sub-operations: row by row of gen/privileges.tbl, what a kind lacks is -ENOSYS, and what it has is not. */
static void kinds_have_operations(void **state)
{
    start();
    sim_this->current = d1->vcpu[0];
    d1->is_privileged = true; /* or permission would be what is answered */
    unsigned int lacking = 0, compared = 0;
    for (unsigned int i = 0; i < ARRAY_SIZE(subops); i++) {
        if (!subops[i].hvm) {
            lacking++;
            if (call_as(DOMAIN_HVM, subops[i].call, subops[i].nr) != -ENOSYS)
                fail_msg("%s: there for a container", subops[i].name);
        }
        if (!subops[i].pv && call_as(DOMAIN_PV, subops[i].call, subops[i].nr) != -ENOSYS)
            fail_msg("%s: there for a PV guest", subops[i].name);
        /* This family reads its argument before it does anything. */
        if (subops[i].call == __HYPERVISOR_memory_op && subops[i].pv && subops[i].hvm && ++compared &&
            call_as(DOMAIN_HVM, subops[i].call, subops[i].nr) != call_as(DOMAIN_PV, subops[i].call, subops[i].nr))
            fail_msg("%s: not the same for both kinds", subops[i].name);
    }
    assert_true(lacking > 5 && compared > 15);
}

static void multicalls(void **state)
{
    start();
    sim_this->current = d1->vcpu[0];
    struct multicall_entry list[4] = {
        { .op = __HYPERVISOR_xen_version, .args = { XENVER_version } },
        { .op = 1ULL << 32 | __HYPERVISOR_xen_version },
        { .op = __HYPERVISOR_multicall },
        { .op = __HYPERVISOR_vcpu_op, .args = { VCPUOP_is_up, 1 } },
    };
    memcpy(box, list, sizeof(list));
    struct hypercall call = { .nr = __HYPERVISOR_multicall, .arg = { BOX, 4 } };
    softirq_raise(SOFTIRQ_RCU); /* something always waits: one entry at a time */
    for (unsigned int i = 1; i < 4; i++) {
        assert_int_equal(hypercall_invoke(&call), -ERESTART);
        assert_int_equal(call.arg[0], BOX + i * sizeof(list[0]));
        assert_int_equal(call.arg[1], 4 - i);
    }
    assert_int_equal(hypercall_invoke(&call), 0);
    memcpy(list, box, sizeof(list));
    assert_int_equal(list[0].result, 4 << 16 | 17);
    assert_int_equal(list[1].result, -ENOSYS);
    assert_int_equal(list[2].result, -EINVAL);
    assert_int_equal(list[3].result, 1);

    /* An entry that is continued keeps its progress in its arguments. */
    struct xen_memory_reservation r = { .extent_start = { (void *)(box + 1024) },
                                        .nr_extents = 2,
                                        .domid = DOMID_SELF };
    for (unsigned int i = 0; i < 2; i++)
        ((uint64_t *)(box + 1024))[i] = domain_alloc_frames(d1, 0, 0).nr;
    memcpy(box + 512, &r, sizeof(r));
    list[0] =
        (struct multicall_entry){ .op = __HYPERVISOR_memory_op, .args = { XENMEM_decrease_reservation, BOX + 512 } };
    memcpy(box, list, sizeof(list[0]));
    call = (struct hypercall){ .nr = __HYPERVISOR_multicall, .arg = { BOX, 1 } };
    assert_int_equal(hypercall_invoke(&call), -ERESTART);
    assert_int_equal(call.arg[0], BOX);
    assert_int_equal(((struct multicall_entry *)box)->args[0], 1 << 6 | XENMEM_decrease_reservation);
    assert_int_equal(hypercall_invoke(&call), 0);
    assert_int_equal(((struct multicall_entry *)box)->result, 2);
    call = (struct hypercall){ .nr = __HYPERVISOR_multicall, .arg = { 0x1000, 1 } };
    assert_int_equal(hypercall_invoke(&call), -EFAULT);
}

static void version_sizes(void **state)
{
    start();
    static const struct { const char *name; uint32_t cmd; size_t size; } t[] = {
        { "extraversion", XENVER_extraversion, 16 },
        { "compile_info", XENVER_compile_info, 144 },
        { "capabilities", XENVER_capabilities, 1024 },
        { "changeset", XENVER_changeset, 64 },
        { "platform_parameters", XENVER_platform_parameters, 8 },
        { "guest_handle", XENVER_guest_handle, 16 },
        { "commandline", XENVER_commandline, 1024 },
    };
    hv_cmdline = "dom0_mem=1G";
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        memset(box, 0xa5, 4096);
        if (guest_call(d0->vcpu[0], hypercall_xen_version, t[i].cmd, BOX, 0))
            fail_msg("%s", t[i].name);
        if ((uint8_t)box[t[i].size] != 0xa5 || (uint8_t)box[t[i].size - 1] == 0xa5)
            fail_msg("%s is not %zu bytes", t[i].name, t[i].size);
        assert_int_equal(guest_call(d0->vcpu[0], hypercall_xen_version, t[i].cmd, 0x1000, 0), -EFAULT);
    }
    assert_string_equal(box, "dom0_mem=1G");
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_xen_version, XENVER_commandline, BOX, 0), 0);
    assert_string_equal(box, "<denied>");
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_xen_version, XENVER_build_id, 0, 0), -EPERM);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_xen_version, XENVER_pagesize, 0, 0), 4096);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_xen_version, XENVER_pagesize, BOX, 0), -EINVAL);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_xen_version, 15, BOX, 0), -ENOSYS);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_xen_version, XENVER_platform_parameters, BOX, 0), 0);
    assert_int_equal(*(uint64_t *)box, 0);
}

static void features(void **state)
{
    start();
    struct xen_feature_info f = { .submap_idx = 0 };
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_xen_version, XENVER_get_features, &f), 0);
    assert_int_equal(f.submap, 0xe28e0);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_vm_assist, VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3, 0),
                     0);
    assert_int_equal(guest_op(d0->vcpu[0], hypercall_xen_version, XENVER_get_features, &f), 0);
    assert_int_equal(f.submap, 0xe28f0);
    assert_int_equal(guest_op(d1->vcpu[0], hypercall_xen_version, XENVER_get_features, &f), 0);
    assert_int_equal(f.submap, 0xe20e0);
    f.submap_idx = 1;
    assert_int_equal(guest_op(d1->vcpu[0], hypercall_xen_version, XENVER_get_features, &f), -EINVAL);
    static const struct { uint64_t cmd, type; long rc;
    } t[] = {
        { VMASST_CMD_enable, 0, 0 },        { VMASST_CMD_enable, 2, 0 },
        { VMASST_CMD_enable, 5, 0 },        { VMASST_CMD_enable, 32, 0 },
        { VMASST_CMD_enable, 6, -EINVAL },  { VMASST_CMD_enable, 33, -EINVAL },
        { VMASST_CMD_enable, 64, -EINVAL }, { 2, 0, -ENOSYS },
        { VMASST_CMD_disable, 32, 0 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
        assert_int_equal(guest_call(d1->vcpu[0], hypercall_vm_assist, t[i].cmd, t[i].type, 0), t[i].rc);
    assert_true(d1->vm_assist == (1 << 0 | 1 << 2 | 1 << 5));
}

static void vcpu_ops(void **state)
{
    start();
    struct vcpu *v = d1->vcpu[0];
    static const struct { const char *name; uint64_t cmd, vcpu; long rc; } t[] = {
        { "up: no such vCPU", VCPUOP_up, 2, -ENOENT },
        { "is_up: no such vCPU", VCPUOP_is_up, 0xffffffff, -ENOENT },
        { "is_up", VCPUOP_is_up, 1, 1 },
        { "initialise twice", VCPUOP_initialise, 1, -EEXIST },
        { "down", VCPUOP_down, 1, 0 },
        { "is_up after down", VCPUOP_is_up, 1, 0 },
        { "up", VCPUOP_up, 1, 0 },
        { "single shot of another", VCPUOP_set_singleshot_timer, 1, -EINVAL },
        { "single shot", VCPUOP_set_singleshot_timer, 0, 0 },
        { "stop it", VCPUOP_stop_singleshot_timer, 0, 0 },
        { "stop periodic", VCPUOP_stop_periodic_timer, 0, 0 },
        { "period too short", VCPUOP_set_periodic_timer, 0, -EINVAL },
        { "no such operation", 16, 0, -ENOSYS },
    };
    memset(box, 0, 64);
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        long rc = guest_call(v, hypercall_vcpu_op, t[i].cmd, t[i].vcpu, BOX);
        if (rc != t[i].rc)
            fail_msg("%s: %ld instead of %ld", t[i].name, rc, t[i].rc);
    }
    struct vcpu_register_runstate_memory_area area = { .addr.p = 0x1000 };
    memcpy(box, &area, sizeof(area));
    assert_int_equal(guest_call(v, hypercall_vcpu_op, VCPUOP_register_runstate_memory_area, 0, BOX), -EFAULT);
    assert_int_equal(v->runstate_area, 0);
    area.addr.p = BOX + 128;
    memcpy(box, &area, sizeof(area));
    assert_int_equal(guest_call(v, hypercall_vcpu_op, VCPUOP_register_runstate_memory_area, 0, BOX), 0);
    assert_int_equal(v->runstate_area, BOX + 128);
    /* The last one down stops the domain. */
    assert_int_equal(guest_call(v, hypercall_vcpu_op, VCPUOP_down, 1, 0), 0);
    assert_false(d1->is_shut_down);
    assert_int_equal(guest_call(v, hypercall_vcpu_op, VCPUOP_down, 0, 0), 0);
    assert_true(d1->is_shut_down);
}

static long reserve(struct vcpu *v, uint32_t cmd, uint64_t *list, uint64_t nr, unsigned int order, domid_t id)
{
    struct xen_memory_reservation r = {
        .extent_start = { (void *)(box + 1024) }, .nr_extents = nr, .extent_order = order, .domid = id
    };
    memcpy(box + 1024, list, nr * sizeof(*list));
    long rc = guest_op(v, hypercall_memory_op, cmd, &r);
    memcpy(list, box + 1024, nr * sizeof(*list));
    return rc;
}

static void reservations(void **state)
{
    start();
    struct vcpu *v = d1->vcpu[0];
    uint64_t list[8] = { 100, 200, 300, 400, 0, 0, 0, 0 }, other[1] = { 7 };
    d1->max_pages = 7;
    assert_int_equal(reserve(v, XENMEM_populate_physmap, list, 4, 1, DOMID_SELF), 3); /* the limit ends it early */
    assert_int_equal(d1->tot_pages, 6);
    assert_int_equal(m2p_get(mfn(list[1])), 200);
    assert_int_equal(m2p_get(mfn(list[1] + 1)), 201);
    assert_int_equal(list[3], 400);
    assert_int_equal(reserve(v, XENMEM_populate_physmap, other, 1, 0, 1), -EPERM);       /* not its domain */
    assert_int_equal(reserve(d0->vcpu[0], XENMEM_populate_physmap, other, 1, 0, 2), 1);  /* a control domain may */
    assert_int_equal(d1->tot_pages, 7);
    assert_int_equal(reserve(v, XENMEM_populate_physmap, other, 1, 10, DOMID_SELF), 0);  /* too large for a guest */
    assert_int_equal(guest_call(v, hypercall_memory_op, XENMEM_current_reservation, BOX, 0),
                     -ESRCH); /* whatever lies there */
    struct xen_memory_domain q = { .domid = DOMID_SELF };
    assert_int_equal(guest_op(v, hypercall_memory_op, XENMEM_current_reservation, &q), 7);
    assert_int_equal(guest_op(v, hypercall_memory_op, XENMEM_maximum_reservation, &q), 7);

    uint64_t drop[4] = { list[0], list[0] + 1, list[0], list[1] };
    assert_int_equal(reserve(v, XENMEM_decrease_reservation, drop, 4, 0, DOMID_SELF), 2); /* not twice */
    assert_int_equal(d1->tot_pages, 5);
    assert_true(m2p_get(mfn(list[0])) == M2P_INVALID);
    uint64_t foreign[1] = { domain_alloc_frames(d0, 0, 0).nr };
    assert_int_equal(reserve(v, XENMEM_decrease_reservation, foreign, 1, 0, DOMID_SELF), 0);
    foreign[0] = ~0ULL;
    assert_int_equal(reserve(v, XENMEM_decrease_reservation, foreign, 1, 0, DOMID_SELF), 0);
    assert_int_equal(guest_call(v, hypercall_memory_op, XENMEM_get_sharing_freed_pages, 0, 0), 0);
    assert_int_equal(guest_call(v, hypercall_memory_op, XENMEM_maximum_ram_page, 0, 0), frame_table_end - 1);
}

/* What an order and a node may be, with memory enough for more (XSA-31, 231). */
static void orders_and_nodes(void **state)
{
    start();
    static const struct {
        const char *name;
        bool control;
        unsigned int order, flags;
        long done;
    } t[] = {
        { "a guest's largest", false, 9, 0, 1 },
        { "larger than a guest's", false, 10, 0, 0 },
        { "an order of any size", false, 63, 0, 0 },
        { "one that makes a shift turn round", false, 64, 0, 0 },
        { "the same", false, ~0u, 0, 0 },
        { "a control domain's", true, 10, 0, 1 },
        { "larger than anybody's", true, 19, 0, 0 },
        { "node 0 and no other", true, 0, XENMEMF_exact_node(0), 1 },
        { "another node, if there is one", true, 0, XENMEMF_node(5), 1 },
        { "another node and no other", true, 0, XENMEMF_exact_node(1), 0 },
        { "a node that cannot be", true, 0, XENMEMF_node(70), 0 },
        { "a guest's wish", false, 0, XENMEMF_node(70), 1 },
        { "a guest that insists", false, 0, XENMEMF_exact_node(0), 0 },
    };
    static const uint32_t cmds[] = { XENMEM_increase_reservation, XENMEM_populate_physmap };

    for (unsigned int i = 0; i < ARRAY_SIZE(t) * ARRAY_SIZE(cmds); i++) {
        uint64_t list[1] = { 512 }, pages = d1->tot_pages;
        unsigned int row = i / ARRAY_SIZE(cmds);
        struct xen_memory_reservation r = { .extent_start = { (void *)(box + 1024) }, .nr_extents = 1,
                                            .extent_order = t[row].order, .mem_flags = t[row].flags, .domid = 2 };

        if (!t[row].control)
            r.domid = DOMID_SELF;
        memcpy(box + 1024, list, sizeof(list));
        long rc = guest_op(t[row].control ? d0->vcpu[0] : d1->vcpu[0], hypercall_memory_op, cmds[i % 2], &r);
        if (rc != t[row].done || d1->tot_pages != pages + (rc ? 1ULL << t[row].order : 0))
            fail_msg("%s: %ld, wanted %ld", t[row].name, rc, t[row].done);
        memcpy(list, box + 1024, sizeof(list));
        if (!rc)
            list[0] = ~0ULL << 10;
        assert_int_equal(reserve(t[row].control ? d0->vcpu[0] : d1->vcpu[0], XENMEM_decrease_reservation, list, 1,
                                 t[row].order, r.domid), rc);
    }
}

/* Four single frames become one block of four below an address, and back. Nothing is lost on any way. */
static void exchange(void **state)
{
    start();
    struct vcpu *v = d1->vcpu[0];
    uint64_t *in = (uint64_t *)(box + 1024), *out = (uint64_t *)(box + 2048), before = heap_free_frames();
    for (unsigned int i = 0; i < 4; i++) {
        in[i] = domain_alloc_frames(d1, 0, 0).nr;
        m2p_set(mfn(in[i]), 50 + i);
    }
    out[0] = 70;
    struct xen_memory_exchange x = {
        .in = { .extent_start = { (void *)in }, .nr_extents = 4, .extent_order = 0, .domid = DOMID_SELF },
        .out = { .extent_start = { (void *)out },
                 .nr_extents = 1,
                 .extent_order = 2,
                 .domid = DOMID_SELF,
                 .mem_flags = 32 },
    };
    assert_true(frame_get(mfn_to_frame(mfn(in[2])), d1)); /* in use: refused as a whole */
    assert_int_equal(guest_op(v, hypercall_memory_op, XENMEM_exchange, &x), -EBUSY);
    assert_int_equal(x.nr_exchanged, 0);
    assert_int_equal(d1->tot_pages, 4);
    assert_int_equal(m2p_get(mfn(in[1])), 51);
    frame_put(mfn_to_frame(mfn(in[2])));
    assert_int_equal(guest_op(v, hypercall_memory_op, XENMEM_exchange, &x), 0);
    assert_int_equal(x.nr_exchanged, 4);
    assert_int_equal(d1->tot_pages, 4);
    assert_int_equal(out[0] % 4, 0);
    assert_int_equal(m2p_get(mfn(out[0] + 3)), 73);
    for (unsigned int i = 0; i < 4; i++) /* what was given is nobody's, under no number */
        assert_true(m2p_get(mfn(in[i])) == M2P_INVALID);

    in[0] = out[0];
    for (unsigned int i = 0; i < 4; i++)
        out[i] = 90 + i;
    x.nr_exchanged = 0;
    x.in.nr_extents = x.out.extent_order = 1;
    x.in.extent_order = 2;
    x.out.extent_order = 0;
    x.out.nr_extents = 4;
    assert_int_equal(guest_op(v, hypercall_memory_op, XENMEM_exchange, &x), 0);
    assert_int_equal(x.nr_exchanged, 1);
    assert_int_equal(m2p_get(mfn(out[3])), 93);
    assert_int_equal(d1->tot_pages, 4);
    assert_int_equal(heap_free_frames(), before - 4);
}

static void exchange_errors(void **state)
{
    start();
    struct xen_memory_exchange x = { .in.domid = DOMID_SELF, .out.domid = DOMID_SELF };
    x.in.extent_start.p = (void *)(box + 1024);
    x.out.extent_start.p = (void *)(box + 2048);
    static const struct {
        const char *name;
        uint64_t in_nr, out_nr, done;
        unsigned int in_order, out_order, flags;
        long rc;
    } t[] = {
        { "different amounts", 4, 1, 0, 0, 1, 0, -EINVAL },
        { "more than all done", 4, 1, 5, 0, 2, 0, -EINVAL },
        { "part of a chunk done", 4, 1, 1, 0, 2, 0, -EINVAL },
        { "too large", 1, 1, 0, 10, 10, 0, -EPERM },
        { "no frame that low", 4, 1, 0, 0, 2, 12, -EINVAL },
        { "a node and no other", 4, 1, 0, 0, 2, XENMEMF_exact_node(0), -EINVAL },
        { "overflow", 1ULL << 62, 1ULL << 62, 0, 2, 2, 0, -EINVAL },
        { "nothing", 0, 0, 0, 0, 0, 0, 0 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        x.in.nr_extents = t[i].in_nr;
        x.out.nr_extents = t[i].out_nr;
        x.in.extent_order = t[i].in_order;
        x.out.extent_order = t[i].out_order;
        x.out.mem_flags = t[i].flags;
        x.nr_exchanged = t[i].done;
        long rc = guest_op(d1->vcpu[0], hypercall_memory_op, XENMEM_exchange, &x);
        if (rc != t[i].rc)
            fail_msg("%s: %ld instead of %ld", t[i].name, rc, t[i].rc);
    }
}

/* What a PV domain has no map for; and what is looked at before whom it is about. */
static void physical_maps(void **state)
{
    start();
    static const struct {
        const char *name;
        uint32_t cmd;
        union {
            struct xen_add_to_physmap add;
            struct xen_add_to_physmap_batch batch;
            struct xen_remove_from_physmap remove;
            struct xen_pod_target pod;
        } arg;
        long rc;
    } t[] = {
        { "add", XENMEM_add_to_physmap, { .add = { .domid = DOMID_SELF } }, -EACCES },
        { "add: unknown space", XENMEM_add_to_physmap, { .add = { .domid = DOMID_SELF, .space = 9 } }, -EACCES },
        { "add: to nobody", XENMEM_add_to_physmap, { .add = { .domid = 77 } }, -ESRCH },
        { "add: a foreign frame of nobody", XENMEM_add_to_physmap,
          { .add = { .domid = 77, .space = XENMAPSPACE_gmfn_foreign } }, -ENOSYS },
        { "batch", XENMEM_add_to_physmap_batch, { .batch = { .domid = DOMID_SELF } }, -EACCES },
        { "batch: to nobody", XENMEM_add_to_physmap_batch, { .batch = { .domid = 77 } }, -ESRCH },
        { "batch: of ranges", XENMEM_add_to_physmap_batch,
          { .batch = { .domid = 77, .space = XENMAPSPACE_gmfn_range } }, -EOPNOTSUPP },
        { "remove", XENMEM_remove_from_physmap, { .remove = { .domid = DOMID_SELF } }, -EACCES },
        { "remove: from nobody", XENMEM_remove_from_physmap, { .remove = { .domid = 77 } }, -ESRCH },
        { "populate on demand", XENMEM_set_pod_target, { .pod = { .domid = DOMID_SELF } }, -EINVAL },
        { "populate on demand: nobody", XENMEM_get_pod_target, { .pod = { .domid = 77 } }, -ESRCH },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        memcpy(box, &t[i].arg, sizeof(t[i].arg));
        long rc = guest_call(d1->vcpu[0], hypercall_memory_op, t[i].cmd, BOX, 0);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
    }
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_memory_op, XENMEM_add_to_physmap, 0x1000, 0), -EFAULT);
}

/* One structure with command and argument. */
static void old_form(void **state)
{
    start();
    struct evtchn_op op = { .cmd = EVTCHNOP_alloc_unbound, .u.alloc_unbound = { DOMID_SELF, DOMID_SELF, 0 } };
    memcpy(box, &op, sizeof(op));
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_event_channel_op_compat, BOX, 0, 0), 0);
    memcpy(&op, box, sizeof(op));
    assert_int_equal(op.u.alloc_unbound.port, 1);
    op = (struct evtchn_op){ .cmd = EVTCHNOP_close, .u.close.port = 1 };
    memcpy(box, &op, sizeof(op));
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_event_channel_op_compat, BOX, 0, 0), 0);
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_event_channel_op_compat, BOX, 0, 0), -EINVAL);
    op.cmd = EVTCHNOP_reset; /* came later */
    memcpy(box, &op, sizeof(op));
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_event_channel_op_compat, BOX, 0, 0), -ENOSYS);
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_event_channel_op_compat, 0x1000, 0, 0), -EFAULT);
}

static void console(void **state)
{
    start();
    struct console_options o = {
        .level = 4, .limit_level = 4, .guest_level = 4, .guest_limit_level = 4, .to_ring = true
    };
    console_configure(&o);
    uint32_t index = 0;
    static char ring[16384];
    console_read_ring(ring, sizeof(ring), true, false, &index);
    memset(box, 'y', 300);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_console_io, CONSOLEIO_write, 300, BOX), 0);
    assert_int_equal(console_read_ring(ring, sizeof(ring), false, true, &index), 300);
    memcpy(box, "one\x1b[2J\ntwo", 11);
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_console_io, CONSOLEIO_write, 11, BOX), 0);
    size_t n = console_read_ring(ring, sizeof(ring), false, true, &index);
    ring[n] = 0;
    assert_string_equal(ring, "(XEN) d2v0 one[2J\n"); /* a whole line, nothing that moves the cursor */
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_console_io, CONSOLEIO_read, 10, BOX), -EPERM);
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_console_io, CONSOLEIO_write, 0x80000000, BOX), -E2BIG);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_console_io, CONSOLEIO_read, 0xffffffff, BOX), -E2BIG);
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_console_io, CONSOLEIO_write, 5, 0x1000), -EFAULT);
    assert_int_equal(guest_call(d1->vcpu[0], hypercall_console_io, 2, 5, BOX), -ENOSYS);
    console_input("ab", 2);
    assert_int_equal(guest_call(d0->vcpu[0], hypercall_console_io, CONSOLEIO_read, 10, BOX), 2);
    assert_memory_equal(box, "ab", 2);
}

SIM_TESTS(cmocka_unit_test(dispatch), cmocka_unit_test(kinds),
          cmocka_unit_test(kinds_have_operations), cmocka_unit_test(multicalls),
          cmocka_unit_test(version_sizes), cmocka_unit_test(features), cmocka_unit_test(vcpu_ops),
          cmocka_unit_test(reservations), cmocka_unit_test(orders_and_nodes), cmocka_unit_test(exchange),
          cmocka_unit_test(exchange_errors),
          cmocka_unit_test(physical_maps), cmocka_unit_test(old_form), cmocka_unit_test(console))
