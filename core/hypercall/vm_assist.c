/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm_assist(cmd, type): behaviours of the PV ABI that a guest may switch. The bits are read where they matter. */
#include "hv/domain.h"
#include "hv/hypercall.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

#define ASSIST(name) (1ULL << VMASST_TYPE_##name)

static const uint64_t assists_pv = ASSIST(4gb_segments) | ASSIST(4gb_segments_notify) | ASSIST(writable_pagetables) |
    ASSIST(pae_extended_cr3) | ASSIST(architectural_iopl) | ASSIST(runstate_update_flag) | ASSIST(m2p_strict);
static const uint64_t assists_hvm = ASSIST(runstate_update_flag);

long hypercall_vm_assist(struct hypercall *call)
{
    struct domain *d = current_vcpu()->domain;
    uint64_t type = (uint32_t)call->arg[1], valid = d->type == DOMAIN_HVM ? assists_hvm : assists_pv;
    if (type >= 64 || !(valid >> type & 1))
        return -EINVAL;
    switch ((uint32_t)call->arg[0]) {
    case VMASST_CMD_enable:
        __atomic_fetch_or(&d->vm_assist, 1ULL << type, __ATOMIC_SEQ_CST);
        return 0;
    case VMASST_CMD_disable:
        __atomic_fetch_and(&d->vm_assist, ~(1ULL << type), __ATOMIC_SEQ_CST);
        return 0;
    }
    return -ENOSYS;
}
