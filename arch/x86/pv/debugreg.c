/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual debug registers. A guest cannot reach the real ones from CPL 3, so the virtual ones are always up to date in
 * memory, except for DR6, which exception.c merges in. The CPU's are loaded only while breakpoints are enabled in DR7.
 *
 * A breakpoint must not be able to stop the hypervisor: addresses in its part of the address space are refused, and
 * general detect is not for guests either. IN and OUT of a guest are carried out here, so breakpoints for ports (kind
 * 2, once the guest has set CR4.DE) stay out of the CPU and are compared by the emulation.
 */
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "mm/va.h"
#include "pv/pv.h"
#include "x86/cpu/debugreg.h"

#include <hypercall_handlers.h>

static unsigned int dr7_enable(uint64_t dr7, unsigned int n) { return dr7 >> (2 * n) & 3; }
static unsigned int dr7_rw(uint64_t dr7, unsigned int n) { return dr7 >> (16 + 4 * n) & 3; }
static unsigned int dr7_len(uint64_t dr7, unsigned int n)
{
    static const uint8_t bytes[] = { 1, 2, 8, 4 };

    return bytes[dr7 >> (18 + 4 * n) & 3];
}

/* What the CPU's DR7 is to be. */
static uint64_t dr7_in_cpu(uint64_t dr7)
{
    for (unsigned int n = 0; n < 4; n++)
        if (dr7_rw(dr7, n) == DR7_RW_IO)
            dr7 &= ~(3ul << (2 * n));
    return dr7;
}

static int address_set(struct vcpu *v, unsigned int index, uint64_t value)
{
    if (!va_is_guests(value))
        return -EPERM;
    v->arch.debugreg[index] = value;
    return 0;
}

static int dr7_check(const struct vcpu *v, uint64_t dr7)
{
    if (dr7 >> 32)
        return -EINVAL;
    if (dr7 & DR7_GD)
        return -EPERM;
    if (v->arch.pv.cr4 & CR4_DE || !(dr7 & DR7_ENABLES))
        return 0;
    for (unsigned int n = 0; n < 4; n++)
        if (dr7_rw(dr7, n) == DR7_RW_IO)
            return -EPERM;
    return 0;
}

/* Changes @v->debugreg[7] and the CPU's registers with it. @v is current or does not run. */
static void dr7_set(struct vcpu *v, uint64_t dr7)
{
    irqflags_t flags;

    dr7 = (dr7 & ~DR7_ZERO) | DR7_FIXED;
    if (!((dr7 | v->arch.debugreg[7]) & DR7_ENABLES)) {
        v->arch.debugreg[7] = dr7; /* the CPU has nothing of them, before and after */
        return;
    }
    flags = irq_save();
    if (v == current_vcpu())
        pv_debugregs_unload(v);
    v->arch.debugreg[7] = dr7;
    if (v == current_vcpu())
        pv_debugregs_load(v);
    irq_restore(flags);
}

/* DR4 and DR5 are other names of DR6 and DR7, until CR4.DE makes them undefined. */
static bool is_alias_undefined(const struct vcpu *v, unsigned int index)
{
    return (index == 4 || index == 5) && (v->arch.pv.cr4 & CR4_DE);
}

int pv_debugreg_set(struct vcpu *v, unsigned int index, uint64_t value)
{
    int rc;

    if (is_alias_undefined(v, index))
        return -ENODEV;
    switch (index) {
    case 0 ... 3:
        rc = address_set(v, index, value);
        if (!rc)
            dr7_set(v, v->arch.debugreg[7]); /* reloads what is enabled */
        return rc;
    case 4:
    case 6:
        if (value >> 32)
            return -EINVAL;
        v->arch.debugreg[6] = (value & DR6_STATUS) | DR6_FIXED;
        return 0;
    case 5:
    case 7:
        rc = dr7_check(v, value);
        if (!rc)
            dr7_set(v, value);
        return rc;
    default:
        return -ENODEV;
    }
}

int pv_debugreg_get(const struct vcpu *v, unsigned int index, uint64_t *value)
{
    if (index > 7 || is_alias_undefined(v, index))
        return -ENODEV;
    if (index == 4 || index == 5)
        index += 2;
    *value = v->arch.debugreg[index];
    if (index == 6)
        *value |= DR6_FIXED;
    if (index == 7)
        *value |= DR7_FIXED;
    return 0;
}

void pv_debugregs_load(const struct vcpu *v)
{
    const uint64_t *dr = v->arch.debugreg;

    if (!(dr7_in_cpu(dr[7]) & DR7_ENABLES))
        return;
    write_dr0(dr[0]);
    write_dr1(dr[1]);
    write_dr2(dr[2]);
    write_dr3(dr[3]);
    write_dr6(DR6_FIXED);
    write_dr7(dr7_in_cpu(dr[7]));
}

void pv_debugregs_unload(const struct vcpu *v)
{
    if (dr7_in_cpu(v->arch.debugreg[7]) & DR7_ENABLES)
        write_dr7(DR7_FIXED);
}

unsigned int pv_debugreg_port_hits(const struct vcpu *v, unsigned int port, unsigned int size)
{
    const uint64_t *dr = v->arch.debugreg;
    unsigned int hits = 0;

    if (likely(!(dr[7] & DR7_ENABLES)) || !(v->arch.pv.cr4 & CR4_DE))
        return 0;
    for (unsigned int n = 0; n < 4; n++)
        if (dr7_enable(dr[7], n) && dr7_rw(dr[7], n) == DR7_RW_IO && dr[n] < port + size &&
            dr[n] + dr7_len(dr[7], n) > port)
            hits |= 1u << n;
    return hits;
}

long hypercall_set_debugreg(struct hypercall *call)
{
    return pv_debugreg_set(current_vcpu(), (uint32_t)call->arg[0], call->arg[1]);
}

/* The value is the result, so that an error cannot be told from a value: the interface is like that. */
long hypercall_get_debugreg(struct hypercall *call)
{
    uint64_t value;
    int rc = pv_debugreg_get(current_vcpu(), (uint32_t)call->arg[0], &value);

    return rc ? rc : (long)value;
}
