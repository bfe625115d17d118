/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XENPF_* (xen/platform.h): what the hardware domain's kernel does to the machine through us. */
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/sched.h"
#include "hv/smp.h"
#include "hv/string.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "hypercall/efi_op.h"
#include "hypercall/resource_op.h"
#include "irq/lapic.h"
#include "platform/acpi.h"
#include "platform/firmware_info.h"
#include "platform/pminfo.h"
#include "platform/power.h"
#include "smp/smp.h"
#include "x86/msr/index.h"

#include <hypercall_handlers.h>
#include <layout_codec.h>

#define ACPI_SLEEP_TYPE_MAX 7u /* the field has three bits (ACPI 6.4, 4.8.3.7) */

static long op_settime(const struct xen_platform_op *op)
{
    const struct xenpf_settime64 *t = &op->u.settime64;

    if (op->cmd == XENPF_settime64 && t->mbz)
        return -EINVAL;
    uint64_t secs = op->cmd == XENPF_settime64 ? t->secs : op->u.settime32.secs;
    uint64_t ns = op->cmd == XENPF_settime64 ? t->nsecs : op->u.settime32.nsecs;
    uint64_t at = op->cmd == XENPF_settime64 ? t->system_time : op->u.settime32.system_time;
    if (ns >= NS_PER_SEC || secs > (1ULL << 62) / NS_PER_SEC || at > secs * NS_PER_SEC + ns)
        return -EINVAL;
    wallclock_set(secs * NS_PER_SEC + ns - at);
    return 0;
}

/* dom0 has evaluated \_S5 for us; the values go to the registers that the FADT names. S3 and S4 are not offered. */
static long op_sleep(const struct xen_platform_op *op)
{
    const struct xenpf_enter_acpi_sleep *s = &op->u.enter_acpi_sleep;

    bool extended = s->flags & XENPF_ACPI_SLEEP_EXTENDED; /* a type for the sleep control register, else PM1's values */

    if (s->flags & ~XENPF_ACPI_SLEEP_EXTENDED || !s->sleep_state || s->sleep_state > 5)
        return -EINVAL;
    if (s->sleep_state != 5)
        return -EOPNOTSUPP;
    if (extended && s->val_a > ACPI_SLEEP_TYPE_MAX)
        return -ERANGE;
    log_info("dom0 powers the machine off");
    smp_stop_others();
    irq_disable();
    if (extended)
        acpi_sleep_type((uint8_t)s->val_a);
    else
        acpi_sleep_values((uint16_t)s->val_a, (uint16_t)s->val_b);
    machine_power_off();
}

static long op_cpuinfo(struct xen_platform_op *op)
{
    struct xenpf_pcpuinfo *info = &op->u.pcpu_info;

    info->max_present = cpu_count - 1;
    if (info->xen_cpuid >= cpu_count || !cpumask_test(&cpu_present, info->xen_cpuid)) {
        info->flags = XEN_PCPU_FLAGS_INVALID;
        return 0;
    }
    info->flags = cpumask_test(&cpu_online, info->xen_cpuid) ? XEN_PCPU_FLAGS_ONLINE : 0;
    info->apic_id = cpu_apic_id[info->xen_cpuid];
    info->acpi_id = info->xen_cpuid;
    return 0;
}

static long op_cpu_version(struct xen_platform_op *op)
{
    struct xenpf_pcpu_version *v = &op->u.pcpu_version;
    struct cpuid_regs r, one;

    if (v->xen_cpuid >= cpu_count || !cpumask_test(&cpu_online, v->xen_cpuid)) {
        memset(v->vendor_id, 0, sizeof(v->vendor_id));
        v->family = v->model = v->stepping = 0;
        v->max_present = cpu_count - 1;
        return 0;
    }
    hw_cpuid(0, 0, &r);
    hw_cpuid(1, 0, &one);
    memcpy(v->vendor_id, &r.ebx, 4);
    memcpy(v->vendor_id + 4, &r.edx, 4);
    memcpy(v->vendor_id + 8, &r.ecx, 4);
    uint32_t family = (one.eax >> 8) & 15;
    v->family = family == 15 ? family + ((one.eax >> 20) & 255) : family;
    v->model = ((one.eax >> 4) & 15) | (family >= 6 ? ((one.eax >> 16) & 15) << 4 : 0);
    v->stepping = one.eax & 15;
    v->max_present = cpu_count - 1;
    return 0;
}

/*
 * What a CPU says of its microcode. Intel's tells in the upper half of the register, once CPUID has been asked, and
 * which of the platforms it is on in three bits of another; AMD's in the lower half.
 */
static void ucode_read(void *data)
{
    struct layout_ucode_revision *r = data;
    struct cpuid_regs vendor, one;
    uint64_t value = 0, platform = 0;

    hw_cpuid(0, 0, &vendor);
    bool intel = !memcmp(&vendor.ebx, "Genu", 4);
    if (intel && rdmsr_safe(MSR_PLATFORM_ID, &platform))
        r->pf = 1u << ((platform >> 50) & 7);
    if (intel)
        wrmsr_safe(MSR_UCODE_REVISION, 0);
    hw_cpuid(1, 0, &one);
    r->signature = one.eax;
    if (rdmsr_safe(MSR_UCODE_REVISION, &value))
        r->revision = (uint32_t)(intel ? value >> 32 : value);
}

static long op_ucode_revision(struct xen_platform_op *op)
{
    struct layout_ucode_revision r;
    cpumask_t where;

    ucode_revision_decode(&op->u, &r);
    if (r.cpu >= cpu_count || !cpumask_test(&cpu_online, r.cpu))
        return -ENOENT;
    r.signature = r.pf = r.revision = 0;
    cpumask_clear_all(&where);
    cpumask_set(&where, r.cpu);
    smp_call(&where, ucode_read, &r);
    ucode_revision_encode(&r, &op->u);
    return 0;
}

/* The older call without flags isn't there either; what is asked for is checked all the same. */
static long op_ucode_update(const struct xen_platform_op *op)
{
    struct layout_microcode_update2 update;

    microcode_update2_decode(&op->u, &update);
    return update.flags > 1 ? -EINVAL : -ENOSYS;
}

static long op_idletime(struct xen_platform_op *op)
{
    struct xenpf_getidletime *g = &op->u.getidletime;
    uint64_t now = now_ns();
    uint32_t bits = MIN(g->cpumap_nr_cpus, cpu_count);

    for (uint32_t cpu = 0; cpu < bits; cpu++) {
        uint8_t byte;
        uint64_t idle;
        if (copy_from_handle(&byte, g->cpumap_bitmap, cpu / 8))
            return -EFAULT;
        if (!(byte >> (cpu % 8) & 1))
            continue;
        if (cpumask_test(&cpu_online, cpu)) {
            idle = cpu_idle_time(cpu);
            if (copy_to_handle(g->idletime, cpu, &idle))
                return -EFAULT;
        } else {
            byte &= (uint8_t) ~(1u << (cpu % 8));
            if (copy_to_handle(g->cpumap_bitmap, cpu / 8, &byte))
                return -EFAULT;
        }
    }
    g->now = now;
    return 0;
}

static long perform(struct xen_platform_op *op)
{
    switch (op->cmd) {
    case XENPF_settime32:
    case XENPF_settime64: return op_settime(op);
    case XENPF_efi_runtime_call: return efi_op(&op->u.efi_runtime_call);
    case XENPF_firmware_info: return firmware_info(&op->u.firmware_info);
    case XENPF_enter_acpi_sleep: return op_sleep(op);
    case XENPF_getidletime: return op_idletime(op);
    case XENPF_set_processor_pminfo: return pminfo_set(&op->u.set_pminfo);
    case XENPF_get_cpuinfo: return op_cpuinfo(op);
    case XENPF_get_cpu_version: return op_cpu_version(op);
    case XENPF_resource_op: return resource_op(&op->u.resource_op);
    case XENPF_get_dom0_console: return -ENODEV; /* there is no screen that dom0's kernel could go on with */
    case XENPF_get_ucode_revision: return op_ucode_revision(op);
    case XENPF_microcode_update2: return op_ucode_update(op);
    default: return -ENOSYS;
    }
}

long hypercall_platform_op(struct hypercall *call)
{
    bool privileged = current_vcpu()->domain->is_privileged;
    struct xen_platform_op op;

    if (copy_from_guest_va(&op, call->arg[0]))
        return -EFAULT;
    if (op.interface_version != XENPF_INTERFACE_VERSION) {
        if (privileged)
            log_warning("platform_op: interface version %#x asked for, this is %#x", op.interface_version,
                        XENPF_INTERFACE_VERSION);
        return -EACCES;
    }
    if (!privileged)
        return -EPERM;
    long rc = perform(&op);
    if (rc)
        return rc;
    return copy_to_guest_va(call->arg[0], &op);
}
