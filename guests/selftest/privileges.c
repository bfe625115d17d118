/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domU may not: it is refused with the error that Xen gives, whatever else would be wrong with the call. dom0 is
 * not asked, because for it these calls work.
 */
#include "selftest/selftest.h"

domid_t own_id(void)
{
    static domid_t id = DOMID_INVALID;
    struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_status status = { .dom = DOMID_SELF };
    struct evtchn_close close;

    if (id != DOMID_INVALID || hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, PTR(&alloc)))
        return id;
    close.port = status.port = alloc.port;
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, PTR(&status));
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, PTR(&close));
    id = status.u.unbound.dom;
    return id;
}

/* Every domctl and sysctl, those that do not exist too. */
static long domctl(unsigned int cmd, unsigned int version, domid_t domain)
{
    struct xen_domctl op = { .cmd = cmd, .interface_version = version, .domain = domain };

    return hypercall1(__HYPERVISOR_domctl, PTR(&op));
}

static long sysctl(unsigned int cmd, unsigned int version)
{
    struct xen_sysctl op = { .cmd = cmd, .interface_version = version };

    return hypercall1(__HYPERVISOR_sysctl, PTR(&op));
}

#define DOMCTL_GET_DOMAIN_STATE 90 /* its version is 0 always, and another one is wrong before anything else */

static void control(void)
{
    unsigned int domctls = 0, sysctls = 0;

    for (unsigned int cmd = 0; cmd < 1010; cmd++) {
        if (cmd == DOMCTL_GET_DOMAIN_STATE)
            continue;
        domctls += domctl(cmd, XEN_DOMCTL_INTERFACE_VERSION, 0) != -EPERM;
        domctls += domctl(cmd, XEN_DOMCTL_INTERFACE_VERSION, own_id()) != -EPERM;
    }
    for (unsigned int cmd = 0; cmd < 40; cmd++)
        sysctls += sysctl(cmd, XEN_SYSCTL_INTERFACE_VERSION) != -EPERM;
    check("domctls that are not refused", 0, domctls);
    check_true("a stable domctl is refused", domctl(DOMCTL_GET_DOMAIN_STATE, 0, own_id()) < 0);
    check("sysctls that are not refused", 0, sysctls);
    check_rc("a domctl of another version", -EACCES, domctl(XEN_DOMCTL_pausedomain, 1, 0));
    check_rc("a domctl on nobody", -ESRCH, domctl(XEN_DOMCTL_pausedomain, XEN_DOMCTL_INTERFACE_VERSION, 0x7000));
    check_rc("asking who is there", -EPERM, domctl(XEN_DOMCTL_getdomaininfo, XEN_DOMCTL_INTERFACE_VERSION, 0x7000));
    check_rc("a sysctl of another version", -EACCES, sysctl(XEN_SYSCTL_physinfo, 1));
    check_rc("a domctl from nowhere", -EFAULT, hypercall1(__HYPERVISOR_domctl, 0x1000));
    check_rc("a sysctl from nowhere", -EFAULT, hypercall1(__HYPERVISOR_sysctl, 0x1000));
}

static const struct {
    const char *name;
    unsigned int nr;
    uint64_t a, b, c;
} refused[] = {
    {"reading the console",      __HYPERVISOR_console_io, CONSOLEIO_read,             8, 1},
    {"the machine's memory map", __HYPERVISOR_memory_op,  XENMEM_machine_memory_map,  1, 0},
    {"another domain's memory",  __HYPERVISOR_memory_op,  XENMEM_current_reservation, 1, 0},
    {"a crash kernel",           __HYPERVISOR_kexec_op,   KEXEC_CMD_kexec_get_range,  1, 0},
};

static void others(void)
{
    struct xen_platform_op platform = { .cmd = XENPF_getidletime, .interface_version = XENPF_INTERFACE_VERSION };

    for (unsigned int i = 0; i < ARRAY_SIZE(refused); i++) {
        memset(page_a, 0, PAGE_SIZE);
        uint64_t b = refused[i].b == 1 ? PTR(page_a) : refused[i].b, c = refused[i].c == 1 ? PTR(page_a) : refused[i].c;
        check_rc(refused[i].name, -EPERM, hypercall3(refused[i].nr, refused[i].a, b, c));
    }
    check_rc("a platform_op", -EPERM, hypercall1(__HYPERVISOR_platform_op, PTR(&platform)));
}

void test_privileges(void)
{
    if (is_dom0())
        return;
    control();
    others();
}
