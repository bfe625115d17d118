/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mapping and unmapping grants. A mapping is: a handle, a pin for each of host and device use, and for host use an
 * entry of the caller's page tables. Unmapping goes in batches, so that one TLB flush serves many: entries are
 * cleared, the flush, and only then the pins go, because until the flush a CPU may still use the frame.
 */
#include "core/grant/grant.h"
#include "hv/guest_access.h"
#include "hv/physmap.h"
#include "hv/trace.h"

#include <arch/current.h>

#define GNTMAP_KNOWN                                                                                                   \
    (GNTMAP_device_map | GNTMAP_host_map | GNTMAP_readonly | GNTMAP_application_map | GNTMAP_contains_pte)
#define GNTMAP_KEPT  (GNTMAP_device_map | GNTMAP_host_map | GNTMAP_readonly | GNTMAP_contains_pte)

/* The mapping's own reference, besides the pin's: by the guest frame number, which must still mean the same frame. */
static bool map_take_frame(struct domain *owner, const struct grant_pin *pin, bool write)
{
    struct frame *f = arch_guest_frame_get(owner, gfn(pin->gfn), write);
    if (f && f != pin->frame)
        arch_guest_frame_put(f, write);
    return f && f == pin->frame;
}

/* Pins once for each kind of use. */
static int map_pin(struct domain *owner, const struct gnttab_map_grant_ref *op, struct grant_pin *pin)
{
    const struct grant_wish w = { current_vcpu()->domain->id, op->flags & GNTMAP_readonly,
                                  grant_kinds(op->flags), GRANT_MAP };
    int status = grant_pin(owner->grants, op->ref, &w, pin);
    if (status != GNTST_okay)
        return status;
    /* part of a page can be copied, not mapped */
    if (pin->whole && (!grant_holds_device(op->flags) || map_take_frame(owner, pin, true)))
        return GNTST_okay;
    grant_unpin(owner->grants, op->ref, w.readonly, w.pins);
    return GNTST_general_error;
}

/* Its reference passes to the entry. */
static int map_host(const struct gnttab_map_grant_ref *op, struct domain *owner, const struct grant_pin *pin)
{
    bool write = !(op->flags & GNTMAP_readonly);
    if (!map_take_frame(owner, pin, write))
        return GNTST_general_error; /* its owner uses it as a page table */
    int status = arch_grant_map(op->host_addr, frame_to_mfn(pin->frame), op->flags);
    if (status != GNTST_okay)
        arch_guest_frame_put(pin->frame, write);
    return status;
}

static int map_owned(struct grant_table *mine, struct domain *owner, uint32_t handle, struct gnttab_map_grant_ref *op)
{
    struct grant_pin pin;
    int status = map_pin(owner, op, &pin);
    if (status != GNTST_okay)
        return status;
    mfn_t m = frame_to_mfn(pin.frame);
    if (op->flags & GNTMAP_host_map)
        status = map_host(op, owner, &pin);
    if (status != GNTST_okay) {
        grant_unpin_mapping(owner->grants, op->ref, op->flags);
        return status;
    }
    struct maptrack_entry e = { .ref = op->ref, .domid = owner->id, .flags = (uint16_t)(op->flags & GNTMAP_KEPT) };
    maptrack_unlock(mine, handle, &e);
    op->dev_bus_addr = domain_is_translated(mine->domain) ? 0 : mfn_to_paddr(m); /* it hears of no machine frame */
    op->handle = handle;
    return GNTST_okay;
}

/* Afterwards *@owner is the domain @id, with a reference, or NULL. It had one, or was NULL, before. */
static bool map_owner(struct domain **owner, domid_t id)
{
    if (*owner && (*owner)->id == id)
        return true;
    if (*owner)
        domain_put(*owner);
    *owner = domain_get_by_id(id);
    return *owner;
}

void grant_op_map(struct gnttab_map_grant_ref *op, struct domain **owner)
{
    struct domain *d = current_vcpu()->domain;
    if (!(op->flags & MAPTRACK_MAPPED) || (op->flags & ~(GNTMAP_KNOWN | GNTMAP_guest_avail_mask))) {
        op->status = GNTST_bad_gntref;
        return;
    }
    if (!map_owner(owner, op->dom)) {
        op->status = GNTST_bad_domain;
        return;
    }
    uint32_t handle = maptrack_take(d->grants);
    int status = handle == MAPTRACK_NONE ? GNTST_no_space : map_owned(d->grants, *owner, handle, op);
    if (status != GNTST_okay && handle != MAPTRACK_NONE)
        maptrack_release(d->grants, handle);
    if (status == GNTST_okay)
        TRACE(TRC_MEM_PAGE_GRANT_MAP, op->dom);
    op->status = (int16_t)status;
}

/* One element of a batch between its two halves. */
struct unmap {
    uint64_t host_addr, dev_bus_addr, new_addr;
    uint32_t handle;
    int16_t status;
    uint16_t gone;              /* kinds whose pins are to go after the flush */
    struct maptrack_entry entry;
    struct domain *owner;       /* referenced while the handle is locked; NULL: nothing to do */
    struct frame *frame;
};

static int unmap_entry(struct unmap *u)
{
    u->frame = grant_active_of(u->owner->grants, u->entry.ref)->frame; /* stays: the mapping holds a pin */
    mfn_t m = frame_to_mfn(u->frame);
    if (u->dev_bus_addr && (u->entry.flags & GNTMAP_device_map)) {
        if (u->dev_bus_addr != mfn_to_paddr(m))
            return GNTST_bad_dev_addr;
        u->gone |= GNTMAP_device_map;
    }
    if (!u->host_addr || !(u->entry.flags & GNTMAP_host_map))
        return GNTST_okay;
    int status = arch_grant_unmap(u->host_addr, m, u->entry.flags, u->new_addr);
    if (status == GNTST_okay)
        u->gone |= GNTMAP_host_map;
    return status;
}

/* True if one of the @n elements of a batch has locked @handle. */
static bool batch_has(const struct unmap *batch, uint32_t n, uint32_t handle)
{
    for (uint32_t i = 0; i < n; i++)
        if (batch[i].owner && batch[i].handle == handle)
            return true;
    return false;
}

/* False: an element of this batch has the handle. The device's and the host's half may come in one list. */
static bool unmap_begin(struct grant_table *mine, struct unmap *batch, uint32_t i)
{
    struct unmap *u = &batch[i];
    if (!maptrack_trylock(mine, u->handle, &u->entry)) {
        u->status = GNTST_bad_handle;
        return !batch_has(batch, i, u->handle);
    }
    u->owner = domain_get_by_id(u->entry.domid);
    if (!u->owner) {
        maptrack_unlock(mine, u->handle, &u->entry);
        u->status = GNTST_bad_domain;
        return true;
    }
    u->status = (int16_t)unmap_entry(u);
    if (u->status == GNTST_okay)
        TRACE(TRC_MEM_PAGE_GRANT_UNMAP, u->owner->id);
    return true;
}

static void unmap_finish(struct grant_table *mine, struct unmap *u)
{
    if (!u->owner)
        return;
    if (u->gone & GNTMAP_host_map) /* what arch_grant_unmap() handed back */
        arch_guest_frame_put(u->frame, !(u->entry.flags & GNTMAP_readonly));
    grant_unpin_mapping(u->owner->grants, u->entry.ref, u->gone | (u->entry.flags & GNTMAP_readonly));
    u->entry.flags &= (uint16_t)~u->gone;
    maptrack_unlock(mine, u->handle, &u->entry);
    domain_put(u->owner);
}

/*
 * The two ABI structures differ in their second member: a bus address here, where to take the replacement from there.
 */
_Static_assert(sizeof(struct gnttab_unmap_grant_ref) == sizeof(struct gnttab_unmap_and_replace),
               "one loop serves both");

static int unmap_read(struct unmap *u, uint64_t va, bool replace)
{
    struct gnttab_unmap_grant_ref op;
    if (copy_from_guest_va(&op, va))
        return -EFAULT;
    *u = (struct unmap){ .host_addr = op.host_addr, .handle = op.handle };
    *(replace ? &u->new_addr : &u->dev_bus_addr) = op.dev_bus_addr;
    return 0;
}

long grant_op_unmap_batch(uint64_t uop, uint32_t *count, bool replace)
{
    struct unmap batch[GRANT_UNMAP_BATCH];
    struct grant_table *mine = current_vcpu()->domain->grants;
    const uint64_t size = sizeof(struct gnttab_unmap_grant_ref);
    long rc = 0;
    uint32_t n;
    for (n = 0; n < *count; n++) {
        rc = unmap_read(&batch[n], uop + n * size, replace);
        if (rc || !unmap_begin(mine, batch, n))
            break;
    }
    *count = n;
    arch_grant_flush();
    for (uint32_t i = 0; i < n; i++) {
        unmap_finish(mine, &batch[i]);
        uint64_t status = uop + i * size + offsetof(struct gnttab_unmap_grant_ref, status);
        if (copy_to_guest_va(status, &batch[i].status))
            rc = -EFAULT;
    }
    return rc;
}
