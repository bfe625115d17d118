/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copying from and to the memory of the current vCPU. A container's is walked to. A PV guest's address space is loaded:
 * an address in our part of it is refused here, everything else is left to the MMU, and the fault of a bad address
 * lands in the exception table.
 */
#include "cpu/features.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/percpu.h"
#include "hvm/hvm.h"
#include "hw/native/cpu.h"
#include "hw/native/copy.h"
#include "mm/guest_read.h"

#include <arch/layout.h>

static inline bool by_walking(void) { return unlikely(current_vcpu()->domain->type == DOMAIN_HVM); }

/* Of a PV guest. Inline, as what follows: every hypercall with a structure passes here. */
static inline bool range_ok(vaddr_t va, size_t len)
{
    if (va >= HV_VIRT_END)
        return len <= -va; /* up to the very last byte */
    return va <= CANONICAL_LOW_END && len <= CANONICAL_LOW_END - va;
}

bool arch_guest_range_ok(vaddr_t va, size_t len)
{
    return by_walking() ? hvm_guest_range_ok(va, len) : range_ok(va, len);
}

static inline void access_begin(void)
{
    if (cpu_has_smap)
        stac();
}
static inline void access_end(void)
{
    if (cpu_has_smap)
        clac();
}

int arch_copy_from_guest(void *dst, vaddr_t src, size_t len)
{
    if (by_walking())
        return hvm_copy_from_guest(dst, src, len);
    if (!range_ok(src, len))
        return len ? -EFAULT : 0;
    access_begin();
    bool ok = hw_copy_safe(dst, (const void *)src, len);
    access_end();
    return ok ? 0 : -EFAULT;
}

int arch_copy_to_guest(vaddr_t dst, const void *src, size_t len)
{
    if (by_walking())
        return hvm_copy_to_guest(dst, src, len);
    if (!range_ok(dst, len))
        return len ? -EFAULT : 0;
    access_begin();
    bool ok = hw_copy_safe((void *)dst, src, len);
    access_end();
    return ok ? 0 : -EFAULT;
}

int arch_clear_guest(vaddr_t dst, size_t len)
{
    if (by_walking())
        return hvm_clear_guest(dst, len);
    if (!range_ok(dst, len))
        return len ? -EFAULT : 0;
    access_begin();
    bool ok = hw_clear_safe((void *)dst, len);
    access_end();
    return ok ? 0 : -EFAULT;
}

bool arch_caller_is_narrow(void)
{
    const struct vcpu *v = current_vcpu();

    return v->domain->type == DOMAIN_HVM && v->arch.hvm.compat.depth;
}

long arch_hypercall_narrow(struct hypercall *call) { return hvm_hypercall_narrow(call); }
