/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See guest/memory_map.h. A map is made whole, then put in place of the former. */
#include "guest/memory_map.h"

#include "hv/domain.h"
#include "hv/errno.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/percpu.h"

#define ENTRIES_MAX 128u /* what a PC's boot protocol has room for */

/* As BIOS functions give it: 20 bytes. */
struct map_entry { uint64_t addr, size; uint32_t type; } __attribute__((packed));
struct guest_memory_map { uint32_t count; struct map_entry entry[]; };

static int map_read(const struct xen_memory_map *from, struct guest_memory_map **out)
{
    struct guest_memory_map *m = hv_zalloc(sizeof(*m) + from->nr_entries * sizeof(struct map_entry));

    if (!m)
        return -ENOMEM;
    m->count = from->nr_entries;
    if (copy_array_from_guest(m->entry, guest_handle_va(from->buffer), m->count)) {
        hv_free(m);
        return -EFAULT;
    }
    *out = m;
    return 0;
}

static int map_replace(struct domain *d, const struct xen_memory_map *from)
{
    struct guest_memory_map *m = NULL, *old;

    if (from->nr_entries > ENTRIES_MAX)
        return -EINVAL;
    int rc = map_read(from, &m);
    if (rc)
        return rc;
    spin_lock(&d->lock);
    old = d->arch.memory_map;
    d->arch.memory_map = m;
    spin_unlock(&d->lock);
    hv_free(old);
    return 0;
}

long guest_map_set(struct memory_call *m)
{
    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    struct domain *d = domain_get_by_any_id(m->op.foreign_map.domid);
    if (!d)
        return -ESRCH;
    int rc = map_replace(d, &m->op.foreign_map.map);
    domain_put(d);
    return rc;
}

/* Copied out under no lock: the guest's memory may fault, and the map is small. */
static struct guest_memory_map *map_copy(struct domain *d)
{
    struct guest_memory_map *copy = hv_zalloc(sizeof(*copy) + ENTRIES_MAX * sizeof(struct map_entry));

    spin_lock(&d->lock);
    const struct guest_memory_map *m = d->arch.memory_map;
    if (copy && m)
        memcpy(copy, m, sizeof(*m) + m->count * sizeof(struct map_entry));
    spin_unlock(&d->lock);
    return copy;
}

long guest_map_get(struct memory_call *m)
{
    struct xen_memory_map *op = &m->op.map;
    struct guest_memory_map *map = map_copy(current_vcpu()->domain);

    if (!map)
        return -ENOMEM;
    long rc = map->count ? 0 : -ENOSYS;
    op->nr_entries = MIN(op->nr_entries, map->count);
    if (!rc && copy_array_to_guest(guest_handle_va(op->buffer), map->entry, op->nr_entries))
        rc = -EFAULT;
    m->answer = !rc;
    hv_free(map);
    return rc;
}

void guest_map_free(struct domain *d)
{
    hv_free(d->arch.memory_map);
    d->arch.memory_map = NULL;
}
