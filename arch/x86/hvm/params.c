/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters, a row each: who may read and write it, whether it is set once, and a check of the value where there is
 * one. Most are for others to read: frames and ports of the store and the console. A value that asks for something that
 * is not here is refused and named, whatever others do with it.
 */
#include "hvm/params.h"

#include "hv/errno.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hvm/hvm.h"
#include "hvm/hypercall.h"
#include "public.h"

struct param_row {
    const char *name;
    bool get, set; /* by the guest itself; the toolstack may both */
    bool once;     /* another value that is not 0 comes too late */
    bool gone;     /* of former releases: refused */
    int (*check)(const struct domain *d, uint64_t value);
};

#define RESERVED_PAGES_MAX 64u /* as many as a word of the ABI's bit mask names */
#define TSS_SIZE           0x68u
#define S_STATE_WORKING    0u

static int timer_mode(const struct domain *d, uint64_t value)
{
    return value > HVMPTM_one_missed_tick_pending ? -EINVAL : 0;
}
static int boolean(const struct domain *d, uint64_t value) { return value > 1 ? -EINVAL : 0; }
static int reason(const struct domain *d, uint64_t value) { return value > SHUTDOWN_MAX ? -EINVAL : 0; }
static int server_pages(const struct domain *d, uint64_t value)
{
    return !value || value > RESERVED_PAGES_MAX ? -EINVAL : 0;
}
static int address32(const struct domain *d, uint64_t value) { return value >> 32 ? -EINVAL : 0; }
static int tss_sized(const struct domain *d, uint64_t value) { return value >> 32 < TSS_SIZE ? -EINVAL : 0; }

/* Only sleeping is a state of its own, and it takes devices to fall asleep and to wake up. */
static int s_state(const struct domain *d, uint64_t value)
{
    return value == S_STATE_WORKING ? 0 : value == 3 ? -EOPNOTSUPP : -EINVAL;
}
static int acpi_ports(const struct domain *d, uint64_t value)
{
    return !(d->arch.hvm.emulation_flags & XEN_X86_EMU_PM) ? -ENODEV : value > 1 ? -EINVAL : 0;
}

/* What others switch on by these is not here: another hypervisor's interface, several maps, errors of the machine. */
static int viridian(const struct domain *d, uint64_t value)
{
    bool known = !(value & ~(uint64_t)HVMPV_feature_mask) && (value & HVMPV_base_freq);

    return !value ? 0 : known ? -EOPNOTSUPP : -EINVAL;
}
static int altp2m(const struct domain *d, uint64_t value)
{
    return !value ? 0 : value > XEN_ALTP2M_limited ? -EINVAL : -EOPNOTSUPP;
}
static int mca_cap(const struct domain *d, uint64_t value)
{
    return !value ? 0 : value & ~XEN_HVM_MCA_CAP_MASK ? -EINVAL : -EOPNOTSUPP;
}
/* The instruction pointer of x87 is saved whole. */
static int fip_width(const struct domain *d, uint64_t value)
{
    return !value || value == 8 ? 0 : value == 4 ? -EOPNOTSUPP : -EINVAL;
}

#define GUEST_BOTH .get = true, .set = true
#define GUEST_GET  .get = true
#define TOOLS      .get = false
#define GONE       .gone = true

static const struct param_row rows[HVM_PARAMS] = {
    [HVM_PARAM_CALLBACK_IRQ] = { "callback IRQ", GUEST_BOTH },
    [HVM_PARAM_STORE_PFN] = { "store frame", GUEST_GET },
    [HVM_PARAM_STORE_EVTCHN] = { "store port", GUEST_BOTH },
    [3] = { "3", TOOLS },
    [HVM_PARAM_PAE_ENABLED] = { "PAE", GONE },
    [HVM_PARAM_IOREQ_PFN] = { "request frame", TOOLS, .once = true },
    [HVM_PARAM_BUFIOREQ_PFN] = { "buffered request frame", TOOLS, .once = true },
    [7] = { "7", TOOLS },
    [8] = { "8", TOOLS },
    [HVM_PARAM_VIRIDIAN] = { "viridian", TOOLS, .once = true, .check = viridian },
    [HVM_PARAM_TIMER_MODE] = { "timer mode", TOOLS, .check = timer_mode },
    [HVM_PARAM_HPET_ENABLED] = { "HPET", TOOLS, .check = boolean },
    [HVM_PARAM_IDENT_PT] = { "identity page table", TOOLS },
    [HVM_PARAM_DM_DOMAIN] = { "device model's domain", GONE },
    [HVM_PARAM_ACPI_S_STATE] = { "ACPI S-state", TOOLS, .check = s_state },
    [HVM_PARAM_VM86_TSS] = { "virtual-8086 TSS", GUEST_BOTH, .check = address32 },
    [HVM_PARAM_VPT_ALIGN] = { "aligned timers", TOOLS, .check = boolean },
    [HVM_PARAM_CONSOLE_PFN] = { "console frame", GUEST_GET },
    [HVM_PARAM_CONSOLE_EVTCHN] = { "console port", GUEST_BOTH },
    [HVM_PARAM_ACPI_IOPORTS_LOCATION] = { "place of the ACPI ports", GUEST_BOTH, .check = acpi_ports },
    [HVM_PARAM_MEMORY_EVENT_CR0] = { "20", GONE },
    [HVM_PARAM_MEMORY_EVENT_CR3] = { "21", GONE },
    [HVM_PARAM_MEMORY_EVENT_CR4] = { "22", GONE },
    [HVM_PARAM_MEMORY_EVENT_INT3] = { "23", GONE },
    [HVM_PARAM_NESTEDHVM] = { "24", GONE },
    [HVM_PARAM_MEMORY_EVENT_SINGLE_STEP] = { "25", GONE },
    [HVM_PARAM_BUFIOREQ_EVTCHN] = { "26", GONE },
    [HVM_PARAM_PAGING_RING_PFN] = { "paging ring", TOOLS },
    [HVM_PARAM_MONITOR_RING_PFN] = { "monitor ring", TOOLS },
    [HVM_PARAM_SHARING_RING_PFN] = { "sharing ring", TOOLS },
    [HVM_PARAM_MEMORY_EVENT_MSR] = { "30", GONE },
    [HVM_PARAM_TRIPLE_FAULT_REASON] = { "triple fault reason", TOOLS, .check = reason },
    [HVM_PARAM_IOREQ_SERVER_PFN] = { "first frame for servers", TOOLS, .once = true },
    [HVM_PARAM_NR_IOREQ_SERVER_PAGES] = { "frames for servers", TOOLS, .once = true, .check = server_pages },
    [HVM_PARAM_VM_GENERATION_ID_ADDR] = { "generation id", GUEST_BOTH },
    [HVM_PARAM_ALTP2M] = { "alternative maps", GUEST_GET, .once = true, .check = altp2m },
    [HVM_PARAM_X87_FIP_WIDTH] = { "x87 FIP width", GUEST_BOTH, .check = fip_width },
    [HVM_PARAM_VM86_TSS_SIZED] = { "virtual-8086 TSS with size", GUEST_BOTH, .check = tss_sized },
    [HVM_PARAM_MCA_CAP] = { "machine check capabilities", TOOLS, .once = true, .check = mca_cap },
};

int hvm_params_create(struct domain *d)
{
    d->arch.hvm.params = hv_zalloc_array(HVM_PARAMS, sizeof(uint64_t));
    if (!d->arch.hvm.params)
        return -ENOMEM;
    d->arch.hvm.params[HVM_PARAM_TRIPLE_FAULT_REASON] = SHUTDOWN_reboot;
    return 0;
}

void hvm_params_destroy(struct domain *d)
{
    hv_free(d->arch.hvm.params);
    d->arch.hvm.params = NULL;
}

uint64_t hvm_param(const struct domain *d, uint32_t index) { return READ_ONCE(d->arch.hvm.params[index]); }

static const struct param_row *row_of(uint32_t index)
{
    return index < HVM_PARAMS && rows[index].name && !rows[index].gone ? &rows[index] : NULL;
}

/* Parameters that mean something to us as soon as they are set. */
static void param_applied(struct domain *d, uint32_t index, uint64_t value)
{
    if (index != HVM_PARAM_CALLBACK_IRQ)
        return;
    hvm_callback_set(d, value);
    if (d == current_vcpu()->domain)
        hvm_latch_width(current_vcpu());
}

static int param_refused(const struct domain *d, const struct param_row *row, uint64_t value, int rc)
{
    guest_log(current_vcpu(), LOG_WARNING, "HVM parameter of d%u refused: %s = %#lx: %s", d->id, row->name,
              (unsigned long)value, rc == -EOPNOTSUPP ? "not here" : "no such value");
    return rc;
}

int hvm_param_set(struct domain *d, uint32_t index, uint64_t value, bool by_guest)
{
    const struct param_row *row = row_of(index);
    uint64_t old;
    int rc = 0;

    if (!row)
        return -EINVAL;
    if (by_guest && !row->set)
        return -EPERM;
    if (row->check && (rc = row->check(d, value)) != 0)
        return param_refused(d, row, value, rc);
    spin_lock(&d->lock);
    old = d->arch.hvm.params[index];
    if (row->once && old && old != value)
        rc = -EEXIST;
    else
        WRITE_ONCE(d->arch.hvm.params[index], value);
    spin_unlock(&d->lock);
    if (!rc)
        param_applied(d, index, value);
    return rc;
}

int hvm_param_get(const struct domain *d, uint32_t index, uint64_t *value, bool by_guest)
{
    const struct param_row *row = row_of(index);

    if (!row)
        return -EINVAL;
    if (by_guest && !row->get)
        return -EPERM;
    *value = hvm_param(d, index);
    return 0;
}
