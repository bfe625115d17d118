/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gdbsx asks: attach to a domain, learn why it stopped, hold single vCPUs, read and write its memory. */
#include "hv/debugger.h"
#include "hv/event.h"
#include "hv/guest_access.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define MEMIO_MAX (1u << 20) /* bytes of one guestmemio: as much as can be copied without a pause */

void debugger_stop(uint32_t event)
{
    struct vcpu *v = current_vcpu();

    __atomic_store_n(&v->debug_event, event, __ATOMIC_RELEASE);
    if (domain_controller_pause_nosync(v->domain) == 0 && !event)
        virq_raise_global(VIRQ_DEBUGGER);
}

/* The pause makes every vCPU of the domain leave its CPU once, so that it sees the new state. */
long domctl_setdebugging(struct domctl_call *c)
{
    domain_pause(c->d);
    c->d->debugger_attached = c->op.u.setdebugging.enable;
    domain_unpause(c->d);
    return 0;
}

static bool is_held(struct domain *d)
{
    spin_lock(&d->lock);
    bool held = d->controller_pauses;
    spin_unlock(&d->lock);
    return held;
}

long domctl_gdbsx_domstatus(struct domctl_call *c)
{
    struct xen_domctl_gdbsx_domstatus *status = &c->op.u.gdbsx_domstatus;
    struct vcpu *v;

    *status = (struct xen_domctl_gdbsx_domstatus){ .paused = is_held(c->d), .vcpu_id = ~0u };
    c->copy_back = true;
    if (!status->paused)
        return 0;
    for_each_vcpu(c->d, v) {
        uint32_t event = __atomic_exchange_n(&v->debug_event, 0, __ATOMIC_ACQUIRE);
        if (!event)
            continue;
        status->vcpu_id = v->id;
        status->vcpu_ev = event;
        break;
    }
    return 0;
}

/* Single vCPUs are held and let go only while the whole domain is held. */
static int held_vcpu(const struct domctl_call *c, struct vcpu **v)
{
    return is_held(c->d) ? domctl_vcpu(c, c->op.u.gdbsx_pauseunp_vcpu.vcpu, v) : -EBUSY;
}

long domctl_gdbsx_pausevcpu(struct domctl_call *c)
{
    struct vcpu *v;
    int rc = held_vcpu(c, &v);

    if (rc)
        return rc;
    if (v->controller_pauses == ~0u)
        return -EOVERFLOW;
    vcpu_pause(v);
    v->controller_pauses++;
    return 0;
}

long domctl_gdbsx_unpausevcpu(struct domctl_call *c)
{
    struct vcpu *v;
    int rc = held_vcpu(c, &v);

    if (rc)
        return rc;
    if (!v->controller_pauses)
        return -EINVAL;
    v->controller_pauses--;
    vcpu_unpause(v);
    return 0;
}

/* Between one frame of the guest and the caller's buffer, within the page that @guest_va is in. 0 or -EFAULT. */
static int frame_copy(const struct vcpu *v, vaddr_t guest_va, uint64_t buffer, size_t len, bool write)
{
    struct frame *f = arch_guest_va_frame_get(v, guest_va, write);

    if (!f)
        return -EFAULT;
    uint8_t *bytes = (uint8_t *)mfn_to_virt(frame_to_mfn(f)) + guest_va % PAGE_SIZE;
    int rc = write ? arch_copy_from_guest(bytes, buffer, len) : arch_copy_to_guest(buffer, bytes, len);
    arch_guest_frame_put(f, write);
    return rc;
}

long domctl_gdbsx_guestmemio(struct domctl_call *c)
{
    struct xen_domctl_gdbsx_memio *io = &c->op.u.gdbsx_guest_memio;
    const struct vcpu *v = domain_vcpu(c->d, 0);

    if (io->pgd3val)
        return -EOPNOTSUPP; /* of 32-bit kernels */
    if (io->len > MEMIO_MAX)
        return -E2BIG;
    io->remain = io->len;
    c->copy_back = true;
    while (io->remain) {
        uint64_t done = io->len - io->remain;
        size_t piece = MIN(PAGE_SIZE - (io->gva + done) % PAGE_SIZE, (uint64_t)io->remain);
        if (!v || frame_copy(v, io->gva + done, io->uva + done, piece, io->gwr))
            return -EFAULT;
        io->remain -= (uint32_t)piece;
    }
    return 0;
}
