/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What puts things right after a call that had an effect. None of these says whether it had anything to do. */
#include "matrix/matrix.h"

#define PORTS   24u
#define HANDLES 256u

static long mmuext(unsigned int cmd, uint64_t mfn)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };

    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

void after_traps(void)
{
    traps_init();
}

void after_stack(void)
{
    hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, PTR(entry_stack_top));
}

void after_segments(void)
{
    hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
    hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, 0);
    hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER, 0);
}

void after_debug(void)
{
    hypercall2(__HYPERVISOR_set_debugreg, 7, 0);
    for (unsigned int i = 0; i < 4; i++)
        hypercall2(__HYPERVISOR_set_debugreg, i, 0);
}

/* Nowhere again, so that the frame is free for others. */
void after_areas(void)
{
    uint64_t none = ~0ull;

    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_phys_area, 0, PTR(&none));
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_time_phys_area, 0, PTR(&none));
}

static void entry_clear(uint64_t token)
{
    struct mmu_update u = { .ptr = world_token(token), .val = 0 };

    hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

void after_tables(void)
{
    map_at((void *)world_token(T_SPARE), 0, 0);
    entry_clear(T_L2E);
    entry_clear(T_L3E);
    entry_clear(T_L4E);
    mmuext(MMUEXT_UNPIN_TABLE, world_token(T_FRAME));
    mmuext(MMUEXT_SET_LDT, 0);
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

void after_gdt(void)
{
    hypercall2(__HYPERVISOR_set_gdt, 0, 0);
}

void after_timer(void)
{
    hypercall1(__HYPERVISOR_set_timer_op, 0);
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0);
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 1, 0);
}

void after_watchdog(void)
{
    for (unsigned int id = 1; id < 3; id++) {
        struct sched_watchdog w = { .id = id, .timeout = 0 };

        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_watchdog, PTR(&w));
    }
}

/* All closed but one, which waits for ourselves and has the lowest number. */
void after_ports(void)
{
    struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = world.own };

    for (uint32_t port = 1; port < PORTS; port++) {
        struct evtchn_close close = { .port = port };

        hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, PTR(&close));
    }
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, PTR(&alloc));
    world.port = alloc.port;
}

void after_create(void)
{
    struct xen_domctl *made = world_struct(sizeof(*made));
    struct xen_domctl op = { .cmd = XEN_DOMCTL_destroydomain, .interface_version = XEN_DOMCTL_INTERFACE_VERSION };

    op.domain = made->domain;
    if (is_dom0() && made->domain > world.other && made->domain < DOMID_FIRST_RESERVED)
        hypercall1(__HYPERVISOR_domctl, PTR(&op));
}

void after_pool(void)
{
    for (unsigned int id = 1; id < 4 && is_dom0(); id++) {
        struct xen_sysctl op = { .cmd = XEN_SYSCTL_cpupool_op, .interface_version = XEN_SYSCTL_INTERFACE_VERSION };

        op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY;
        op.u.cpupool_op.cpupool_id = id;
        hypercall1(__HYPERVISOR_sysctl, PTR(&op));
    }
}

void after_fpu(void)
{
    hypercall1(__HYPERVISOR_fpu_taskswitch, 0);
}

/* The handle may not have been told, so all that can be are tried: those of a page, in one list. */
void after_maps(void)
{
    static struct gnttab_unmap_grant_ref list[HANDLES * 4];
    /* by address, by entry, by the entry of MACHINE's "l1", for a device */
    const uint64_t at[] = { world_token(T_SPARE), world_token(T_L1E), world_token(T_TABLE) * PAGE_SIZE + 8, 0 };

    _Static_assert(ARRAY_SIZE(list) == HANDLES * ARRAY_SIZE(at), "each in each way");
    for (uint32_t i = 0; i < ARRAY_SIZE(list); i++) {
        list[i] = (struct gnttab_unmap_grant_ref){ .host_addr = at[i % ARRAY_SIZE(at)], .handle = i / ARRAY_SIZE(at) };
        list[i].dev_bus_addr = list[i].host_addr ? 0 : world_token(T_GRANTED);
    }
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, PTR(list), ARRAY_SIZE(list));
}

void after_iopl(void)
{
    struct physdev_set_iopl iopl = { .iopl = 1 };

    hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&iopl));
}

void before_status(void)
{
    uint64_t list[1] = { 0 };
    struct gnttab_get_status_frames op = { .dom = DOMID_SELF, .nr_frames = 1 };

    set_xen_guest_handle_raw(op.frame_list, list);
    if (hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_get_status_frames, PTR(&op), 1) || op.status ||
        map_at((void *)world_token(T_SPARE), list[0], PTE_KERNEL_RO))
        printk("FAIL the status page cannot be mapped");
}

void after_status(void)
{
    map_at((void *)world_token(T_SPARE), 0, 0);
}
