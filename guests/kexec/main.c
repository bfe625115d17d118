/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dom0 kernel that loads a tiny kernel and has it started, in each way that there is. Words of its command line:
 *
 *   default32 default64 crash32 crash64   load the payload as such an image
 *   exec, crash                           start the default image; the crash image
 *   panic, key, watchdog                  crash dom0; press debug key C; let dom0's watchdog timer run out
 *   cpu=N                                 do so on this CPU
 *   wait                                  ask for the status for ever, for somebody else to do something
 *   calls, unprivileged                   a test of the calls themselves
 */
#include "kexec/kexec.h"

static bool word(const char *wanted, const char **value)
{
    size_t len = strlen(wanted);

    for (const char *p = (const char *)start_info->cmd_line; *p;) {
        if (!strncmp(p, wanted, len) && (!p[len] || p[len] == ' ' || wanted[len - 1] == '=')) {
            if (value)
                *value = p + len;
            return true;
        }
        while (*p && *p != ' ')
            p++;
        while (*p == ' ')
            p++;
    }
    return false;
}

static void move_to_cpu(unsigned int cpu)
{
    static struct xen_domctl op;
    static uint8_t bits;

    bits = (uint8_t)(1u << cpu);
    op.cmd = XEN_DOMCTL_setvcpuaffinity;
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op.domain = 0;
    op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 8;
    op.u.vcpuaffinity.cpumap_hard.bitmap.p = &bits;
    long rc = hypercall1(__HYPERVISOR_domctl, PTR(&op));
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    printk("kexec guest: on CPU %u: %ld", cpu, rc);
}

static void press_key(char key)
{
    static struct xen_sysctl op;

    op.cmd = XEN_SYSCTL_debug_keys;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    op.u.debug_keys.keys.p = &key;
    op.u.debug_keys.nr_keys = 1;
    hypercall1(__HYPERVISOR_sysctl, PTR(&op));
}

static void start_image(int type)
{
    struct xen_kexec_exec exec = { .type = type };

    printk("kexec guest: %ld", kexec_op(KEXEC_CMD_kexec, &exec));
}

static void load_images(void)
{
    static const struct { const char *name; uint8_t type; unsigned int bits; } image[] = {
        { "default32", KEXEC_TYPE_DEFAULT, 32 }, { "default64", KEXEC_TYPE_DEFAULT, 64 },
        { "crash32", KEXEC_TYPE_CRASH, 32 },     { "crash64", KEXEC_TYPE_CRASH, 64 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(image); i++)
        if (word(image[i].name, NULL))
            printk("kexec guest: %s loaded: %ld", image[i].name, payload_load(image[i].type, image[i].bits));
}

static void wait_for_ever(void)
{
    struct xen_kexec_status status = { .type = KEXEC_TYPE_CRASH };

    printk("kexec guest: waiting");
    for (;;) {
        kexec_op(KEXEC_CMD_kexec_status, &status);
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
}

void guest_main(void)
{
    const char *cpu;

    load_images();
    if (word("cpu=", &cpu))
        move_to_cpu((unsigned int)(*cpu - '0'));
    if (word("calls", NULL))
        test_calls();
    if (word("unprivileged", NULL))
        test_unprivileged();
    if (word("wait", NULL))
        wait_for_ever();
    if (word("key", NULL))
        press_key('C');
    if (word("exec", NULL))
        start_image(KEXEC_TYPE_DEFAULT);
    if (word("crash", NULL))
        start_image(KEXEC_TYPE_CRASH);
    if (word("watchdog", NULL)) {
        static struct sched_watchdog w = { .timeout = 1 };
        printk("kexec guest: watchdog timer %ld", hypercall2(__HYPERVISOR_sched_op, SCHEDOP_watchdog, PTR(&w)));
        wait_for_ever();
    }
    if (word("panic", NULL))
        guest_shutdown(SHUTDOWN_crash);
    for (int i = 0; i < 1000; i++) /* a key acts a little later */
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    printk("kexec guest: done");
}
