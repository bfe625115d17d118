/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENPF_resource_op: a few MSRs of one CPU, read or written one after the other with interrupts off. Only those below;
 * what CPUID does not promise is not tried. The time stamp counter stands for system time (xen/platform.h).
 */
#include "hypercall/resource_op.h"

#include "hv/guest_access.h"
#include "hv/errno.h"
#include "hv/smp.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "x86/msr/index.h"

#define ENTRIES_MAX 3u

/* Where CPUID says that an MSR is there: a bit of EAX or EDX of subleaf 0 of a leaf. */
enum promised { ALWAYS, LEAF7_EDX, LEAF6_EAX, ARCH_CAPS };

static const struct msr_allowed {
    uint32_t msr;
    bool write;
    uint8_t promised, bit;
} allowed[] = {
    {MSR_TSC, false, ALWAYS, 0},
    {MSR_CMT_EVTSEL, true, ALWAYS, 0}, /* cache monitoring, where there is any: else the access faults */
    {MSR_CMT_CTR, true, ALWAYS, 0},
    {MSR_TSX_FORCE_ABORT, false, LEAF7_EDX, 13},
    {MSR_TSX_CTRL, false, ARCH_CAPS, 7},
    {MSR_MCU_OPT_CTRL, true, LEAF7_EDX, 9},
    {MSR_THERM_STATUS, false, LEAF6_EAX, 0},
    {MSR_TEMPERATURE_TARGET, false, LEAF6_EAX, 0},
    {MSR_PACKAGE_THERM_STATUS, false, LEAF6_EAX, 6},
};

struct batch {
    struct xenpf_resource_entry entry[ENTRIES_MAX];
    uint32_t nr;   /* that may be performed */
    uint32_t done;
};

static bool is_promised(const struct msr_allowed *a)
{
    struct cpuid_regs max, r;
    uint64_t caps = 0;

    if (a->promised == ALWAYS)
        return true;
    hw_cpuid(0, 0, &max);
    if (max.eax < 7)
        return false;
    hw_cpuid(a->promised == LEAF6_EAX ? 6 : 7, 0, &r);
    if (a->promised == ARCH_CAPS)
        return r.edx >> 29 & 1 && rdmsr_safe(MSR_ARCH_CAPS, &caps) && caps >> a->bit & 1;
    return (a->promised == LEAF6_EAX ? r.eax : r.edx) >> a->bit & 1;
}

static const struct msr_allowed *msr_find(uint64_t msr, bool write)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(allowed); i++)
        if (allowed[i].msr == msr)
            return (allowed[i].write || !write) && is_promised(&allowed[i]) ? &allowed[i] : NULL;
    return NULL;
}

static int entry_check(const struct xenpf_resource_entry *e)
{
    if (e->rsvd)
        return -EINVAL;
    if (e->u.cmd != XEN_RESOURCE_OP_MSR_READ && e->u.cmd != XEN_RESOURCE_OP_MSR_WRITE)
        return -EOPNOTSUPP;
    if (e->idx >> 32)
        return -EINVAL;
    return msr_find(e->idx, e->u.cmd == XEN_RESOURCE_OP_MSR_WRITE) ? 0 : -EPERM;
}

static bool entry_perform(struct xenpf_resource_entry *e)
{
    if (e->u.cmd == XEN_RESOURCE_OP_MSR_WRITE)
        return wrmsr_safe((uint32_t)e->idx, e->val);
    if (e->idx != MSR_TSC)
        return rdmsr_safe((uint32_t)e->idx, &e->val);
    e->val = now_ns();
    return true;
}

/* On the CPU, interrupts off. */
static void perform(void *data)
{
    struct batch *b = data;

    for (; b->done < b->nr; b->done++)
        if (!entry_perform(&b->entry[b->done])) {
            b->entry[b->done].u.ret = -EFAULT;
            return;
        }
}

static void check(struct batch *b, uint32_t nr)
{
    for (; b->nr < nr; b->nr++) {
        int rc = entry_check(&b->entry[b->nr]);
        if (rc) {
            b->entry[b->nr].u.ret = rc;
            return;
        }
    }
}

static long perform_on(uint32_t cpu, struct batch *b)
{
    cpumask_t where;

    if (cpu >= cpu_count || !cpumask_test(&cpu_online, cpu))
        return -ENODEV;
    cpumask_clear_all(&where);
    cpumask_set(&where, cpu);
    smp_call(&where, perform, b);
    return 0;
}

long resource_op(const struct xenpf_resource_op *op)
{
    struct batch b = { .nr = 0 };

    if (op->nr_entries > ENTRIES_MAX)
        return -EINVAL;
    for (uint32_t i = 0; i < op->nr_entries; i++)
        if (copy_from_handle(&b.entry[i], op->entries, i))
            return -EFAULT;
    check(&b, op->nr_entries);
    long rc = b.nr ? perform_on(op->cpu, &b) : 0;
    if (rc)
        return rc;
    for (uint32_t i = 0; i < MIN(b.done + 1, op->nr_entries); i++)
        if (copy_to_handle(op->entries, i, &b.entry[i]))
            return -EFAULT;
    return b.done;
}
