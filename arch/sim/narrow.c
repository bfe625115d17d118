/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls of 32-bit code: its addresses are offsets in one buffer of the test's. */
#include "core/hypercall/invoke.h"
#include "hv/guest_access.h"
#include "machine.h"
#include "sim.h"

struct compat sim_narrow_caller;
static char *memory;
static size_t memory_bytes;

void sim_narrow_memory(void *base, size_t bytes)
{
    memory = base;
    memory_bytes = bytes;
}

static char *at(uint64_t va, size_t bytes)
{
    return va <= memory_bytes && bytes <= memory_bytes - va ? memory + va : NULL;
}

static int plain_read(void *dst, uint64_t va, size_t bytes)
{
    const char *from = at(va, bytes);

    return from ? (memcpy(dst, from, bytes), 0) : -EFAULT;
}

static int plain_write(uint64_t va, const void *src, size_t bytes)
{
    char *to = at(va, bytes);

    return to ? (memcpy(to, src, bytes), 0) : -EFAULT;
}

static const struct compat_memory access = { plain_read, plain_write };

int sim_narrow_read(void *dst, uint64_t va, size_t bytes)
{
    return compat_is_lens(&sim_narrow_caller, va) ? compat_read(&sim_narrow_caller, &access, dst, va, bytes)
                                                  : plain_read(dst, va, bytes);
}

int sim_narrow_write(uint64_t va, const void *src, size_t bytes)
{
    return compat_is_lens(&sim_narrow_caller, va) ? compat_write(&sim_narrow_caller, &access, va, src, bytes)
                                                  : plain_write(va, src, bytes);
}

bool arch_caller_is_narrow(void) { return sim_narrow_caller.depth; }

/* Arguments are 32 bits wide, as the registers are. */
long arch_hypercall_narrow(struct hypercall *call)
{
    struct compat_plan plan;

    for (unsigned int i = 0; i < HYPERCALL_ARGS; i++)
        call->arg[i] = (uint32_t)call->arg[i];
    if (!compat_plan(call->nr, call->arg[0], &plan) ||
        !compat_begin(&sim_narrow_caller, &plan, &call->arg[plan.arg]))
        return -ENOSYS;
    long rc = hypercall_call(call, HYPERCALLS_HVM);
    compat_end(&sim_narrow_caller, &plan, &call->arg[plan.arg]);
    return rc;
}
