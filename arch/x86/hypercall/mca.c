/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mca hypercall (xen/arch-x86/xen-mca.h): what dom0's machine-check log asks. Each processor is described by
 * itself, from its CPUID. No bank is read yet, so there is never telemetry to fetch, nobody to notify, and nothing to
 * inject an error into; a fatal machine check is reported by trap/ist.c.
 */
#include "cpu/features.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/toolstack.h"
#include "irq/lapic.h"
#include "hw/native/cpu.h"
#include "x86/msr/index.h"

#include <hypercall_handlers.h>

#define CPUID_MCA (1u << 14)

/* x86 vendor numbers as Xen gives them here. */
enum { VENDOR_UNKNOWN = 0, VENDOR_INTEL = 1, VENDOR_AMD = 2 };

struct description {
    xen_mc_logical_cpu_t *cpu; /* by number */
    uint32_t count;
};

static void describe_names(xen_mc_logical_cpu_t *c, uint32_t last_extended)
{
    struct cpuid_regs r;

    hw_cpuid(0, 0, &r);
    c->mc_cpuid_level = (int32_t)r.eax;
    memcpy(c->mc_vendorid, &r.ebx, 4);
    memcpy(c->mc_vendorid + 4, &r.edx, 4);
    memcpy(c->mc_vendorid + 8, &r.ecx, 4);
    c->mc_vendor = cpu_is_intel ? VENDOR_INTEL : cpu_is_amd ? VENDOR_AMD : VENDOR_UNKNOWN;
    for (uint32_t leaf = 0; leaf < 3 && last_extended >= 0x80000004; leaf++) {
        hw_cpuid(0x80000002 + leaf, 0, &r);
        memcpy(c->mc_brandid + 16 * leaf, &r, 16);
    }
}

/* Family, model and stepping: APM vol. 3, E.3.2 (leaf 1). The cache is the L2 (leaf 0x80000006). */
static void describe_features(xen_mc_logical_cpu_t *c, uint32_t last_extended)
{
    struct cpuid_regs r;

    hw_cpuid(1, 0, &r);
    c->mc_family = (r.eax >> 8) & 15;
    c->mc_model = (r.eax >> 4) & 15;
    if (c->mc_family >= 6)
        c->mc_model |= ((r.eax >> 16) & 15) << 4;
    if (c->mc_family == 15)
        c->mc_family += (r.eax >> 20) & 255;
    c->mc_step = r.eax & 15;
    c->mc_cpu_caps[MC_CAPS_STD_EDX] = r.edx;
    c->mc_cpu_caps[MC_CAPS_STD_ECX] = r.ecx;
    c->mc_cache_alignment = ((r.ebx >> 8) & 0xff) * 8;
    if (r.edx & CPUID_MCA && rdmsr_safe(MSR_MCG_CAP, &c->mc_msrvalues[0].value)) {
        c->mc_msrvalues[0].reg = MSR_MCG_CAP;
        c->mc_nmsrvals = 1;
    }
    if (last_extended >= 0x80000001) {
        hw_cpuid(0x80000001, 0, &r);
        c->mc_cpu_caps[MC_CAPS_AMD_EDX] = r.edx;
        c->mc_cpu_caps[MC_CAPS_AMD_ECX] = r.ecx;
    }
    if (last_extended >= 0x80000006) {
        hw_cpuid(0x80000006, 0, &r);
        c->mc_cache_size = r.ecx >> 16;
    }
}

static void describe_place(xen_mc_logical_cpu_t *c, unsigned int cpu)
{
    struct xen_sysctl_cputopo me, other;
    uint32_t cores = 0, threads = 0, before = 0;
    unsigned int i;

    arch_cpu_topology(cpu, &me);
    for_each_cpu(i, &cpu_online) {
        arch_cpu_topology(i, &other);
        if (other.socket != me.socket)
            continue;
        cores++;
        threads += other.core == me.core;
        before += other.core == me.core && cpu_apic_id[i] < cpu_apic_id[cpu];
    }
    c->mc_cpunr = cpu;
    c->mc_chipid = me.socket;
    c->mc_coreid = (uint16_t)me.core;
    c->mc_threadid = (uint16_t)before;
    c->mc_apicid = c->mc_clusterid = cpu_apic_id[cpu];
    c->mc_nthreads = threads;
    c->mc_ncores = c->mc_ncores_active = cores / threads;
}

/* On each CPU: the one whose place in order is @count or more is not asked for. */
static void describe_this(void *arg)
{
    const struct description *d = arg;
    unsigned int cpu = this_cpu_id(), i;
    uint32_t place = 0;
    struct cpuid_regs r;

    for_each_cpu(i, &cpu_online) place += i < cpu;
    if (place >= d->count)
        return;
    xen_mc_logical_cpu_t *c = &d->cpu[place];
    hw_cpuid(0x80000000, 0, &r);
    describe_names(c, r.eax);
    describe_features(c, r.eax);
    describe_place(c, cpu);
}

static long op_physcpuinfo(struct xen_mc_physcpuinfo *p)
{
    uint32_t online = cpumask_weight(&cpu_online);
    long rc = 0;

    if (guest_handle_null(p->info)) {
        p->ncpus = online;
        return 0;
    }
    if (!p->ncpus || p->ncpus > INT32_MAX)
        return -EINVAL;
    struct description d = { .count = MIN(p->ncpus, online) };
    d.cpu = hv_zalloc_array(d.count, sizeof(*d.cpu));
    if (!d.cpu)
        return -ENOMEM;
    smp_call(&cpu_online, describe_this, &d);
    if (copy_array_to_guest(guest_handle_va(p->info), d.cpu, d.count))
        rc = -EFAULT;
    hv_free(d.cpu);
    p->ncpus = d.count;
    return rc;
}

/* One kind of urgency, or an acknowledgement, of which there can be none for what was never given. */
static long op_fetch(struct xen_mc_fetch *f)
{
    switch (f->flags & (XEN_MC_NONURGENT | XEN_MC_URGENT | XEN_MC_ACK)) {
    case XEN_MC_NONURGENT:
    case XEN_MC_URGENT:
        if (guest_handle_null(f->data))
            return -EINVAL;
        f->fetch_id = 0;
        f->flags = XEN_MC_OK | XEN_MC_NODATA;
        return 0;
    case XEN_MC_NONURGENT | XEN_MC_ACK:
    case XEN_MC_URGENT | XEN_MC_ACK: f->flags = XEN_MC_OK; return 0;
    default: return -EINVAL;
    }
}

static long op_inject(uint32_t cpu)
{
    return cpu >= cpu_count || !cpumask_test(&cpu_online, cpu) ? -EINVAL : -ENODEV;
}

static long perform(struct xen_mc *mc)
{
    switch (mc->cmd) {
    case XEN_MC_fetch: return op_fetch(&mc->u.mc_fetch);
    case XEN_MC_notifydomain: return -EOPNOTSUPP;
    case XEN_MC_physcpuinfo: return op_physcpuinfo(&mc->u.mc_physcpuinfo);
    case XEN_MC_msrinject: return op_inject(mc->u.mc_msrinject.mcinj_cpunr);
    case XEN_MC_mceinject: return op_inject(mc->u.mc_mceinject.mceinj_cpunr);
    case XEN_MC_inject_v2: return -ENODEV;
    default: return -EINVAL;
    }
}

long hypercall_mca(struct hypercall *call)
{
    struct xen_mc mc;

    if (copy_from_guest_va(&mc, call->arg[0]))
        return -EFAULT;
    if (mc.interface_version != XEN_MCA_INTERFACE_VERSION)
        return -EACCES;
    long rc = perform(&mc);
    if (rc || (mc.cmd != XEN_MC_fetch && mc.cmd != XEN_MC_physcpuinfo))
        return rc;
    return copy_to_guest_va(call->arg[0], &mc);
}
