/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gdbsx's operations: a domain that stops at a breakpoint, single vCPUs held, memory read and written. */
#include "sim_test.h"

#include "guest.h"
#include "hv/debugger.h"
#include "hv/heap.h"
#include "hv/toolstack.h"
#include "support/guest_tables.h"

static struct domain *dom0, *guest;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    dom0 = sim_domain(0, 1);
    dom0->is_privileged = true;
    guest = sim_domain(1, 2);
    sim_settle();
}

static long domctl(uint32_t cmd, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = guest->id;
    memcpy(box, op, sizeof(*op));
    long rc = guest_call(dom0->vcpu[0], hypercall_domctl, BOX, 0, 0);
    memcpy(op, box, sizeof(*op));
    return rc;
}

static long attach(bool on)
{
    struct xen_domctl op = { .u.setdebugging.enable = on };
    return domctl(XEN_DOMCTL_setdebugging, &op);
}

static struct xen_domctl_gdbsx_domstatus status(void)
{
    struct xen_domctl op = { 0 };
    assert_int_equal(domctl(XEN_DOMCTL_gdbsx_domstatus, &op), 0);
    return op.u.gdbsx_domstatus;
}

static long hold_vcpu(uint32_t cmd, uint32_t id)
{
    struct xen_domctl op = { .u.gdbsx_pauseunp_vcpu.vcpu = id };
    return domctl(cmd, &op);
}

static long simple(uint32_t cmd)
{
    struct xen_domctl op = { 0 };
    return domctl(cmd, &op);
}

static void stop_at(struct vcpu *v, uint32_t event)
{
    struct vcpu *before = sim_this->current;

    sim_this->current = v;
    debugger_stop(event);
    sim_this->current = before;
    sim_settle();
}

static void attached_is_shown(void **state)
{
    start();
    for (int on = 1; on >= 0; on--) {
        struct xen_domctl op = { 0 };
        assert_int_equal(attach(on), 0);
        assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, &op), 0);
        assert_int_equal(!!(op.u.getdomaininfo.flags & XEN_DOMINF_debugged), on);
        assert_int_equal(guest->pause_count, 0);
    }
}

static void event_is_told_once(void **state)
{
    start();
    assert_int_equal(status().paused, 0);
    assert_int_equal(attach(true), 0);
    stop_at(guest->vcpu[1], 3);
    assert_false(vcpu_runnable(guest->vcpu[0]));
    struct xen_domctl_gdbsx_domstatus s = status();
    assert_int_equal(s.paused, 1);
    assert_int_equal(s.vcpu_id, 1);
    assert_int_equal(s.vcpu_ev, 3);
    s = status();
    assert_int_equal(s.paused, 1);
    assert_int_equal(s.vcpu_id, ~0u);
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain), 0);
    assert_int_equal(guest->pause_count, 0);
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain), -EINVAL);
}

static void two_events_are_told_in_turn(void **state)
{
    start();
    stop_at(guest->vcpu[1], 3);
    stop_at(guest->vcpu[0], 3);
    assert_int_equal(status().vcpu_id, 0);
    assert_int_equal(status().vcpu_id, 1);
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain), 0);
    assert_int_equal(status().paused, 1); /* each stop counts */
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain), 0);
    assert_int_equal(status().paused, 0);
}

static void vcpus_are_held_only_in_a_held_domain(void **state)
{
    start();
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_pausevcpu, 0), -EBUSY);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_unpausevcpu, 0), -EBUSY);
    assert_int_equal(simple(XEN_DOMCTL_pausedomain), 0);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_pausevcpu, 2), -EINVAL);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_unpausevcpu, 0), -EINVAL);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_pausevcpu, 0), 0);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_pausevcpu, 0), 0);
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain), 0);
    assert_false(vcpu_runnable(guest->vcpu[0]));
    assert_int_equal(simple(XEN_DOMCTL_pausedomain), 0);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_unpausevcpu, 0), 0);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_unpausevcpu, 0), 0);
    assert_int_equal(hold_vcpu(XEN_DOMCTL_gdbsx_unpausevcpu, 0), -EINVAL);
    assert_int_equal(guest->vcpu[0]->pause_count, 0);
}

#define BUFFER 8192u /* in the box, behind the operation */

static long memio(uint64_t at, uint32_t len, bool write, uint32_t *remain)
{
    struct xen_domctl op = {
        .u.gdbsx_guest_memio = { .gva = at, .uva = BOX + BUFFER, .len = len, .gwr = write, .remain = 77 } };
    long rc = domctl(XEN_DOMCTL_gdbsx_guestmemio, &op);
    *remain = op.u.gdbsx_guest_memio.remain;
    return rc;
}

#define PAGES_AT 0x400000u

static void two_pages(void)
{
    mfn_t first = heap_alloc(1, 0);

    assert_false(mfn_eq(first, MFN_NONE));
    assert_int_equal(domain_assign_frames(guest, first, 1), 0);
    memset(mfn_to_virt(first), 0x5a, 2 * PAGE_SIZE);
    assert_true(guest_tables_make(guest, PAGES_AT));
    for (unsigned int i = 0; i < 2; i++)
        assert_int_equal(guest_tables_map(guest->vcpu[0], PAGES_AT + i * PAGE_SIZE, mfn_add(first, i), true,
                                          DOMID_SELF), 0);
}

static void memory(void **state)
{
    start();
    two_pages();
    const uint64_t at = PAGES_AT;
    uint32_t remain;

    memset(box + BUFFER, 0, 8192);
    assert_int_equal(memio(at + 4090, 12, false, &remain), 0);
    assert_int_equal(remain, 0);
    for (unsigned int i = 0; i < 16; i++)
        assert_int_equal(box[BUFFER + i], i < 12 ? 0x5a : 0);
    memset(box + BUFFER, 0x17, 12);
    assert_int_equal(memio(at + 4090, 12, true, &remain), 0);
    const uint8_t *bytes = mfn_to_virt(pte_mfn(guest_tables_entry(guest, at)));
    for (unsigned int i = 4080; i < 4110; i++)
        assert_int_equal(bytes[i], i >= 4090 && i < 4102 ? 0x17 : 0x5a);
    assert_int_equal(memio(at + 8190, 12, false, &remain), -EFAULT); /* what follows is not the guest's */
    assert_int_equal(remain, 10);
    assert_int_equal(memio(at, 2u << 20, false, &remain), -E2BIG);
    assert_int_equal(memio(0, 0, false, &remain), 0);
    struct xen_domctl op = { .u.gdbsx_guest_memio = { .pgd3val = 1, .gva = at, .uva = BOX + BUFFER, .len = 1 } };
    assert_int_equal(domctl(XEN_DOMCTL_gdbsx_guestmemio, &op), -EOPNOTSUPP);
}

SIM_TESTS(cmocka_unit_test(attached_is_shown), cmocka_unit_test(event_is_told_once),
          cmocka_unit_test(two_events_are_told_in_turn), cmocka_unit_test(vcpus_are_held_only_in_a_held_domain),
          cmocka_unit_test(memory))
