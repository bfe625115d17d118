/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine and its guests are like, for tools: capabilities, CPUID words, topology, PCI. */
#include "cpu/cpuid_boot.h"
#include "cpu/features.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "hvm/hvm.h"
#include "irq/lapic.h"
#include "mm/machine_map.h"
#include "pci/function.h"
#include "time/tsc.h"

#define HW_CAP_WORDS 8

/* How an APIC id is made: thread in the lowest bits, then core, then socket. */
struct apic_shifts { unsigned int thread, package; };

/* Intel SDM vol. 3, 9.9; AMD64 APM vol. 3, E.5: leaf 0xb where there is one, else leaf 0x80000008 or 1. */
static struct apic_shifts apic_shifts(void)
{
    const struct cpuid_policy *p = &arch_cpuid_policies.raw;
    struct apic_shifts s = { 0, 0 };

    if (p->basic[0].a >= 0xb && p->leafb[0].b) {
        s.thread = p->leafb[0].a & 0x1f;
        s.package = p->leafb[1].b ? p->leafb[1].a & 0x1f : s.thread;
    } else if (cpu_is_amd && p->extd[0].a >= 0x80000008) {
        uint32_t c = p->extd[8].c;
        s.package = c >> 12 & 0xf;
        while (!(c >> 12 & 0xf) && (1u << s.package) < (c & 0xff) + 1)
            s.package++;
    } else if (p->basic[1].d >> 28 & 1) {
        while ((1u << s.package) < (p->basic[1].b >> 16 & 0xff))
            s.package++;
    }
    return s;
}

void arch_cpu_topology(unsigned int cpu, struct xen_sysctl_cputopo *topo)
{
    const struct apic_shifts s = apic_shifts();
    uint32_t id = cpu_apic_id[cpu];

    topo->socket = (uint32_t)((uint64_t)id >> s.package);
    topo->core = (uint32_t)(id & ((1ull << s.package) - 1)) >> s.thread;
}

/* Of the boot CPU's core and socket, as they are online. */
static void count_siblings(struct xen_sysctl_physinfo *info)
{
    struct xen_sysctl_cputopo boot, other;
    uint32_t threads = 0, in_socket = 0;
    unsigned int cpu;

    arch_cpu_topology(0, &boot);
    for_each_cpu(cpu, &cpu_online) {
        arch_cpu_topology(cpu, &other);
        in_socket += other.socket == boot.socket;
        threads += other.socket == boot.socket && other.core == boot.core;
    }
    info->threads_per_core = threads;
    info->cores_per_socket = in_socket / threads;
}

uint64_t arch_ram_frames(void) { return machine_ram >> PAGE_SHIFT; }

void arch_physinfo(struct xen_sysctl_physinfo *info)
{
    count_siblings(info);
    info->cpu_khz = (uint32_t)(tsc_hz / 1000);
    info->capabilities |= XEN_SYSCTL_PHYSCAP_pv;
    if (hvm_available())
        info->capabilities |= XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap;
    memcpy(info->hw_cap, arch_cpuid_policies.host_features, HW_CAP_WORDS * sizeof(uint32_t));
}

void arch_domain_info(const struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    info->gpaddr_bits = cpu_paddr_bits;
    if (d->type != DOMAIN_HVM)
        return;
    info->flags |= XEN_DOMINF_hap;
    info->arch_config.emulation_flags = d->arch.hvm.emulation_flags;
    info->shared_info_frame = m2p_get(virt_to_mfn(d->shared_info)); /* all ones: nowhere yet */
}

static int create_refuse(int rc, const char *why, uint32_t value)
{
    guest_log(current_vcpu(), LOG_WARNING, "createdomain: %s (%#x)", why, value);
    return rc;
}

/* APIC ids have 8 bits, and a vCPU's is twice its number; the last of them means everybody. */
#define CONTAINER_VCPUS_MAX 128u

static int check_container(const struct layout_createdomain *c)
{
    if (!hvm_available())
        return create_refuse(-EINVAL, "a container needs a processor with SVM and nested paging", c->flags);
    if (!(c->flags & XEN_DOMCTL_CDF_hap))
        return create_refuse(-EOPNOTSUPP, "nested paging here, never shadow page tables: hap=1", c->flags);
    if (c->max_vcpus > CONTAINER_VCPUS_MAX)
        return create_refuse(-EINVAL, "more than 128 vCPUs", c->max_vcpus);
    if (c->emulation_flags & ~XEN_X86_EMU_ALL)
        return create_refuse(-EINVAL, "unknown emulated devices", c->emulation_flags & ~XEN_X86_EMU_ALL);
    if (c->emulation_flags == (XEN_X86_EMU_ALL & ~XEN_X86_EMU_VPCI))
        return create_refuse(-EOPNOTSUPP, "no device models here: type=\"pvh\", not \"hvm\"", c->emulation_flags);
    if (c->emulation_flags != XEN_X86_EMU_LAPIC)
        return create_refuse(-EOPNOTSUPP, "emulated devices other than a local APIC alone", c->emulation_flags);
    return 0;
}

static int check_pv(const struct layout_createdomain *c)
{
    if (c->flags & XEN_DOMCTL_CDF_hap)
        return create_refuse(-EINVAL, "nested paging is for containers", c->flags);
    if (c->emulation_flags & ~XEN_X86_EMU_PIT)
        return create_refuse(c->emulation_flags & ~XEN_X86_EMU_ALL ? -EINVAL : -EOPNOTSUPP,
                             "emulated devices are not for PV guests", c->emulation_flags);
    return 0;
}

int arch_createdomain_check(const struct layout_createdomain *c)
{
    int rc = c->flags & XEN_DOMCTL_CDF_hvm ? check_container(c) : check_pv(c);

    if (!rc && c->misc_flags & ~XEN_X86_MSR_RELAXED)
        rc = create_refuse(-EINVAL, "unknown misc_flags, only 1 (relaxed MSRs) is known", c->misc_flags);
    return rc;
}

bool arch_pci_known(const struct physdev_pci_device *dev)
{
    return pci_function_exists(PCI_SBDF(dev->seg, dev->bus, dev->devfn));
}
